#include "repositories/learning_log.hpp"
#include "services/enrollment_core.hpp"
#include "services/learning_impl.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace eduplat {

namespace learning_log = repositories::learning_log;
namespace progress = repositories::progress;
using std::chrono::milliseconds;
using storage::Connection;

namespace {

constexpr int users_a_step = 50;

/// Which publication the learners of an edition had at each place of the log.
class Timeline {
  public:
    explicit Timeline(std::vector<learning_log::Published> const& published) {
        for (auto const& entry : published)
            entries_[{entry.course, entry.edition}].push_back(entry);
    }

    [[nodiscard]] std::optional<PublicationId> at(CourseId course, int edition,
                                                  std::int64_t seq) const {
        auto const found = entries_.find({course, edition});
        if (found == entries_.end()) return std::nullopt;
        auto const& entries = found->second;
        auto const after = std::partition_point(entries.begin(), entries.end(),
                                                [&](auto const& entry) { return entry.seq < seq; });
        if (after == entries.begin()) return std::nullopt;
        return std::prev(after)->publication;
    }

  private:
    std::map<std::pair<CourseId, int>, std::vector<learning_log::Published>> entries_;
};

/// What a publication asks.
struct Asked {
    std::vector<LectureRule> rules;
    int needed;
    std::unordered_map<LectureId, LectureRule const*> by_lecture = {};

    [[nodiscard]] LectureRule const* of(LectureId lecture) const {
        auto const found = by_lecture.find(lecture);
        return found == by_lecture.end() ? nullptr : found->second;
    }
};

/// What the log makes of one enrollment.
struct Rebuilt {
    progress::Learner learner;
    int edition;
    LearnerFold fold = {};
    std::optional<Timestamp> completed_at = std::nullopt;
};

/// Makes the progress of learners anew, inside one transaction.
class Rebuilder {
  public:
    explicit Rebuilder(Connection& connection)
        : connection_(connection), timeline_(learning_log::publications(connection)) {}

    /// Some or all enrollments of one user; with all, also the viewing session.
    void rebuild(UserId user, std::vector<progress::Learner> const& learners, bool all) {
        rebuilt_.clear();
        session_.reset();
        for (auto const& learner : learners) {
            rebuilt_.emplace(learner.enrollment,
                             Rebuilt{.learner = learner, .edition = learner.edition});
        }
        learning_log::replay(connection_, user, [this](LoggedEvent const& event) { take(event); });
        for (auto const& [enrollment, rebuilt] : rebuilt_)
            save(rebuilt);
        if (!all) return;
        progress::remove_session(connection_, user);
        if (session_) progress::save(connection_, user, *session_);
    }

    [[nodiscard]] RebuildReport const& report() const noexcept { return report_; }

  private:
    void take(LoggedEvent const& event) {
        if (event.kind == LearningKind::session_opened) {
            session_ = ViewingSession{event.at, event.at, {}};
        }
        if (!event.enrollment) return;
        use_session(event);
        auto const found = rebuilt_.find(*event.enrollment);
        if (found == rebuilt_.end()) return;
        ++report_.events;
        fold(found->second, event);
    }

    void use_session(LoggedEvent const& event) {
        bool const imported = event.b.has_value();
        bool const uses = (event.kind == LearningKind::opened && !imported) ||
                          event.kind == LearningKind::watched;
        if (uses && session_) session_->last_at = std::max(session_->last_at, event.at);
    }

    void fold(Rebuilt& rebuilt, LoggedEvent const& event) {
        if (event.kind == LearningKind::enrolled) rebuilt.edition = static_cast<int>(*event.a);
        auto const publication = timeline_.at(rebuilt.learner.course, rebuilt.edition, event.seq);
        if (!publication) return;
        auto const& asked = asked_by(*publication);
        bool complete = false;
        if (event.kind == LearningKind::settled) {
            for (auto const& rule : asked.rules)
                rebuilt.fold.settled(rule, event.at);
            complete = true;
        } else if (event.lecture) {
            auto const* const rule = asked.of(*event.lecture);
            complete = rule != nullptr && fold(rebuilt.fold, *rule, event);
        }
        if (!complete || rebuilt.completed_at) return;
        if (is_enough(rebuilt.fold.completed(asked.rules), asked.needed)) {
            rebuilt.completed_at = event.at;
        }
    }

