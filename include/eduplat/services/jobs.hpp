#pragma once

#include <eduplat/domain/actor.hpp>
#include <eduplat/services/dependencies.hpp>

#include <chrono>
#include <memory>

namespace eduplat {

/// What one call of Jobs::run_due did.
struct JobReport {
    int ran = 0;        ///< jobs brought to their end
    int remaining = 0;  ///< jobs still due: the budget ended, or they wait for something
    int failed = 0;     ///< jobs that ended in an error: logged, and due again later

    friend bool operator==(JobReport const&, JobReport const&) = default;
};

/// Periodic work: removal of expired sessions and tokens, of erased persons' last bytes, training
/// of the recommender and more. It is done when a host asks for it, on the asking thread: call
/// run_due() every minute or so.
///
/// Thread safety: all members may be called from any thread. Of several threads and processes that
/// call it for one school, one has each job at a time; if it dies, another takes over after some
/// minutes. Work that lies ahead only because the clock was set back is not waited for.
class Jobs final {
  public:
    explicit Jobs(Dependencies const& dependencies);
    Jobs(Jobs&&) noexcept;
    Jobs& operator=(Jobs&&) noexcept;
    ~Jobs();

    /// Does what is due, in small steps, each a transaction, until nothing is or `budget` has
    /// passed on the clock; at least one step. Steps are short but for a training, see
    /// RecommendationOptions::train_in_jobs. For hosts: system or admin. Errors: unauthenticated,
    /// permission_denied; failed_precondition (field "transaction", rule "not_allowed_inside") in a
    /// write of the host's. An error of a job is not one of this call.
    JobReport run_due(Actor const& actor, std::chrono::milliseconds budget);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
