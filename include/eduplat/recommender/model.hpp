#pragma once

#include <eduplat/recommender/interactions.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace eduplat::recommender {

class ArrayWriter;

/// Where a fit stands.
struct FitProgress {
    std::string_view stage;  ///< a word, such as "sweep"
    int step = 0;            ///< steps done
    int steps = 0;           ///< of so many
};

/// How a fit is run. The result does not depend on it.
struct FitControl {
    /// Threads that work, the caller's among them; 0 for one a core. At most
    /// limits::threads_max.
    int num_threads = 1;
    /// Called on the caller's thread between steps, several times a second on long fits; to answer
    /// false ends the fit in `canceled`, with the model as it was.
    std::function<bool(FitProgress const&)> on_progress = {};
};

/// An item, or a user among users, with its score: the higher, the better.
struct Scored {
    Index id = 0;
    float score = 0.0F;

    friend bool operator==(Scored const&, Scored const&) = default;
};

/// Several users' lists as a rectangle, row by row. A list that is shorter than n is filled up
/// with id -1 and the lowest float.
struct Ranking {
    std::size_t rows = 0;
    int n = 0;
    std::vector<Index> ids;     ///< rows * n
    std::vector<float> scores;  ///< rows * n
};

struct RecommendOptions {
    int n = 10;  ///< 1 to limits::recommend_n_max
    /// Leaves out the items of the row that is given with the user.
    bool filter_already_liked_items = true;
    std::span<Index const> filter_items = {};                    ///< never these
    std::optional<std::span<Index const>> items = std::nullopt;  ///< only these
    /// Only those it answers true for. It is asked about the best first, and only as far as needed;
    /// with several threads from each of them.
    std::function<bool(Index item)> predicate = {};
    /// Takes the user as the given row describes him (fold-in), not as he was at the fit. Users
    /// that the model does not know are always taken so.
    bool recalculate_user = false;
    int num_threads = 1;  ///< for many users: as FitControl::num_threads
};

/// What one of a user's items adds to a score.
struct Contribution {
    Index item = 0;
    float score = 0.0F;
};

/// Why an item has its score: total = rest + the sum of all contributions.
struct Explanation {
    float total = 0.0F;
    float rest = 0.0F;  ///< what is owed to none of the user's items, such as popularity
    std::vector<Contribution> contributions;  ///< the n greatest, descending
};

/// A recommender. It is fitted to interactions, then ranks.
///
/// Rankings hold exactly min(n, what the filters leave) items, by score descending, ties by id. All
/// scores are exact and finite.
/// Thread safety: const members may be called from any thread at once; the others from one, alone.
/// Errors of rankings: failed_precondition (field "model", rule "not_fitted"), invalid_argument
/// (fields "userid", "userids[2]", "itemid", "items[2]", "filter_items[2]", "user_items":
/// "out_of_range"; "n": "too_small", "too_large"; "num_threads": "negative", "too_large";
/// "user_items": "length", "malformed", "not_finite", "negative", "too_large" for a weight above
/// limits::recommender_weight_max).
/// Rows may be in any order. Of an id that stands there twice the weights are summed, at most to
/// that limit; pairs that weigh 0 count for nothing but filter_already_liked_items.
class Model {
  public:
    Model() = default;
    Model(Model const&) = delete;
    Model& operator=(Model const&) = delete;
    virtual ~Model() = default;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;  ///< such as "als"
    /// Users and items it was fitted to; none before.
    [[nodiscard]] virtual Shape shape() const noexcept = 0;

    /// Forgets the former fit, if this one succeeds. Errors: canceled; invalid_argument
    /// (field "user_items", rule "empty"), and the model's own.
    virtual void fit(Interactions const& user_items, FitControl const& control = {}) = 0;

    /// The best items for a user who has `user_items`.
    [[nodiscard]] std::vector<Scored> recommend(Index userid, SparseRow user_items,
                                                RecommendOptions const& options = {}) const;
    /// The same for many: row k of `user_items` is that of userids[k].
    [[nodiscard]] Ranking recommend(std::span<Index const> userids, CsrView user_items,
                                    RecommendOptions const& options = {}) const;
    /// The scores of given items in their order, no filter.
    [[nodiscard]] std::vector<float> score(Index userid, SparseRow user_items,
                                           std::span<Index const> items,
                                           bool recalculate_user = false) const;

    /// The most similar items, itself left out. Errors: failed_precondition (field "model", rule
    /// "no_similarity") if the model knows none.
    [[nodiscard]] virtual std::vector<Scored> similar_items(Index itemid, int n = 10) const;
    [[nodiscard]] virtual std::vector<Scored> similar_users(Index userid, int n = 10) const;

    /// Why `itemid` has its score for a user with these items, who is taken as the row says.
    [[nodiscard]] virtual Explanation explain(Index userid, SparseRow user_items, Index itemid,
                                              int n = 10) const = 0;

    /// Drops what it holds of single users, once it is fitted: from then on it takes each user as
    /// his row describes him. What it knows of items stays.
    virtual void forget_users() {}

    /// What a file keeps of it: see model_file.hpp.
    virtual void write_to(ArrayWriter& writer) const = 0;

  protected:
    /// A block of users, each with his row: ids ascend, each once, and weights are above 0.
    struct Block {
        std::span<Index const> users;
        std::span<SparseRow const> rows;
        bool recalculate = false;  ///< whether rows describe the users; else all are known
    };
    /// Writes the scores of all items for each user of the block, row by row, to `out`. The users
    /// and rows were checked. Called from several threads at once.
    virtual void score_block(Block const& block, std::span<float> out) const = 0;
    /// Writes the scores of `items` for one user. By default it takes them from score_block().
    virtual void score_items(Index userid, SparseRow row, bool recalculate,
                             std::span<Index const> items, std::span<float> out) const;
    /// Whether score_block() knows the user without his row. By default it knows those of shape().
    [[nodiscard]] virtual bool knows_user(Index userid) const noexcept;

  private:
    class Serving;
    friend class HybridModel;  // scores through its parts
};

}  // namespace eduplat::recommender
