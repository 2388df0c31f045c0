#include "services/recommendation_weights.hpp"

#include "services/tokens.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace eduplat {
namespace {

constexpr std::int64_t count_max = std::numeric_limits<std::uint16_t>::max();
constexpr int middle_star = 3;
/// What was done long ago still says something, and its square is a number that floats have.
constexpr double weight_min = 1e-6;

constexpr std::array<double InteractionWeights::*, doings> weights{
    &InteractionWeights::viewed,     &InteractionWeights::opened,  &InteractionWeights::watched,
    &InteractionWeights::answered,   &InteractionWeights::marked,  &InteractionWeights::clicked,
    &InteractionWeights::downloaded, &InteractionWeights::started, &InteractionWeights::purchased,
    &InteractionWeights::completed};
constexpr std::array<std::string_view, doings> weight_names{
    "viewed",  "opened",     "watched", "answered",  "marked",
    "clicked", "downloaded", "started", "purchased", "completed"};

double decay(std::chrono::days half_life, Timestamp last_at, Timestamp now) noexcept {
    if (half_life.count() == 0 || last_at >= now) return 1;
    using Days = std::chrono::duration<double, std::chrono::days::period>;
    // As numbers: the times of imports may lie further apart than a duration can say.
    auto const age = static_cast<double>(now.time_since_epoch().count()) -
                     static_cast<double>(last_at.time_since_epoch().count());
    auto const age_days = Days{std::chrono::duration<double, std::micro>{age}};
    return std::exp2(-age_days.count() / static_cast<double>(half_life.count()));
}

void check_weight(Validation& validation, std::string_view name, double value) {
    auto const field = "recommendations.weights." + std::string{name};
    if (!std::isfinite(value)) return validation.add(field, "not_finite");
    if (value < 0) validation.add(field, "too_small", 0);
    if (value > limits::interaction_weight_max) {
        validation.add(field, "too_large",
                       static_cast<std::int64_t>(limits::interaction_weight_max));
    }
}

void between(Validation& validation, std::string_view option, std::int64_t value,
             std::int64_t least, std::int64_t most) {
    auto const field = "recommendations." + std::string{option};
    if (value < least) validation.add(field, "too_small", least);
    if (value > most) validation.add(field, "too_large", most);
}

}  // namespace

std::optional<Doing> doing_of(LearningKind kind) noexcept {
    switch (kind) {
        case LearningKind::viewed:
            return Doing::viewed;
        case LearningKind::opened:
            return Doing::opened;
        case LearningKind::watched:
            return Doing::watched;
        case LearningKind::answered:
            return Doing::answered;
        case LearningKind::marked:
            return Doing::marked;
        case LearningKind::clicked:
            return Doing::clicked;
        case LearningKind::downloaded:
            return Doing::downloaded;
        case LearningKind::searched:
        case LearningKind::session_opened:
        case LearningKind::published:
        case LearningKind::enrolled:
        case LearningKind::settled:
        case LearningKind::completed:
            break;
    }
    return std::nullopt;
}

void Doings::add(Doing doing, std::int64_t count, Timestamp at) noexcept {
    if (count <= 0) return;
    auto& sum = counts[static_cast<std::size_t>(doing)];
    sum = static_cast<std::uint16_t>(std::min(count_max, sum + std::min(count, count_max)));
    first_at = std::min(first_at, at);
    last_at = std::max(last_at, at);
}

void Doings::review(int rating, Timestamp at) noexcept {
    stars = static_cast<std::uint8_t>(rating);
    first_at = std::min(first_at, at);
    last_at = std::max(last_at, at);
}

double weight_of(Doings const& done, RecommendationOptions const& options,
                 Timestamp newest) noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < doings; ++i) {
        if (done.counts[i] != 0) sum += options.weights.*weights[i] * (2.0 - 1.0 / done.counts[i]);
    }
    if (done.stars != 0) sum += options.weights.star * (done.stars - middle_star);
    if (sum <= 0) return 0;
    return std::max(weight_min, sum * decay(options.half_life, done.last_at, newest));
}

void check_options(RecommendationOptions const& options) {
    Validation validation;
    for (std::size_t i = 0; i < doings; ++i)
        check_weight(validation, weight_names[i], options.weights.*weights[i]);
    check_weight(validation, "star", options.weights.star);
    between(validation, "half_life", options.half_life.count(), 0,
            limits::recommendation_half_life_days_max);
    between(validation, "pairs_min", options.pairs_min, 0,
            std::numeric_limits<std::int64_t>::max());
    between(validation, "factors", options.factors, 1, limits::recommender_factors_max);
    between(validation, "ease_items_max", options.ease_items_max, 0, limits::ease_items_max);
    between(validation, "num_threads", options.num_threads, 1, limits::threads_max);
    validation.check("options of recommendations");
}

std::array<std::byte, 32> digest_of(RecommendationOptions const& options) {
    std::string text;
    auto const add = [&](auto value) {
        std::array<char, 32> digits{};
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        text.append(digits.data(), end).append(" ");
    };
    for (auto const weight : weights)
        add(options.weights.*weight);
    add(options.weights.star);
    add(std::int64_t{options.half_life.count()});
    add(options.pairs_min);
    add(options.factors);
    add(options.ease_items_max);
    return salted_hash({}, text);
}

}  // namespace eduplat
