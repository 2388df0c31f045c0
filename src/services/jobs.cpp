#include "repositories/jobs.hpp"

#include "services/access.hpp"
#include "services/course_index.hpp"
#include "services/enrollment_core.hpp"
#include "services/insights_impl.hpp"
#include "services/job_runner.hpp"
#include "services/learning_sweep.hpp"
#include "services/payment_holds.hpp"
#include "services/recommender_training.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/services/jobs.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace eduplat {
namespace {

constexpr std::int64_t cleanup_rows_max = 500;

JobStep clean_up_sessions(Dependencies const& dependencies) {
    auto const now = dependencies.clock.now();
    bool const more = dependencies.storage.write([&](storage::Connection& connection) {
        return repositories::jobs::delete_expired(connection, now, cleanup_rows_max);
    });
    return more ? JobStep::more : JobStep::finished;
}

JobStep scrub_wal(Dependencies const& dependencies) {
    return dependencies.storage.scrub() ? JobStep::finished : JobStep::later;
}

JobStep rebuild_search(Dependencies const& dependencies) {
    return rebuild_index(dependencies.storage) ? JobStep::more : JobStep::finished;
}

/// Where nobody asks for the frame, it is not kept in memory either. The first time it is made from
/// the whole log, at about 3 million entries a second.
JobStep keep_frame(Dependencies const& dependencies) {
    auto frames = dependencies.frames;
    if (dependencies.insights.frame_path.value_or(std::string{}).empty()) return JobStep::finished;
    if (!frames || !frames->held()) frames = std::make_shared<InsightFrames>(dependencies.insights);
    FrameProblems const told{*frames, dependencies};
    // If it cannot be written, nothing is lost, and the next hour will do.
    bool const overtaken = frames->save(dependencies) == InsightFrames::Saving::overtaken;
    return overtaken ? JobStep::later : JobStep::finished;
}

constexpr std::array table{
    Job{"session_cleanup", std::chrono::hours{1}, clean_up_sessions},
    Job{wal_scrub_job, std::nullopt, scrub_wal},
    Job{completion_sweep_job, std::nullopt, sweep_completions},
    Job{expire_holds_job, std::chrono::minutes{5}, expire_holds},
    Job{"search_rebuild", std::chrono::minutes{5}, rebuild_search},
    Job{free_seats_job, std::chrono::minutes{15}, free_ended_seats},
    Job{save_frame_job, std::chrono::hours{1}, keep_frame},
    Job{recommender_training_job, std::chrono::hours{1}, nullptr, train_if_changed},
};

}  // namespace

std::span<Job const> all_jobs() noexcept {
    return table;
}

class Jobs::Impl {
  public:
    explicit Impl(Dependencies given) : dependencies(std::move(given)) {}

    Dependencies dependencies;
};

Jobs::Jobs(Dependencies const& dependencies) : impl_(std::make_unique<Impl>(dependencies)) {}
Jobs::Jobs(Jobs&&) noexcept = default;
Jobs& Jobs::operator=(Jobs&&) noexcept = default;
Jobs::~Jobs() = default;

JobReport Jobs::run_due(Actor const& actor, std::chrono::milliseconds budget) {
    auto const& dependencies = impl_->dependencies;
    if (dependencies.storage.in_write()) {
        fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
    }
    dependencies.storage.read([&](storage::Connection& connection) {
        static_cast<void>(
            authorize(connection, actor, Call::jobs_run_due, dependencies.clock.now()));
    });
    return JobRunner{dependencies, table}.run_due(budget);
}

}  // namespace eduplat
