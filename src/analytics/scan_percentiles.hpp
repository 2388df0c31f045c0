#pragma once

#include <eduplat/analytics/activity.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Exact percentiles of many groups of numbers.
namespace eduplat::analytics {

/// Adds what is wrong with probabilities, under the field "probabilities".
void check_probabilities(Validation& validation, std::span<double const> probabilities,
                         std::size_t groups);

/// The place, from 0, of the nearest rank among `count` values, one at least: the smallest value
/// that a share `probability` of all do not exceed. Counted from above, so that 0.07 of 100 is 7,
/// which it is not quite as a product of doubles.
[[nodiscard]] std::size_t nearest_rank(double probability, std::size_t count) noexcept;

/// Numbers that are not negative, each of a group, as they are met. Most of what learners do is
/// done a few times: small numbers are only counted, and no list of them has to be kept or put in
/// order.
class Samples final {
  public:
    explicit Samples(std::size_t groups)
        : groups_{groups},
          width_{std::min(width_max, counts_max / groups)},
          counts_(groups * width_) {}

    void add(std::size_t group, std::int64_t value) {
        if (static_cast<std::uint64_t>(value) < width_) {
            ++counts_[group * width_ + static_cast<std::size_t>(value)];
        } else {
            large_.push_back({value, static_cast<std::uint32_t>(group)});
        }
    }

    struct Group {
        std::int64_t size = 0;
        std::vector<Percentile> percentiles;
    };
    /// All samples by group. The parts, one at least, are of the same groups.
    [[nodiscard]] static std::vector<Group> groups(std::span<Samples const> parts,
                                                   std::span<double const> probabilities);

    /// Of all samples, whatever their group.
    [[nodiscard]] static std::vector<Percentile> all(std::span<Samples const> parts,
                                                     std::span<double const> probabilities);

  private:
    static constexpr std::size_t width_max = 512;
    static constexpr std::size_t counts_max = std::size_t{1} << 16U;  // which stay near a processor

    struct Sample {
        std::int64_t value;
        std::uint32_t group;
    };

    [[nodiscard]] std::span<std::uint32_t const> counts_of(std::size_t group) const noexcept {
        return std::span{counts_}.subspan(group * width_, width_);
    }
    /// The large values of parts by group, and where each group's end.
    [[nodiscard]] static std::vector<std::int64_t> large_by_group(std::span<Samples const> parts,
                                                                  std::vector<std::size_t>& ends);

    std::size_t groups_;
    std::size_t width_;                  ///< numbers below it are small
    std::vector<std::uint32_t> counts_;  ///< of small ones, by group and number
    std::vector<Sample> large_;
};

/// The nearest ranks of values that are not negative, whose order it changes.
[[nodiscard]] std::vector<Percentile> percentiles(std::span<std::int64_t> values,
                                                  std::span<double const> probabilities);

}  // namespace eduplat::analytics
