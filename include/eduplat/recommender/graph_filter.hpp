#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstdint>
#include <memory>

namespace eduplat::recommender {

class ArrayReader;

/// With N the matrix of users x items, each weight divided by (the user's sum)^user_exponent and
/// (the item's sum)^item_exponent, all divided by N's greatest singular value; V its first right
/// singular vectors, s their values, D the items' sums: a user's row x has the scores
///
///   low_pass_weight x D^-e V (1 - sharpening s^2) V' D^e + neighbor_weight x N' N,   e the item's
struct GraphFilterOptions {
    int factors = 128;             ///< singular vectors, 1 to limits::recommender_factors_max
    double user_exponent = 0.4;    ///< 0 to 1
    double item_exponent = 0.45;   ///< 0 to 1
    double low_pass_weight = 1.0;  ///< 0 or more
    double neighbor_weight = 0.5;  ///< 0 or more; at 0 the model keeps no interactions
    double sharpening = 0.0;       ///< 0 or more: damps what everybody takes
    int iterations = 3;            ///< of the randomized decomposition: 1 to 100
    std::uint64_t random_state = 42;
};

/// A filter on the graph of users and items, in closed form: what is smooth on it passes. It has no
/// loss to minimize and fits in seconds, and is the best single model on large sparse catalogs.
///
/// Sources: Shen et al.: How Powerful is Graph Convolution for Recommendation, 2021 (both parts);
/// Choi et al.: Blurring-Sharpening Process Models for Collaborative Filtering, 2023 (sharpening);
/// Halko, Martinsson, Tropp: Finding Structure with Randomness, 2011 (the decomposition).
///
/// It knows users by their rows only. Similar items are those that having the item adds most to. It
/// keeps items x factors floats and, for the second part, the interactions; a fit takes (users + 2
/// items) x (factors + 32) floats more. Bit-identical for any number of threads on one kernel
/// level. Errors of the constructor: invalid_argument (field the option's name, rules "too_small",
/// "too_large", "not_finite"; "low_pass_weight": "both_zero"); of fit also invalid_argument
/// ("user_items", "too_large") if weights or sums lie too far apart for floats.
class GraphFilterModel final : public Model {
  public:
    explicit GraphFilterModel(GraphFilterOptions const& options = {});
    ~GraphFilterModel() override;

    [[nodiscard]] std::string_view name() const noexcept override { return "graph_filter"; }
    [[nodiscard]] Shape shape() const noexcept override;
    [[nodiscard]] GraphFilterOptions const& options() const noexcept;
    void fit(Interactions const& user_items, FitControl const& control = {}) override;

    [[nodiscard]] std::vector<Scored> similar_items(Index itemid, int n = 10) const override;
    [[nodiscard]] Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                      int n = 10) const override;
    /// Keeps N'N, sparse, in the interactions' place: 8 bytes for each item and each other that one
    /// user has with it, up to three times that while it is made. Takes time by the sum of the
    /// squares of users' numbers of items, on the caller's thread.
    void forget_users() override;
    void write_to(ArrayWriter& writer) const override;
    [[nodiscard]] static std::unique_ptr<GraphFilterModel> read_from(ArrayReader const& reader);

  private:
    void score_block(Block const& block, std::span<float> out) const override;
    [[nodiscard]] bool knows_user(Index userid) const noexcept override;

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat::recommender
