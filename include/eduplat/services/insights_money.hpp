#pragma once

#include <eduplat/analytics/revenue.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/services/insights_types.hpp>

#include <cstdint>
#include <optional>
#include <vector>

/// What Insights takes and gives about money.
namespace eduplat {

struct RevenueRequest {
    InsightScope scope = {};  ///< of it courses count
    std::vector<Timestamp> edges = {};
};

struct Revenue {
    std::vector<analytics::RevenueBucket> buckets;  ///< net_per_user: of who was active then
    std::vector<analytics::CourseTakings> courses;  ///< over all buckets
};

/// When a buyer begins, in the scope's courses.
enum class RevenueCohortsBy : std::uint8_t {
    first_payment,
    enrollment,      ///< the first one
    first_activity,  ///< the first event of what learners do
};

/// Erased users are in cohorts by payment alone: nothing else is known of them.
struct CohortRevenueRequest {
    InsightScope scope = {};  ///< of it courses count
    std::vector<Timestamp> edges = {};
    RevenueCohortsBy by = RevenueCohortsBy::first_payment;
};

struct LifetimeRequest {
    InsightScope scope = {};  ///< as of SurvivalRequest
    Money margin;             ///< earned in a period from who is there at its beginning
    analytics::LifetimeOptions options = {.period = 30};  ///< its period is in days
    std::optional<Timestamp> at = std::nullopt;           ///< as of SurvivalRequest
    double confidence = analytics::confidence_default;
};

struct Lifetime {
    analytics::LifetimeValue value;
    analytics::SurvivalCurve curve;  ///< until withdrawal, in days since the enrollment
};

struct RecurringRequest {
    InsightScope scope = {};              ///< of it courses count
    std::vector<Timestamp> moments = {};  ///< ascending, at most limits::analytics_buckets_max
};

}  // namespace eduplat
