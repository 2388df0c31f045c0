#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace eduplat::recommender {

class ArrayReader;

/// The loss that is minimized, over user vectors x and item vectors y:
///
///   sum over pairs of c (1 - x.y)^2 + w sum over all users and items of (x.y)^2
///     + r sum over users of (n + w items)^v |x|^2 + r sum over items of (n + w users)^v |y|^2
///
/// where c = alpha * the pair's weight, w = unobserved_weight, r = regularization, n how many pairs
/// a user or item has, v = regularization_exponent: 1 scales the regularization by frequency, 0
/// leaves it uniform. Source: Rendle, Krichene, Zhang, Koren: Revisiting the Performance of iALS on
/// Item Recommendation Benchmarks, 2021; the method: Hu, Koren, Volinsky, 2008.
struct AlsOptions {
    int factors = 128;                     ///< 1 to limits::recommender_factors_max
    double regularization = 0.003;         ///< above 0
    double unobserved_weight = 0.1;        ///< above 0
    double regularization_exponent = 1.0;  ///< 0 to 1
    double alpha = 1.0;                    ///< above 0
    int iterations = 12;                   ///< sweeps over users, then items: 1 to 1,000
    std::uint64_t random_state = 42;       ///< the seed of the first item vectors
};

/// Matrix factorization of implicit feedback by alternating least squares, solved exactly.
///
/// Each row is solved in the eigenbasis of the fixed side's Gram matrix, where a short row needs
/// only a system of its own length (Woodbury). Factors are bit-identical for any number of threads
/// on one kernel level (see kernels.hpp).
/// Errors of the constructor: invalid_argument (field the option's name, rules "too_small",
/// "too_large", "not_finite"); numbers above 0 must be that as floats, too, and not denormal.
class AlsModel final : public Model {
  public:
    explicit AlsModel(AlsOptions const& options = {});
    ~AlsModel() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "als"; }
    [[nodiscard]] Shape shape() const noexcept override;
    [[nodiscard]] AlsOptions const& options() const noexcept;

    /// Beyond the interactions and their transpose it takes both factor matrices and, for each
    /// thread, about 4 * factors^2 floats. Errors: canceled; invalid_argument (field "user_items",
    /// rules "empty", "too_large" where weights are such that vectors would not be finite;
    /// "num_threads": "negative", "too_large").
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    /// Rows of shape().users (items) x factors. They are views, valid until the model changes.
    [[nodiscard]] std::span<float const> user_factors() const noexcept;
    [[nodiscard]] std::span<float const> item_factors() const noexcept;

    /// The vector of a user (item) with this row against the present items (users).
    /// Errors: failed_precondition (field "model", rule "not_fitted"); invalid_argument (field
    /// "user_items" or "item_users", rules "length", "out_of_range", "not_finite", "negative",
    /// "too_large"; "user_items": "too_large" where the vector would not be finite).
    [[nodiscard]] std::vector<float> recalculate_user(SparseRow user_items) const;
    [[nodiscard]] std::vector<float> recalculate_item(SparseRow item_users) const;

    /// Solves some users (items) anew against the present items (users); row k is that of id k.
    /// Ids past the end make the model grow; rows between have zero vectors: such users are taken
    /// as their rows say. Of an id that is given twice the last row counts. Errors, with the model
    /// as it was: as recalculate_user(); invalid_argument ("userids[3]", "itemids[3]":
    /// "out_of_range" at limits::recommender_rows_max; "user_items", "item_users": "malformed",
    /// "length" unless there are as many rows as ids).
    void partial_fit_users(std::span<Index const> userids, CsrView user_items);
    void partial_fit_items(std::span<Index const> itemids, CsrView item_users);

    /// By the cosine of their vectors.
    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] std::vector<Scored> similar_users(Index userid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    /// No user has a vector any longer: shape().users is 0, and recalculate_item() needs users.
    void forget_users() override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<AlsModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    void score_items(Index userid, SparseRow row, bool recalculate, std::span<Index const> items,
                     std::span<float> out) const override;

    class Impl;
    class UserVectors;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat::recommender
