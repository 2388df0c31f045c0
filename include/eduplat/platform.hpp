#pragma once

#include <eduplat/core/function_ref.hpp>
#include <eduplat/ports/clock.hpp>
#include <eduplat/ports/log_sink.hpp>
#include <eduplat/ports/mailer.hpp>
#include <eduplat/ports/payment_gateway.hpp>
#include <eduplat/ports/random.hpp>
#include <eduplat/ports/tax.hpp>
#include <eduplat/services/accounts.hpp>
#include <eduplat/services/courses.hpp>
#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/insights.hpp>
#include <eduplat/services/jobs.hpp>
#include <eduplat/services/journal.hpp>
#include <eduplat/services/learning.hpp>
#include <eduplat/services/payments.hpp>
#include <eduplat/services/recommendations.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

/// How a school is opened. Only `path` has to be given.
struct OpenOptions {
    /// The school's file, made if missing; ":memory:" for one that ends with the Platform.
    std::string path = {};
    /// Opens an existing school without ever writing to it.
    bool read_only = false;
    /// How long a call waits for other processes before it ends in `unavailable`.
    std::chrono::milliseconds busy_timeout = std::chrono::seconds{10};
    /// Connections that read beside the one that writes, 1 to limits::readers_max.
    int readers_max = 8;

    /// Values out of range are refused, as fields "accounts.throttle_window" and so on.
    AccountOptions accounts = {};
    LearningOptions learning = {};
    CourseOptions courses = {};
    PaymentOptions payments = {};
    RecommendationOptions recommendations = {};

    // What a host may replace; null for the default.
    std::shared_ptr<Clock const> clock = nullptr;  ///< the system's clock
    std::shared_ptr<Random> random = nullptr;      ///< the operating system's generator
    std::shared_ptr<LogSink> log = nullptr;        ///< the standard error stream
    std::shared_ptr<Mailer> mailer = nullptr;      ///< none: calls that send messages are refused
    /// By which buyers pay; the first is the default. None: nothing can be sold.
    std::vector<std::shared_ptr<PaymentGateway const>> gateways = {};
    std::shared_ptr<TaxRule const> tax = nullptr;  ///< no tax

    /// As the options of services above. Last: g++ 12 warns where a host gives what comes after it.
    InsightOptions insights = {};
};

/// One open school: the object a host owns. It gives the services, and looks after the file.
///
/// Its own members act for the host and ask nobody's rights; the calls of the services name who
/// asks. It starts no thread and opens no socket: periodic work happens in run_due().
///
/// Thread safety: all members may be called from any thread; moving and destroying it may not
/// overlap with other calls. After fork() the child cannot use it, nor open that school
/// again (failed_precondition, field "process", rule "forked"): open it after fork(), or exec.
/// Errors: see Storage.
class Platform final {
  public:
    /// Opens or creates a school. Errors: data_loss (field "path": not a school, truncated,
    /// corrupt; the file is left as it was), failed_precondition (field "schema_version", rule
    /// "too_new": made by a newer eduplat; field "path", rule "read_only"), not_found (read_only
    /// and no such file), invalid_argument, unavailable (field "path", rule "locked").
    [[nodiscard]] static Platform open(OpenOptions options);

    Platform(Platform&&) noexcept;
    Platform& operator=(Platform&&) noexcept;
    ~Platform();

    [[nodiscard]] Accounts& accounts() const noexcept;
    [[nodiscard]] Courses& courses() const noexcept;
    [[nodiscard]] Enrollments& enrollments() const noexcept;
    [[nodiscard]] Insights& insights() const noexcept;
    [[nodiscard]] Journal& journal() const noexcept;
    [[nodiscard]] Jobs& jobs() const noexcept;
    [[nodiscard]] Learning& learning() const noexcept;
    [[nodiscard]] Payments& payments() const noexcept;
    [[nodiscard]] Recommendations& recommendations() const noexcept;

    /// Runs `fn` as one transaction, on the calling thread: what it does through the services
    /// becomes durable together, or not at all if it throws. Keep it short: others wait to write.
    /// Calls that hash passwords or send messages are refused inside (failed_precondition, field
    /// "transaction").
    void atomically(FunctionRef<void(Platform&)> fn);

    /// Does periodic work that is due, in small steps, for about `budget`. Call it every minute or
    /// so.
    JobReport run_due(std::chrono::milliseconds budget);

    /// Writes a checked copy of the school as it is at this moment, while others read and write.
    /// Errors: already_exists (field "destination": there is such a file).
    void backup_to(std::string_view destination) const;

    /// Reads the whole school and reports what is broken; takes time in proportion to its size.
    [[nodiscard]] storage::CheckReport check() const;

    [[nodiscard]] int schema_version() const;
    [[nodiscard]] storage::Statistics statistics() const;

  private:
    class Impl;
    explicit Platform(std::unique_ptr<Impl> impl) noexcept;

    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
