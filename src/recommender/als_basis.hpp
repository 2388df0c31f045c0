#pragma once

#include "recommender/als_factors.hpp"
#include "recommender/kernels/kernels.hpp"

#include <eduplat/core/function_ref.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

/// The Gram matrix of one side's factors, and the basis in which it is diagonal.
namespace eduplat::recommender {

/// Threads at work on one fit: `scratch` has a buffer for each, `tick` is called between chunks and
/// may throw.
struct Team {
    Kernels const& kernels;
    int num_threads;
    std::vector<FloatBuffer> scratch;
    std::function<void(int worker)> tick = [](int) {};

    Team(Kernels const& table, int threads, std::size_t d);
};

/// d x d, the upper triangle only; row by row.
using Gram = std::vector<double>;

/// Sums in the same order for any number of threads.
[[nodiscard]] Gram gram_of(Factors const& factors, Team& team);

/// gram += sign * row^T row.
void add_to(Gram& gram, float const* row, std::size_t d, double sign);

struct Basis {
    std::vector<double> values;  ///< eigenvalues, 0 or more
    std::vector<float> vectors;  ///< d x d, the eigenvectors in columns; empty: the unit vectors
};

[[nodiscard]] Basis basis_of(Gram const& gram, std::size_t d);

/// The Gram matrix in its own basis.
[[nodiscard]] Gram diagonal(Basis const& basis);

/// Each row is written anew in the basis, in place.
void rotate(Factors& factors, Basis const& basis, Team& team);

/// A Gram matrix whose basis is found when first asked for. Thread safety: const members may be
/// called from any thread.
class GramBasis {
  public:
    GramBasis() = default;
    GramBasis(Gram gram, std::size_t d);

    [[nodiscard]] Gram const& gram() const noexcept { return gram_; }
    [[nodiscard]] Basis const& basis() const { return found().basis; }
    /// The basis' vectors as the rotation takes them; nothing where they are the unit vectors.
    [[nodiscard]] FloatBuffer const& panels() const { return found().panels; }

  private:
    struct Lazy {
        std::once_flag once;
        Basis basis;
        FloatBuffer panels;
    };

    [[nodiscard]] Lazy const& found() const;

    Gram gram_;
    std::size_t d_ = 0;
    std::unique_ptr<Lazy> lazy_;
};

}  // namespace eduplat::recommender
