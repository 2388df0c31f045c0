#include "services/job_runner.hpp"

#include "repositories/jobs.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <exception>

namespace eduplat {
namespace {

using repositories::jobs::Entry;

/// When a job without a period is due that nobody has made due.
constexpr Timestamp never = Timestamp::max();

constexpr std::size_t error_bytes_max = 500;

/// At the ends of time, these.
Timestamp sum(Timestamp at, std::chrono::milliseconds by) {
    using std::chrono::microseconds, std::chrono::milliseconds;
    constexpr auto longest = std::chrono::floor<milliseconds>(microseconds::max());
    microseconds const step = std::clamp(by, -longest, longest);
    std::int64_t count = 0;
    if (__builtin_add_overflow(at.time_since_epoch().count(), step.count(), &count)) {
        return step.count() < 0 ? Timestamp::min() : Timestamp::max();
    }
    return Timestamp{microseconds{count}};
}

/// Whether a job can be begun. What lies further ahead than this program ever puts it was written
/// while the clock was ahead: it is not waited for. A running job is not taken from its holder for
/// a clock set back by less than a lease.
bool is_due(Job const& job, Entry const& entry, Timestamp now) {
    if (entry.leased_until) {
        // A lease that has ended leaves its job due.
        return *entry.leased_until <= now || *entry.leased_until > sum(now, 2 * JobRunner::lease);
    }
    if (entry.due_at <= now) return true;
    if (!job.period && entry.due_at == never) return false;
    std::chrono::seconds const period = job.period.value_or(std::chrono::seconds{0});
    return entry.due_at > sum(now, std::max<std::chrono::seconds>(period, JobRunner::retry_after));
}

std::string text_of(std::exception const& error) {
    std::string text = error.what();
    if (text.size() > error_bytes_max) text.resize(error_bytes_max);
    return text;
}

Job const* find(std::span<Job const> jobs, std::string_view name) {
    auto const found = std::ranges::find(jobs, name, &Job::name);
    return found == jobs.end() ? nullptr : &*found;
}

}  // namespace

JobReport JobRunner::run_due(std::chrono::milliseconds budget) {
    auto const deadline = sum(dependencies_.clock.now(), budget);
    add_missing();
    JobReport report;
    bool in_time = true;
    while (in_time) {
        auto const waiting = due();
        if (waiting.empty()) break;
        auto const& job = *waiting.front();
        auto const lease_end = take(job);
        if (!lease_end) continue;  // another thread or process was faster
        auto const outcome = run(job, *lease_end, deadline);
        report.ran += outcome == Outcome::ran ? 1 : 0;
        report.failed += outcome == Outcome::failed ? 1 : 0;
        report.remaining += outcome == Outcome::waits ? 1 : 0;
        in_time = dependencies_.clock.now() <= deadline;
    }
    report.remaining += static_cast<int>(due().size());
    return report;
}

void JobRunner::add_missing() {
    auto const known = dependencies_.storage.read(repositories::jobs::all);
    bool const complete = std::ranges::all_of(jobs_, [&](Job const& job) {
        return std::ranges::find(known, job.name, &Entry::name) != known.end();
    });
    if (complete) return;
    auto const now = dependencies_.clock.now();
    dependencies_.storage.write([&](storage::Connection& connection) {
        for (auto const& job : jobs_) {
            repositories::jobs::add(connection, job.name, job.period ? now : never);
        }
    });
}

std::vector<Job const*> JobRunner::due() {
    auto const entries = dependencies_.storage.read(repositories::jobs::all);
    auto const now = dependencies_.clock.now();
    std::vector<Job const*> due;
    // A newer build that shares the school may have jobs that this one does not know.
    for (auto const& entry : entries) {
        auto const* const job = find(jobs_, entry.name);
        if (job != nullptr && is_due(*job, entry, now)) due.push_back(job);
    }
    return due;
}

std::optional<Timestamp> JobRunner::take(Job const& job) {
    return dependencies_.storage.write([&](storage::Connection& connection) {
        // Not before: who was faster would seem to have read a clock that was ahead.
        auto const now = dependencies_.clock.now();
        auto const entry = repositories::jobs::find(connection, job.name);
        std::optional<Timestamp> end;
        if (entry && is_due(job, *entry, now)) {
            end = sum(now, lease);
            repositories::jobs::lease(connection, job.name, *end);
        }
        return end;
    });
}

JobRunner::Outcome JobRunner::run(Job const& job, Timestamp lease_end, Timestamp deadline) {
    std::string error;
    auto outcome = Outcome::failed;
    try {
        outcome = run_steps(job, lease_end, deadline);
    } catch (std::exception const& e) {
        error = text_of(e);
    } catch (...) {
        error = "an exception that is no std::exception";
    }
    if (outcome == Outcome::failed) {
        dependencies_.log.write(LogLevel::error,
                                "job " + std::string{job.name} + " failed: " + error);
    }
    give_back(job, lease_end, outcome, error);
    return outcome;
}

JobRunner::Outcome JobRunner::run_steps(Job const& job, Timestamp& lease_end, Timestamp deadline) {
    auto const step = [&] {
        if (job.long_step == nullptr) return job.step(dependencies_);
        return job.long_step(dependencies_, [&] { return keep(job, lease_end); });
    };
    while (true) {
        switch (step()) {
            case JobStep::finished:
                return Outcome::ran;
            case JobStep::later:
                return Outcome::waits;
            case JobStep::more:
                break;
        }
        if (dependencies_.clock.now() > deadline) return Outcome::out_of_time;
        if (!keep(job, lease_end)) return Outcome::lost;
    }
}

bool JobRunner::keep(Job const& job, Timestamp& lease_end) {
    auto const now = dependencies_.clock.now();
    // One that ends too far ahead, because the clock was set back, others may take no notice of.
    if (lease_end > sum(now, lease - renew_after) && lease_end <= sum(now, lease)) return true;
    auto const end = sum(now, lease);
    bool const kept = dependencies_.storage.write([&](storage::Connection& connection) {
        return repositories::jobs::renew(connection, job.name, lease_end, end);
    });
    if (kept) lease_end = end;
    return kept;
}

void JobRunner::give_back(Job const& job, Timestamp lease_end, Outcome outcome,
                          std::string const& error) {
    if (outcome == Outcome::lost) return;
    auto const now = dependencies_.clock.now();
    repositories::jobs::End end{.lease = lease_end, .next_due_at = now};
    if (outcome == Outcome::ran) {
        end.next_due_at = job.period ? sum(now, *job.period) : never;
        end.finished_at = now;
    } else if (outcome != Outcome::out_of_time) {
        end.next_due_at = sum(now, retry_after);
    }
    if (outcome == Outcome::failed) end.error = error;
    dependencies_.storage.write([&](storage::Connection& connection) {
        repositories::jobs::release(connection, job.name, end);
    });
}

}  // namespace eduplat
