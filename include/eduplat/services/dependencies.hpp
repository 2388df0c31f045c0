#pragma once

#include <eduplat/ports/clock.hpp>
#include <eduplat/ports/log_sink.hpp>
#include <eduplat/ports/mailer.hpp>
#include <eduplat/ports/random.hpp>
#include <eduplat/services/hash_cost.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>

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

/// What services are built over. Everything referred to must outlive them.
struct Dependencies {
    storage::Storage& storage;
    Clock const& clock;
    Random& random;
    Mailer* mailer;  ///< null: calls that send messages end in failed_precondition
    LogSink& log;
    AccountOptions accounts = {};
    CourseOptions courses = {};
};

}  // namespace eduplat
