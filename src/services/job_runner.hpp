#pragma once

#include <eduplat/core/function_ref.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/jobs.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

enum class JobStep : std::uint8_t {
    finished,  ///< nothing is left to do
    more,      ///< call again
    later,     ///< it cannot be done yet
};

/// Renews the lease of the job that is being run once it is JobRunner::renew_after old; false if
/// another one has the job, which ends the work. Whoever does not ask for longer than a lease may
/// go on beside the other until he asks: what both do must do no harm.
using KeepLease = FunctionRef<bool()>;

/// A kind of periodic work, as data.
struct Job {
    std::string_view name;
    /// From its end to its next beginning; none: it is run when somebody makes it due.
    std::optional<std::chrono::seconds> period;
    /// One bounded step, of a second at most, in transactions of its own.
    JobStep (*step)(Dependencies const&);
    /// Instead, a step that may take long, and calls `keep` several times a minute meanwhile.
    JobStep (*long_step)(Dependencies const&, KeepLease keep) = nullptr;
};

/// Every job there is.
[[nodiscard]] std::span<Job const> all_jobs() noexcept;

/// Empties the engine's side files of what an erasure left, when readers let it.
inline constexpr std::string_view wal_scrub_job = "wal_scrub";

/// Runs the due ones of some jobs. Thread safety: any thread.
class JobRunner {
  public:
    /// How long a holder has for one step before others may take its job.
    static constexpr std::chrono::minutes lease = std::chrono::minutes{5};
    /// Of a lease so old the end is put off: silence of up to lease - renew_after loses nothing.
    static constexpr std::chrono::seconds renew_after = std::chrono::seconds{30};
    /// How long a job rests that failed or has to wait.
    static constexpr std::chrono::minutes retry_after = std::chrono::minutes{1};

    JobRunner(Dependencies const& dependencies, std::span<Job const> jobs) noexcept
        : dependencies_(dependencies), jobs_(jobs) {}

    /// As Jobs::run_due, without asking who calls.
    JobReport run_due(std::chrono::milliseconds budget);

  private:
    struct Lease;
    enum class Outcome : std::uint8_t { ran, waits, failed, out_of_time, lost };

    void add_missing();
    /// Jobs that can be begun, the longest due first.
    [[nodiscard]] std::vector<Job const*> due();
    [[nodiscard]] std::optional<Timestamp> take(Job const& job);
    [[nodiscard]] Outcome run(Job const& job, Timestamp lease_end, Timestamp deadline);
    [[nodiscard]] Outcome run_steps(Job const& job, Timestamp& lease_end, Timestamp deadline);
    [[nodiscard]] bool keep(Job const& job, Timestamp& lease_end);
    void give_back(Job const& job, Timestamp lease_end, Outcome outcome, std::string const& error);

    Dependencies const& dependencies_;
    std::span<Job const> jobs_;
};

}  // namespace eduplat
