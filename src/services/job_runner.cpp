#include "services/job_runner.hpp"

#include "repositories/jobs.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <exception>

namespace eduplat {
namespace {

/// When a job without a period is due that nobody has made due.
constexpr Timestamp never = Timestamp::max();

constexpr std::size_t error_bytes_max = 500;

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
    auto const deadline = dependencies_.clock.now() + budget;
    add_missing();
    JobReport report;
    bool in_time = true;
    while (in_time) {
        auto const* const job = next_due();
        if (job == nullptr) break;
        auto const lease_end = take(*job);
        if (!lease_end) continue;  // another thread or process was faster
        auto const outcome = run(*job, *lease_end, deadline);
        report.ran += outcome == Outcome::ran ? 1 : 0;
        report.failed += outcome == Outcome::failed ? 1 : 0;
        report.remaining += outcome == Outcome::waits ? 1 : 0;
        in_time = dependencies_.clock.now() <= deadline;
    }
    report.remaining += count_due();
    return report;
}

void JobRunner::add_missing() {
    auto const known = dependencies_.storage.read(repositories::jobs::all);
    bool const complete = std::ranges::all_of(
        jobs_, [&](Job const& job) { return std::ranges::find(known, job.name) != known.end(); });
    if (complete) return;
    auto const now = dependencies_.clock.now();
    dependencies_.storage.write([&](storage::Connection& connection) {
        for (auto const& job : jobs_) {
            repositories::jobs::add(connection, job.name, job.period ? now : never);
        }
    });
}

Job const* JobRunner::next_due() {
    auto const due = dependencies_.storage.read([&](storage::Connection& connection) {
        return repositories::jobs::due(connection, dependencies_.clock.now());
    });
    // A newer build that shares the school may have jobs that this one does not know.
    for (auto const& name : due) {
        if (auto const* const job = find(jobs_, name)) return job;
    }
    return nullptr;
}

int JobRunner::count_due() {
    auto const due = dependencies_.storage.read([&](storage::Connection& connection) {
        return repositories::jobs::due(connection, dependencies_.clock.now());
    });
    return static_cast<int>(std::ranges::count_if(
        due, [&](std::string const& name) { return find(jobs_, name) != nullptr; }));
}

std::optional<Timestamp> JobRunner::take(Job const& job) {
    auto const now = dependencies_.clock.now();
    Timestamp const end = now + lease;
    bool const taken = dependencies_.storage.write([&](storage::Connection& connection) {
        return repositories::jobs::lease(connection, job.name, now, end);
    });
    if (!taken) return std::nullopt;
    return end;
}

JobRunner::Outcome JobRunner::run(Job const& job, Timestamp lease_end, Timestamp deadline) {
    std::string error;
    auto outcome = Outcome::failed;
    try {
        outcome = run_steps(job, lease_end, deadline);
    } catch (std::exception const& e) {
        error = text_of(e);
        dependencies_.log.write(LogLevel::error,
                                "job " + std::string{job.name} + " failed: " + error);
    }
    give_back(job, lease_end, outcome, error);
    return outcome;
}

JobRunner::Outcome JobRunner::run_steps(Job const& job, Timestamp& lease_end, Timestamp deadline) {
    while (true) {
        switch (job.step(dependencies_)) {
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
    if (lease_end - now > lease / 2) return true;
    Timestamp const end = now + lease;
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
        end.next_due_at = job.period ? now + *job.period : never;
        end.finished_at = now;
    } else if (outcome != Outcome::out_of_time) {
        end.next_due_at = now + retry_after;
    }
    if (outcome == Outcome::failed) end.error = error;
    dependencies_.storage.write([&](storage::Connection& connection) {
        repositories::jobs::release(connection, job.name, end);
    });
}

}  // namespace eduplat
