#include "repositories/learning_log.hpp"
#include "repositories/users.hpp"
#include "services/learning_impl.hpp"
#include "services/learning_log.hpp"

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
    /// Reads on in the log.
    void read(Connection& connection) {
        for (auto const& entry : learning_log::publications(connection, last_)) {
            entries_[{entry.course, entry.edition}].push_back(entry);
            last_ = entry.seq;
        }
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
    std::int64_t last_ = 0;
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
    Rebuilder(Connection& connection, Asker const& asker, Timeline const& timeline,
              CertificateCodes::Seed const& seed, Timestamp now)
        : connection_(connection), asker_(asker), timeline_(timeline), codes_(seed), now_(now) {}

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
        if (session_ && !is_erased(user)) progress::save(connection_, user, *session_);
    }

    [[nodiscard]] RebuildReport const& report() const noexcept { return report_; }

  private:
    bool is_erased(UserId user) {
        auto const found = repositories::users::find(connection_, user);
        return !found || found->state == UserState::erased;
    }

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
                          (event.kind == LearningKind::watched && event.item);
        if (uses && session_) session_->last_at = std::max(session_->last_at, event.at);
    }

    void fold(Rebuilt& rebuilt, LoggedEvent const& event) {
        if (event.kind == LearningKind::enrolled) rebuilt.edition = static_cast<int>(*event.a);
        if (event.kind == LearningKind::completed) rebuilt.completed_at = event.at;
        auto const publication = timeline_.at(rebuilt.learner.course, rebuilt.edition, event.seq);
        if (!publication) return;
        auto const& asked = asked_by(*publication);
        if (event.kind == LearningKind::settled) {
            for (auto const& rule : asked.rules)
                rebuilt.fold.settled(rule, event.at);
        } else if (event.lecture) {
            auto const* const rule = asked.of(*event.lecture);
            if (rule != nullptr) fold(rebuilt.fold, *rule, event);
        }
    }

    void fold(LearnerFold& fold, LectureRule const& rule, LoggedEvent const& event) {
        switch (event.kind) {
            case LearningKind::opened:
                fold.opened(rule, *event.a, event.at);
                return;
            case LearningKind::watched:
                return watched(fold, rule, event);
            case LearningKind::marked:
                fold.marked(rule, *event.a != 0, event.at);
                return;
            default:
                fold.touched(rule, event.at);
        }
    }

    void watched(LearnerFold& fold, LectureRule const& rule, LoggedEvent const& event) {
        auto const media = std::find_if(rule.media.begin(), rule.media.end(),
                                        [&](auto const& item) { return item.item == event.item; });
        if (media == rule.media.end()) return;
        milliseconds credited{};
        fold.watched(
            rule,
            {*media, {milliseconds{*event.a}, milliseconds{*event.b}}, milliseconds{*event.c}},
            event.at, credited);
        if (session_) session_->credited += credited;
    }

    void save(Rebuilt const& rebuilt) {
        auto const& learner = rebuilt.learner;
        progress::remove(connection_, learner.enrollment);
        for (auto const& [lecture, row] : rebuilt.fold.lectures)
            progress::save(connection_, learner.enrollment, row);
        for (auto const& [media, coverage] : rebuilt.fold.coverage)
            progress::save(connection_, learner.enrollment, media, coverage);
        finish(rebuilt);
        ++report_.enrollments;
    }

    /// Completes what the log says was completed; what it does not, though enough was done, is for
    /// the job completion_sweep.
    void finish(Rebuilt const& rebuilt) {
        auto const& learner = rebuilt.learner;
        if (learner.state != EnrollmentState::active) return;
        if (rebuilt.completed_at) {
            static_cast<void>(repeat_completion(connection_, asker_, learner, codes_,
                                                {*rebuilt.completed_at, now_}));
        } else if (learner.publication) {
            auto const& asked = asked_by(*learner.publication);
            bool const enough = is_enough(rebuilt.fold.completed(asked.rules), asked.needed);
            if (enough) log_let_in(connection_, learner.enrollment, now_);
        }
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
    Asker const& asker_;
    Timeline const& timeline_;
    CertificateCodes codes_;
    Timestamp now_;
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

Step rebuild_users(Connection& connection, Rebuilder& rebuilder, std::int64_t after) {
    std::optional<UserId> user{after};
    for (int i = 0; i < users_a_step; ++i) {
        user = progress::next_user(connection, *user);
        if (!user) return {rebuilder.report(), std::nullopt};
        rebuilder.rebuild(*user, progress::learners_of(connection, *user), true);
    }
    return {rebuilder.report(), user->value()};
}

Step rebuild_course(Connection& connection, Rebuilder& rebuilder, CourseId course,
                    std::int64_t after) {
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
    Timeline timeline;
    std::optional<std::int64_t> after = 0;
    while (after) {
        auto const seed = impl_->seed();
        auto const step = impl_->storage().write([&](Connection& connection) {
            auto const asker = authorize(connection, actor, Call::learning_rebuild, now);
            timeline.read(connection);  // what others have written: run twice, it reads no more
            Rebuilder rebuilder{connection, asker, timeline, seed, now};
            return course ? rebuild_course(connection, rebuilder, *course, *after)
                          : rebuild_users(connection, rebuilder, *after);
        });
        report.enrollments += step.report.enrollments;
        report.events += step.report.events;
        after = step.last;
    }
    return report;
}

}  // namespace eduplat
