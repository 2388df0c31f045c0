#pragma once

#include "recommender/als_basis.hpp"
#include "recommender/als_factors.hpp"

#include <eduplat/recommender/als.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

/// The solver of AlsModel.
namespace eduplat::recommender {

/// Both sides, in one basis.
struct AlsFactors {
    Factors users;
    Factors items;
    GramBasis users_gram;
    GramBasis items_gram;
};

/// Tells a caller how a fit stands, several times a second.
class Pulse {
  public:
    Pulse(FitControl const& control, int steps) : control_{control}, steps_{steps} {}

    /// Says that a step is done, whatever the time. Errors: canceled.
    void done(int step);
    /// Says the same again when it is time to. To be called on the caller's thread. Errors:
    /// canceled.
    void tick();

  private:
    FitControl const& control_;
    int steps_;
    int step_ = 0;
    std::chrono::steady_clock::time_point said_ = std::chrono::steady_clock::now();
};

/// Errors: canceled; invalid_argument (field "user_items", rule "too_large") where weights are
/// such that factors are not finite.
[[nodiscard]] AlsFactors fit_als(Interactions const& user_items, AlsOptions const& options,
                                 FitControl const& control, Kernels const& table = kernels());

/// Solves rows against a side that stays as it is. It must outlive this. Thread safety: one thread.
class FoldIn {
  public:
    FoldIn(Factors const& fixed, GramBasis const& gram, AlsOptions const& options);

    /// Writes d floats. The row is as models take it (see is_normal()). Errors: as fit_als().
    void solve(SparseRow row, float* out);

  private:
    void solve_rotated(SparseRow row, float* out);
    void reserve(std::size_t size);

    Factors const& fixed_;
    Basis const& basis_;
    AlsOptions const& options_;
    Kernels const& kernels_;
    FloatBuffer spectrum_;
    FloatBuffer const& panels_;
    FloatBuffer scratch_;
};

/// What is added to the diagonal for a row with n pairs against `opposite` rows.
[[nodiscard]] double regularizer(AlsOptions const& options, std::size_t n, std::size_t opposite);

}  // namespace eduplat::recommender