    bool fold(LearnerFold& fold, LectureRule const& rule, LoggedEvent const& event) {
        switch (event.kind) {
            case LearningKind::opened:
                return fold.opened(rule, *event.a, event.at);
            case LearningKind::watched:
                return watched(fold, rule, event);
            case LearningKind::marked:
                return fold.marked(rule, *event.a != 0, event.at);
            default:
                return fold.touched(rule, event.at);
        }
    }

    bool watched(LearnerFold& fold, LectureRule const& rule, LoggedEvent const& event) {
        auto const media = std::find_if(rule.media.begin(), rule.media.end(),
                                        [&](auto const& item) { return item.item == event.item; });
        if (media == rule.media.end()) return false;
        milliseconds credited{};
        bool const completed = fold.watched(
            rule,
            {*media, {milliseconds{*event.a}, milliseconds{*event.b}}, milliseconds{*event.c}},
            event.at, credited);
        if (session_) session_->credited += credited;
        return completed;
    }

    void save(Rebuilt const& rebuilt) {
        auto const& learner = rebuilt.learner;
        progress::remove(connection_, learner.enrollment);
        for (auto const& [lecture, row] : rebuilt.fold.lectures)
            progress::save(connection_, learner.enrollment, row);
        for (auto const& [media, coverage] : rebuilt.fold.coverage)
            progress::save(connection_, learner.enrollment, media, coverage);
        if (rebuilt.completed_at && learner.state == EnrollmentState::active) {
            Asker const system{.kind = ActorKind::system};
            complete_enrollment(connection_, system, learner.enrollment, *rebuilt.completed_at);
        }
        ++report_.enrollments;
    }

    Asked const& asked_by(PublicationId publication) {
        auto const found = asked_.find(publication);
        if (found != asked_.end()) return found->second;
        Asked asked{.rules = progress::rules(connection_, publication),
                    .needed = progress::needed(connection_, publication).value_or(0)};
        for (auto const& rule : asked.rules)
            asked.by_lecture.emplace(rule.lecture, &rule);
        return asked_.emplace(publication, std::move(asked)).first->second;
    }

    Connection& connection_;
    Timeline timeline_;
    std::map<PublicationId, Asked> asked_;
    std::map<EnrollmentId, Rebuilt> rebuilt_;
    std::optional<ViewingSession> session_;
    RebuildReport report_;
};

/// One transaction's part of a rebuild; `last` is where the next begins, none at the end.
struct Step {
    RebuildReport report;
    std::optional<std::int64_t> last;
};

Step rebuild_users(Connection& connection, std::int64_t after) {
    Rebuilder rebuilder{connection};
    std::optional<UserId> user{after};
    for (int i = 0; i < users_a_step; ++i) {
        user = progress::next_user(connection, *user);
        if (!user) return {rebuilder.report(), std::nullopt};
        rebuilder.rebuild(*user, progress::learners_of(connection, *user), true);
    }
    return {rebuilder.report(), user->value()};
}

Step rebuild_course(Connection& connection, CourseId course, std::int64_t after) {
    Rebuilder rebuilder{connection};
    auto const learners = progress::learners(connection, course, EnrollmentId{after}, users_a_step);
    for (auto const& learner : learners)
        rebuilder.rebuild(learner.user, {learner}, false);
    if (learners.empty()) return {rebuilder.report(), std::nullopt};
    return {rebuilder.report(), learners.back().enrollment.value()};
}

}  // namespace

RebuildReport Learning::rebuild(Actor const& actor, std::optional<CourseId> course) {
    impl_->refuse_inside_write();
    auto const now = impl_->now();
    impl_->storage().read([&](Connection& connection) {
        static_cast<void>(authorize(connection, actor, Call::learning_rebuild, now));
        if (course && !progress::exists(connection, *course)) {
            fail(ErrorCode::not_found, "course", "unknown");
        }
    });
    RebuildReport report;
    std::optional<std::int64_t> after = 0;
    while (after) {
        auto const step = impl_->storage().write([&](Connection& connection) {
            static_cast<void>(authorize(connection, actor, Call::learning_rebuild, now));
            return course ? rebuild_course(connection, *course, *after)
                          : rebuild_users(connection, *after);
        });
        report.enrollments += step.report.enrollments;
        report.events += step.report.events;
        after = step.last;
    }
    return report;
}

}  // namespace eduplat
