#pragma once

#include <eduplat/analytics/labels.hpp>
#include <eduplat/analytics/lectures.hpp>
#include <eduplat/analytics/progress.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/insights_money.hpp>
#include <eduplat/services/insights_types.hpp>

#include <memory>
#include <vector>

namespace eduplat {

/// What learners do, and what comes of it: the metrics of analytics/ over the school's log, which
/// is held in memory as a frame of events.
///
/// Staff ask about everything, teachers about courses that they teach, learners about themselves.
/// The rule of a definition, its denominators and its edge cases stand where the result does.
///
/// An answer holds every event that was recorded before the call began, by whatever thread or
/// process; inside Platform::atomically() also what that has done itself, which nobody else sees
/// before its end. The first call makes the frame from the log, or from what InsightOptions say was
/// kept of it, and takes time in proportion; until it is there, others wait. All that time it holds
/// one reader of the storage, and who waits none. Each later call takes in what is new. Calls
/// that come meanwhile wait only if they would miss something otherwise. A call in atomically()
/// before any other makes a frame for itself alone: ask something before. What erased users did
/// counts nowhere, nor do marks that others set for a learner. A frame that was kept and is
/// damaged, foreign or of another history of the school, as after a backup was restored, is no
/// error: it is logged once, and made anew. Its file is mapped into memory: it may be replaced by a
/// rename, or removed, but never written to in place while a process uses it, which that would end.
///
/// Memory: see EventFrame, once a process; while a frame is made, 250 MB beside it at most. Time
/// marks of events are in whole seconds.
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; for the actor as Accounts; permission_denied (field
/// "actor", rule: the call's name: also for a course that the actor does not teach); not_found
/// (field "scope.courses[0]" and so on); invalid_argument (fields "scope.courses",
/// "scope.lectures", "scope.kinds", rule "too_many"; "scope.courses[1]", rule "duplicate"; fields
/// "edges", "to" and others as the metric in analytics/ says); resource_exhausted as EventFrame.
class Insights final {
  public:
    /// Errors: invalid_argument (field "insights.num_threads", rules "too_small", "too_large").
    explicit Insights(Dependencies const& dependencies);
    Insights(Insights&&) noexcept;
    Insights& operator=(Insights&&) noexcept;
    ~Insights();

    // -- Activity

    [[nodiscard]] std::vector<analytics::ActiveBucket> activity(
        Actor const& actor, ActivityRequest const& request) const;
    [[nodiscard]] std::vector<analytics::StickinessBucket> stickiness(
        Actor const& actor, StickinessRequest const& request) const;
    [[nodiscard]] analytics::Sessions sessions(Actor const& actor,
                                               SessionsRequest const& request) const;
    [[nodiscard]] std::vector<analytics::HabitCell> habits(Actor const& actor,
                                                           HabitsRequest const& request) const;
    [[nodiscard]] std::vector<analytics::ActivityPercentiles> activity_percentiles(
        Actor const& actor, ActivityPercentilesRequest const& request) const;
    [[nodiscard]] analytics::IdleLearners idle_learners(Actor const& actor,
                                                        IdleRequest const& request) const;
    [[nodiscard]] analytics::LectureActivity lecture_activity(Actor const& actor,
                                                              InsightScope const& scope) const;

    // -- Staying and getting on

    /// Memory: about 20 bytes a cell of cohort and period, and 4 more for each further thread: of
    /// limits::analytics_cells_max cells 200 MB. Rights are read before it is taken.
    [[nodiscard]] std::vector<analytics::Cohort> cohorts(Actor const& actor,
                                                         CohortsRequest const& request) const;
    /// Of enrollments that ever became active. Each is one stay, with its renewals. It is withdrawn
    /// when the last of its grants ended, by its term or taken back; a grant without a term that
    /// was not taken back has no end, and what ends after `at` has not ended. As of an earlier
    /// moment, grants are those of today: who was revoked by then and has access again has not been
    /// withdrawn. Suspensions end nothing.
    [[nodiscard]] Survival survival(Actor const& actor, SurvivalRequest const& request) const;
    /// Of the enrollments of survival(), in one group.
    [[nodiscard]] std::vector<analytics::HazardPeriod> hazard(Actor const& actor,
                                                              HazardRequest const& request) const;
    [[nodiscard]] std::vector<analytics::FunnelStepResult> funnel(
        Actor const& actor, FunnelRequest const& request) const;
    /// By course, of enrollments and their ends as in survival(). Lectures count that were
    /// completed up to the completion or the end.
    [[nodiscard]] std::vector<analytics::CourseProgress> progress(
        Actor const& actor, ProgressRequest const& request) const;
    /// Due is a lecture for who was enrolled in its course before the moment, and not withdrawn
    /// before it, as in survival(). Moments count in whole seconds: what is done in the second that
    /// it is due in is on time. What others marked, or an import brought, completes a lecture, too.
    /// Memory: up to 64 bytes for each learner and lecture that was due, of which there may be
    /// limits::analytics_cells_max, and 64 for each enrollment. Errors: invalid_argument (field
    /// "due", rule "too_many": lectures, or those pairs; "due[1].lecture", rule "duplicate");
    /// not_found (field "due[1].lecture": not of the scope's courses).
    [[nodiscard]] std::vector<analytics::Lateness> lateness(Actor const& actor,
                                                            LatenessRequest const& request) const;

    // -- Lectures and questions

    /// Of each recording that the lecture shows in its newest publication. Errors: not_found (field
    /// "lecture").
    [[nodiscard]] std::vector<analytics::VideoCurve> video(Actor const& actor,
                                                           VideoRequest const& request) const;
    /// Of all lectures of the scope, compared with each other. Errors: invalid_argument (field
    /// "questions", rule "too_many").
    [[nodiscard]] std::vector<analytics::LectureDifficulty> lecture_difficulty(
        Actor const& actor, DifficultyRequest const& request) const;
    /// Of all questions of the scope, as one test.
    [[nodiscard]] analytics::ItemAnalysis items(Actor const& actor,
                                                ItemsRequest const& request) const;
    /// From the texts of answers, of learners who are or were enrolled. Errors: not_found (field
    /// "course").
    [[nodiscard]] std::vector<analytics::Distractors> distractors(
        Actor const& actor, DistractorsRequest const& request) const;

    // -- Money

    // What counts are prices that buyers paid, taxes left out; of who is not staff, his own share
    // in them. Disputed money counts as paid until the dispute is lost. A refund that failed after
    // all makes refunds less when that became known; it is no new payment.

    [[nodiscard]] Revenue revenue(Actor const& actor, RevenueRequest const& request) const;
    /// What was paid before the birth is of period 0, with all of the birth's own bucket.
    [[nodiscard]] std::vector<analytics::RevenueCohort> cohort_revenue(
        Actor const& actor, CohortRevenueRequest const& request) const;
    /// Of purchases for a limited time: each runs as long as it gives access, at most until it was
    /// revoked, and counts with what of its price was not paid back by now. What was paid back
    /// in full counts at no moment. A suspension ends nothing: what it shuts out was paid for.
    [[nodiscard]] std::vector<analytics::MonthlyRecurring> monthly_recurring(
        Actor const& actor, RecurringRequest const& request) const;
    /// Of a margin that the caller knows, by the curve of survival().
    [[nodiscard]] Lifetime lifetime_value(Actor const& actor, LifetimeRequest const& request) const;

    // -- Oneself, and data for elsewhere

    /// What the asking user did.
    [[nodiscard]] MyActivity my_activity(Actor const& actor,
                                         MyActivityRequest const& request) const;
    [[nodiscard]] FrameStatus status(Actor const& actor) const;

    /// The log itself, piece by piece, without what erased users did; marks that others set only if
    /// the scope's kinds name marked. Errors: invalid_argument (field "rows", rules "too_small",
    /// "too_large").
    [[nodiscard]] EventsPiece export_events(Actor const& actor, EventsRequest const& request) const;
    /// The same of the asking user alone; without courses of all, without kinds all of them, also
    /// what the school and others noted.
    [[nodiscard]] EventsPiece export_my_events(Actor const& actor,
                                               EventsRequest const& request) const;
    /// Of the courses, their lectures and who did something in them; users by uid. What is asked
    /// for beside that is called by its number.
    [[nodiscard]] analytics::Labels labels(Actor const& actor, LabelsRequest const& request) const;
    /// For a third party: nobody can be found in it by when he enrolled, his age or his region. By
    /// staff alone: a teacher may not know these, and finds his learners by what they did. Errors:
    /// failed_precondition (field "k", rule "not_k_anonymous") and others as
    /// exporting::k_anonymize(); not_found (field "course").
    [[nodiscard]] AnonymousLearners anonymous_learners(Actor const& actor,
                                                       AnonymousRequest const& request) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
