#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

/// Recommendation: numerics over rows of users and columns of items. It knows no storage; the
/// service `Recommendations` brings it together with a school.
namespace eduplat::recommender {

/// Which user or item: rows and columns are counted from 0.
using Index = std::int32_t;

struct Shape {
    Index users = 0;
    Index items = 0;

    friend bool operator==(Shape const&, Shape const&) = default;
};

/// What one user has of items, or one item of users. It belongs to somebody else.
struct SparseRow {
    std::span<Index const> ids;
    std::span<float const> weights;  ///< as many as ids

    [[nodiscard]] std::size_t size() const noexcept { return ids.size(); }
};

/// Compressed sparse rows that belong to somebody else: row r has the ids and weights from
/// offsets[r] to before offsets[r + 1]. `offsets` has one more element than there are rows, or
/// none.
struct CsrView {
    std::span<std::int64_t const> offsets;
    std::span<Index const> ids;
    std::span<float const> weights;
    Index columns = 0;

    [[nodiscard]] Index rows() const noexcept {
        return offsets.empty() ? 0 : static_cast<Index>(offsets.size() - 1);
    }
    [[nodiscard]] SparseRow row(Index row) const noexcept {
        auto const begin = static_cast<std::size_t>(offsets[static_cast<std::size_t>(row)]);
        auto const end = static_cast<std::size_t>(offsets[static_cast<std::size_t>(row) + 1]);
        return {ids.subspan(begin, end - begin), weights.subspan(begin, end - begin)};
    }
};

/// Which users took which items, and how much: a sparse matrix of users x items with positive
/// weights, each row sorted by id. Immutable; copies share it.
///
/// Thread safety: all members may be called from any thread.
class Interactions final {
  public:
    Interactions();  ///< of no users and no items
    // Moving copies, so that what was moved from still has its contents.
    Interactions(Interactions const&) noexcept = default;
    Interactions& operator=(Interactions const&) noexcept = default;
    ~Interactions();

    /// From lists of coordinates, of the same length. Weights of one pair are summed; pairs that
    /// weigh 0 are left out. Errors: invalid_argument (field "users", "items", "weights", rule
    /// "length"; "users[3]", "items[3]": "out_of_range"; "weights[3]": "not_finite", "negative",
    /// "too_large" at limits::recommender_weight_max; of each the first; "weights": "too_large" of
    /// a sum; "shape": "negative", "too_large" at limits::recommender_rows_max).
    [[nodiscard]] static Interactions from_pairs(std::span<Index const> users,
                                                 std::span<Index const> items,
                                                 std::span<float const> weights, Shape shape);

    /// A copy of rows, which need not be sorted. Errors: as from_pairs(); "offsets": "malformed".
    [[nodiscard]] static Interactions from_csr(CsrView user_items);

    [[nodiscard]] Shape shape() const noexcept;
    [[nodiscard]] std::int64_t pairs() const noexcept;  ///< that are not zero

    /// Rows of users. The view lives as long as this object or a copy of it.
    [[nodiscard]] CsrView by_user() const noexcept;
    /// The transpose: rows of items. Made when first asked for, then kept.
    [[nodiscard]] CsrView by_item() const;

  private:
    struct Contents;
    explicit Interactions(std::shared_ptr<Contents const> contents) noexcept;

    std::shared_ptr<Contents const> contents_;
    friend class InteractionsBuilder;
};

/// Takes pairs as they stream in, 12 bytes each until build().
///
/// Thread safety: none.
class InteractionsBuilder final {
  public:
    /// Without a shape it is what the greatest ids ask for.
    explicit InteractionsBuilder(std::optional<Shape> shape = std::nullopt);

    /// Errors: as Interactions::from_pairs(); ids are checked here, sums in build(). After
    /// an error, std::bad_alloc among them, it has what it had before.
    void add(Index user, Index item, float weight = 1.0F);
    void add(std::span<Index const> users, std::span<Index const> items,
             std::span<float const> weights);

    [[nodiscard]] std::int64_t size() const noexcept;  ///< of pairs added

    /// Ends the builder: it is empty afterwards.
    [[nodiscard]] Interactions build() &&;

  private:
    std::optional<Shape> shape_;
    std::vector<Index> users_;
    std::vector<Index> items_;
    std::vector<float> weights_;
};

}  // namespace eduplat::recommender
