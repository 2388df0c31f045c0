#pragma once

#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/recommender/model.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/recommendations_types.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace eduplat {

/// Which courses a learner may want next, and why.
///
/// A recommender is trained from what all learners do: the log of learning, enrollments, purchases
/// and reviews. It lies in the school and holds what is known of courses, nothing of a person: each
/// learner is taken as he is at the moment of the call, so that what he does counts at once, and
/// an erasure leaves nothing behind. Whoever has done nothing yet is served by the goals and
/// interests of his persona and by what he searched for, else by what is popular. All processes
/// that share a school serve its newest recommender; while one is trained, the one before serves.
/// Courses published since the training come last, until the next one.
///
/// Recommended are published courses with a seat left whose required courses the learner has
/// completed; never one that he is enrolled in (unless it was revoked and can be bought again), has
/// an open order for, or teaches.
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; for the actor as Accounts; permission_denied (field
/// "actor", rule: the call's name); invalid_argument (field "n", rules "too_small", "too_large" at
/// limits::recommendations_max). A stored recommender that is damaged, or of a newer eduplat, is no
/// error: it is logged, and an older one or popularity serves.
class Recommendations final {
  public:
    /// Errors: invalid_argument (fields "recommendations.half_life" and so on, rules "too_small",
    /// "too_large", "not_finite").
    explicit Recommendations(Dependencies const& dependencies);
    Recommendations(Recommendations&&) noexcept;
    Recommendations& operator=(Recommendations&&) noexcept;
    ~Recommendations();

    /// The best courses for the asking user, best first: `n`, or as many as there are. Guests get
    /// what is popular.
    [[nodiscard]] std::vector<Recommendation> for_user(Actor const& actor, int n = 10) const;
    /// What for_user() answers a learner: for those who look after him. Who is suspended can take
    /// nothing. Errors: not_found (field "user").
    [[nodiscard]] std::vector<Recommendation> for_learner(Actor const& actor, UserId user,
                                                          int n = 10) const;

    /// Courses like this one, that the asking user may take: learned by the same learners, or about
    /// the same; that they are popular counts for nothing. None before the first training. Errors:
    /// not_found (field "course": also where it is hidden from the actor).
    [[nodiscard]] std::vector<Recommendation> similar_courses(Actor const& actor, CourseId course,
                                                              int n = 10) const;

    /// Trains on the calling thread, and on others as `control` says, while all calls go on. Takes
    /// several transactions; if it ends before its last, the recommender before goes on serving.
    /// For hosts: system or admin. Errors: canceled, if `control.on_progress` says so;
    /// invalid_argument (field "num_threads"); failed_precondition (field "transaction", rule
    /// "not_allowed_inside").
    RecommenderQuality train(Actor const& actor, recommender::FitControl const& control = {});

    /// Of the newest recommender in the school; none before the first training.
    [[nodiscard]] std::optional<RecommenderQuality> quality(Actor const& actor) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
