#pragma once

#include <eduplat/analytics/activity.hpp>
#include <eduplat/core/validation.hpp>

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

/// Numbers, each of a group, as they are met.
class Samples final {
  public:
    void add(std::size_t group, std::int64_t value) {
        samples_.push_back({value, static_cast<std::uint32_t>(group)});
    }

    struct Group {
        std::int64_t size = 0;
        std::vector<Percentile> percentiles;
    };
    /// All samples by group. They are not negative.
    [[nodiscard]] static std::vector<Group> groups(std::span<Samples const> parts,
                                                   std::size_t groups,
                                                   std::span<double const> probabilities);

    /// Of all samples, whatever their group.
    [[nodiscard]] static std::vector<Percentile> all(std::span<Samples const> parts,
                                                     std::span<double const> probabilities);

    [[nodiscard]] std::size_t size() const noexcept { return samples_.size(); }

  private:
    struct Sample {
        std::int64_t value;
        std::uint32_t group;
    };
    std::vector<Sample> samples_;
};

/// The nearest ranks of values that are not negative, whose order it changes.
[[nodiscard]] std::vector<Percentile> percentiles(std::span<std::int64_t> values,
                                                  std::span<double const> probabilities);

}  // namespace eduplat::analytics
