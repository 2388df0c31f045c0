#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/learning.hpp>
#include <eduplat/services/dependencies.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

/// What a learner's doings with a course weigh in a recommender.
namespace eduplat {

/// The kinds of doings, in the order of InteractionWeights.
enum class Doing : std::uint8_t {
    viewed,
    opened,
    watched,
    answered,
    marked,
    clicked,
    downloaded,
    started,
    purchased,
    completed,
};
inline constexpr std::size_t doings = 10;

/// What an entry of the log is; nothing for what learners do not do themselves, or what enrollments
/// tell.
[[nodiscard]] std::optional<Doing> doing_of(LearningKind kind) noexcept;

/// All that a learner did with one course, in 40 bytes: a school has many.
struct Doings {
    std::array<std::uint16_t, doings> counts = {};  ///< stay at their highest value
    std::uint8_t stars = 0;                         ///< of a review; 0: there is none
    Timestamp first_at = Timestamp::max();
    Timestamp last_at = Timestamp::min();

    void add(Doing doing, std::int64_t count, Timestamp at) noexcept;
    void review(int rating, Timestamp at) noexcept;
};

/// The sum, over the doings, of the kind's weight times 2 - 1/n for n times; more or less by the
/// stars; times 2^(-age / half-life), where the age is that of the last doing, seen from `newest`.
/// 0 for who dislikes a course: he has not taken it; else a millionth at least.
[[nodiscard]] double weight_of(Doings const& doings, RecommendationOptions const& options,
                               Timestamp newest) noexcept;

/// Refuses values out of their ranges: see Recommendations.
void check_options(RecommendationOptions const& options);

/// Of all that decides what a training leads to: not of threads, nor of who trains.
[[nodiscard]] std::array<std::byte, 32> digest_of(RecommendationOptions const& options);

}  // namespace eduplat
