#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eduplat::analytics {

/// Whole seconds since 1970, rounded down.
[[nodiscard]] std::int64_t whole_seconds(Timestamp at) noexcept;
/// The first whole second that is not before `at`: where times of events are compared with it.
[[nodiscard]] std::int64_t whole_seconds_up(Timestamp at) noexcept;
[[nodiscard]] Timestamp timestamp(std::int64_t seconds) noexcept;

/// Adds what is wrong with edges of buckets, under the field "edges".
void check_edges(Validation& validation, std::span<Timestamp const> edges);

/// Periods [edges[i], edges[i + 1]), as events' times are compared with them. Checked edges only.
class Buckets final {
  public:
    explicit Buckets(std::span<Timestamp const> edges);

    [[nodiscard]] std::size_t size() const noexcept { return last_.size(); }
    [[nodiscard]] Timestamp from(std::size_t bucket) const noexcept { return edges_[bucket]; }
    [[nodiscard]] Timestamp to(std::size_t bucket) const noexcept { return edges_[bucket + 1]; }

    /// The bucket a time lies in, size() if in none.
    [[nodiscard]] std::size_t find(std::int64_t time_s) const noexcept;
    /// How many of ascending times lie before all buckets, and before their end.
    [[nodiscard]] std::size_t begin_of(std::span<std::uint32_t const> times) const noexcept;
    [[nodiscard]] std::size_t end_of(std::span<std::uint32_t const> times) const noexcept;

    /// Gives use() what turns a time that lies in one of the buckets into the number of its bucket,
    /// the quickest that these buckets allow, and returns what use() does.
    template <class Use>
    auto numbered(Use&& use) const {
        if (factor_ > 0) {
            return use([from = from_s_, factor = factor_, shift = shift_](std::uint32_t time_s) {
                auto const since = static_cast<std::uint64_t>(time_s - from);
                return static_cast<std::uint32_t>(since * factor >> shift);
            });
        }
        auto const cell_of = [from = cells_from_s_, shift = shift_](std::uint32_t time_s) {
            return std::uint64_t{time_s - from} >> shift;
        };
        auto const* const cells = cells_.data();
        auto const* const last = last_.data();
        if (edge_a_cell_) {
            return use([=](std::uint32_t time_s) {
                auto const bucket = cells[cell_of(time_s)];
                return bucket + (time_s > last[bucket] ? 1U : 0U);
            });
        }
        return use([=](std::uint32_t time_s) {
            auto const* const cell = cells + cell_of(time_s);
            auto const* const found = std::lower_bound(last + cell[0], last + cell[1], time_s);
            return static_cast<std::uint32_t>(found - last);
        });
    }

  private:
    void divide(std::int64_t width_s) noexcept;
    void make_cells(std::int64_t least_s);

    std::span<Timestamp const> edges_;
    std::int64_t from_s_;
    std::int64_t to_s_;
    /// Of buckets of one width: the bucket is factor_ times the seconds since from_s_, over 2 to
    /// the power of shift_. Else 0.
    std::uint64_t factor_ = 0;
    /// Else: the bucket in which each cell of 2 to the power of shift_ seconds begins, and one
    /// more.
    std::vector<std::uint32_t> cells_;
    std::uint32_t cells_from_s_ = 0;
    bool edge_a_cell_ = true;  ///< within each cell lies one edge at most
    int shift_ = 0;
    /// The last second of each; of one that ends before 1970, where no event lies, 0.
    std::vector<std::uint32_t> last_;
};

}  // namespace eduplat::analytics
