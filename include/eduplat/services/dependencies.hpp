#pragma once

#include <eduplat/ports/clock.hpp>
#include <eduplat/ports/log_sink.hpp>
#include <eduplat/ports/mailer.hpp>
#include <eduplat/ports/payment_gateway.hpp>
#include <eduplat/ports/random.hpp>
#include <eduplat/ports/tax.hpp>
#include <eduplat/services/hash_cost.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eduplat {

/// Durations are of a second to limits::account_duration_days_max days, numbers of failures 1 to
/// limits::throttle_failures_max.
struct AccountOptions {
    std::chrono::seconds session_idle_max = std::chrono::days{14};      ///< unused, it ends
    std::chrono::seconds session_absolute_max = std::chrono::days{90};  ///< used, it ends
    std::chrono::seconds password_reset_valid = std::chrono::hours{1};
    std::chrono::seconds invitation_valid = std::chrono::days{14};

    std::chrono::seconds throttle_window = std::chrono::minutes{15};
    int throttle_account_failures_max = 10;  ///< in one window
    int throttle_source_failures_max = 100;  ///< in one window

    HashCost hash_cost = {};
    /// Further callers wait, for each hash holds memory_bytes; beyond limits::hashes_waiting_max
    /// they are refused. 1 to limits::hashes_concurrent_max.
    int hashes_max_concurrent = 2;
};

struct CourseOptions {
    /// Whether staff has to look at a course before it is published for the first time.
    bool review_required = false;
};

/// How much watching is credited: see Learning::record. Durations are of 0 s, the idle one of 1 s,
/// to limits::learning_duration_max; the rate is 1 to limits::watch_rate_percent_max.
struct LearningOptions {
    int max_rate_percent = 200;                                      ///< of the time that passed
    std::chrono::seconds grace = std::chrono::minutes{2};            ///< credited at once
    std::chrono::seconds session_idle_max = std::chrono::hours{12};  ///< unused, it ends
};

/// What a refund does to the access that was bought.
struct RefundPolicy {
    bool revoke_when_all_is_refunded = true;
    /// Whether a certificate that was issued keeps the learner from refunds, and keeps the access
    /// when the gateway pays back by itself.
    bool certificate_forbids = false;
};

struct PaymentOptions {
    /// How long an unpaid order holds its seat: a minute to limits::seat_hold_days_max days.
    std::chrono::seconds seat_hold = std::chrono::minutes{30};
    /// The platform's part of each net price in hundredths of a percent, 0 to 10,000.
    int platform_fee_bp = 1000;
    RefundPolicy refunds = {};
};

/// What a learner's doings with a course count for, each 0 to limits::interaction_weight_max. A
/// thing done again counts less each time: all repetitions together as much as the first one.
struct InteractionWeights {
    double viewed = 0.2;
    double opened = 0.3;
    double watched = 0.5;
    double answered = 0.5;
    double marked = 0.3;
    double clicked = 0.1;
    double downloaded = 0.3;
    double started = 1.0;    ///< an enrollment, unless it is revoked
    double purchased = 0.5;  ///< beside that
    double completed = 1.0;  ///< beside that
    double star = 0.5;       ///< for each star of a review above three, and against it below
};

/// How courses are recommended: see Recommendations.
struct RecommendationOptions {
    InteractionWeights weights = {};
    /// After it a doing counts for half: 0, for always the same, to
    /// limits::recommendation_half_life_days_max.
    std::chrono::days half_life{365};
    /// Below so many pairs of learner and course, texts and popularity decide alone. 0 or more.
    std::int64_t pairs_min = 200;
    /// Length of the vectors of courses: 1 to limits::recommender_factors_max.
    int factors = 64;
    /// Schools of more courses do without the weights between all pairs of courses, and learn
    /// nothing from what courses say. The weights take four bytes each in memory and in the school,
    /// and training them, time that grows with the cube of the courses. 0 to
    /// limits::ease_items_max.
    int ease_items_max = 2'000;
    /// Threads of a training: 1 to limits::threads_max.
    int num_threads = 1;
    /// Whether Jobs::run_due() trains: it looks every hour, and trains when the logs have grown by
    /// a hundredth, or for any change once a day. A training is one step, of seconds to minutes in
    /// a large school: a host that cannot spare that thread for so long says no, and calls
    /// Recommendations::train() on one that it can.
    bool train_in_jobs = true;
};

/// How the log of learning is held for metrics: see Insights.
struct InsightOptions {
    /// Where it is kept between runs, so that the first answer of the next one comes at once: about
    /// 11 bytes an event, beside the school and no part of it. None: Platform takes the school's
    /// path with ".frame"; empty, or in memory or read-only: not at all.
    std::optional<std::string> frame_path = std::nullopt;
    /// Threads of one call: 1 to limits::threads_max.
    int num_threads = 1;
};

class InsightFrames;

/// What services are built over. Everything referred to must outlive them.
struct Dependencies {
    storage::Storage& storage;
    Clock const& clock;
    Random& random;
    Mailer* mailer;  ///< null: calls that send messages end in failed_precondition
    LogSink& log;
    AccountOptions accounts = {};
    LearningOptions learning = {};
    CourseOptions courses = {};
    PaymentOptions payments = {};
    RecommendationOptions recommendations = {};
    InsightOptions insights = {};
    /// What Insights and Jobs of one school share; null: each has its own.
    std::shared_ptr<InsightFrames> frames = nullptr;
    std::vector<PaymentGateway const*> gateways = {};  ///< the first is the default
    TaxRule const* tax = nullptr;                      ///< null: no tax
};

}  // namespace eduplat
