#include "repositories/learning_log.hpp"
#include "services/courses_impl.hpp"
#include "services/enrollment_core.hpp"
#include "services/learning_batch.hpp"
#include "services/learning_impl.hpp"

#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace eduplat {

namespace learning_log = repositories::learning_log;
namespace progress = repositories::progress;
using learning_log::NewEvent;
using std::chrono::milliseconds;
using storage::Connection;

namespace {

/// A lecture that events of a batch are about.
struct SeenLecture {
    CourseId course;
    std::optional<LectureRule> rule;  ///< none: not in what the learner, or anybody, may see
    LearnerWork* work;                ///< whose progress its events count for; null: nobody's
    bool waits;                       ///< for a lecture to be completed first
};

std::optional<LectureId> lecture_of(LearningEvent const& event) {
    return std::visit(
        [](auto const& alternative) -> std::optional<LectureId> {
            if constexpr (requires { alternative.lecture; }) return alternative.lecture;
            return std::nullopt;
        },
        event);
}

std::optional<CourseId> course_of(LearningEvent const& event) {
    return std::visit(
        [](auto const& alternative) -> std::optional<CourseId> {
            if constexpr (requires { alternative.course; }) return alternative.course;
            return std::nullopt;
        },
        event);
}

/// The recording that an event means; null if there is none such.
MediaItem const* media_of(LectureRule const& rule, Watched const& event) {
    auto const found = std::find_if(rule.media.begin(), rule.media.end(), [&](auto const& media) {
        if (event.media) return media.media == *event.media;
        return !event.item || media.item == *event.item;
    });
    return found == rule.media.end() ? nullptr : &*found;
}

bool learns(progress::Learner const& learner) {
    return learner.state == EnrollmentState::active || learner.state == EnrollmentState::completed;
}

/// Takes in one batch, in one transaction.
class Recorder {
  public:
    Recorder(Connection& connection, Asker const& asker, Timestamp now, WatchPace const& pace,
             CertificateCodes::Seed const& seed)
        : connection_(connection), asker_(asker), now_(now), pace_(pace), codes_(seed) {}

    Recorded record(CheckedBatch const& batch) {
        look_at(batch.events);
        for (place_ = 0; place_ < batch.events.size(); ++place_) {
            client_at_ = batch.events[place_].at;
            if (auto const lecture = lecture_of(batch.events[place_].event)) enter(*lecture);
            std::visit([this](auto const& event) { take(event); }, batch.events[place_].event);
        }
        finish();
        learning_log::add_batch(connection_, *asker_.user,
                                {batch.key, batch.digest, encode_answer(result_)}, now_);
        return std::move(result_);
    }

  private:
    // -- What may be known of

    void look_at(std::vector<Reported> const& events) {
        Validation validation;
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto const& event = events[i].event;
            if (auto const lecture = lecture_of(event)) {
                see(i, *lecture);
            } else if (auto const course = course_of(event)) {
                see(i, *course);
            }
            if (auto const* watched = std::get_if<Watched>(&event)) {
                check_stretch(validation, i, *watched);
            }
        }
        validation.check("record");
    }

    void see(std::size_t event, LectureId lecture) {
        if (lectures_.contains(lecture)) return;
        auto const unknown = [&] {
            fail(ErrorCode::not_found, event_field(event, "lecture"), "unknown");
        };
        auto const place = progress::find_place(connection_, lecture, *asker_.user);
        if (!place) unknown();
        auto const access = lecture_access(connection_, asker_, lecture, now_);
        if (!access.allowed && access.reason == AccessReason::unpublished) unknown();
        bool const waits = !access.allowed && (access.reason == AccessReason::lecture_required ||
                                               access.reason == AccessReason::previous_incomplete);
        if (!access.allowed && !waits) refuse(event, access.reason);
        lectures_.emplace(lecture, seen(*place, lecture, waits));
    }

    [[noreturn]] static void refuse(std::size_t event, AccessReason reason) {
        fail(ErrorCode::permission_denied, event_field(event, "lecture"), name(reason));
    }

    /// The events before may have completed what a lecture waits for.
    void enter(LectureId lecture) {
        auto& seen = lectures_.at(lecture);
        if (!seen.waits) return;
        for (auto& [enrollment, work] : work_)
            work.save();
        auto const access = lecture_access(connection_, asker_, lecture, now_);
        if (!access.allowed) refuse(place_, access.reason);
        seen.waits = false;
    }

    SeenLecture seen(progress::Place const& place, LectureId lecture, bool waits) {
        auto const& learner = place.learner;
        auto const publication = learner ? learner->publication : place.publication;
        SeenLecture seen{
            .course = place.course, .rule = std::nullopt, .work = nullptr, .waits = waits};
        if (publication) seen.rule = progress::rule(connection_, *publication, lecture);
        if (!learner || !seen.rule || !learns(*learner)) return seen;
        auto const work = work_.try_emplace(learner->enrollment, connection_, *learner).first;
        seen.work = &work->second;
        return seen;
    }

    void see(std::size_t event, CourseId course) {
        if (!courses_.insert(course).second) return;
        if (visible_course(connection_, asker_, Call::courses_get_course, course)) return;
        fail(ErrorCode::not_found, event_field(event, "course"), "unknown");
    }

    void check_stretch(Validation& validation, std::size_t place, Watched const& event) const {
        auto const& rule = lectures_.at(event.lecture).rule;
        if (!rule) return;  // a draft's: there are no recordings yet that it could be held against
        auto const* const media = media_of(*rule, event);
        if (media == nullptr && event.media) {
            if (progress::had_media(connection_, event.lecture, *event.media)) return;
            validation.add(event_field(place, "media"), "unknown");
        } else if (media == nullptr) {
            validation.add(event_field(place, "item"), "not_media");
        } else if (event.to > media->duration) {
            validation.add(event_field(place, "to"), "past_end", media->duration.count());
        }
    }

    // -- Events, one by one

    void take(Viewed const& event) {
        auto row = row_of(LearningKind::viewed);
        row.course = event.course;
        learning_log::append(connection_, row);
    }

    void take(Opened const& event) {
        auto const& seen = lectures_.at(event.lecture);
        if (seen.work != nullptr) {
            session().last_at = std::max(session_->last_at, now_);
            note(seen, fold(seen).opened(*seen.rule, event.count, now_));
        }
        auto row = row_of(LearningKind::opened, event.lecture);
        row.a = event.count;
        learning_log::append(connection_, row);
    }

    void take(Watched const& event) {
        auto const& seen = lectures_.at(event.lecture);
        auto const* const media = seen.rule ? media_of(*seen.rule, event) : nullptr;
        WatchCredit credit{.event = place_, .credited_to = event.from, .credited = {}};
        if (seen.work != nullptr && media != nullptr) watch(seen, *media, event, credit);
        auto row = row_of(LearningKind::watched, event.lecture);
        if (media != nullptr) row.item = media->item;
        row.a = event.from.count();
        row.b = event.to.count();
        row.c = credit.credited_to.count();
        learning_log::append(connection_, row);
        result_.credits.push_back(credit);
    }

    void watch(SeenLecture const& seen, MediaItem const& media, Watched const& event,
               WatchCredit& credit) {
        auto& live = session();
        auto& work = fold(seen);
        Interval const stretch{event.from, event.to};
        credit.credited_to = work.coverage[media.media].cut(stretch, live.allowance(now_, pace_));
        note(seen,
             work.watched(*seen.rule, {media, stretch, credit.credited_to}, now_, credit.credited));
        live.credited += credit.credited;
        live.last_at = std::max(live.last_at, now_);
    }

    void take(Answered const& event) {
        touch(event.lecture);
        auto row = row_of(LearningKind::answered, event.lecture);
        row.item = event.item;
        row.a = event.score;
        row.b = event.max_score;
        row.c = event.question;
        append(row, event.text);
    }

    void take(Marked const& event) {
        auto const& seen = lectures_.at(event.lecture);
        if (seen.work != nullptr) note(seen, fold(seen).marked(*seen.rule, event.done, now_));
        auto row = row_of(LearningKind::marked, event.lecture);
        row.a = event.done ? 1 : 0;
        learning_log::append(connection_, row);
    }

    void take(Searched const& event) { append(row_of(LearningKind::searched), event.text); }

    void take(Clicked const& event) {
        auto row = event.lecture ? row_of(LearningKind::clicked, *event.lecture)
                                 : row_of(LearningKind::clicked);
        if (event.lecture) touch(*event.lecture);
        if (!event.lecture) row.course = event.course;
        append(row, event.what);
    }

    void take(Downloaded const& event) {
        touch(event.lecture);
        auto row = row_of(LearningKind::downloaded, event.lecture);
        row.item = event.item;
        learning_log::append(connection_, row);
    }

    // -- What they have in common

    void touch(LectureId lecture) {
        auto const& seen = lectures_.at(lecture);
        if (seen.work != nullptr) note(seen, fold(seen).touched(*seen.rule, now_));
    }

    static LearnerFold& fold(SeenLecture const& seen) { return seen.work->with(*seen.rule); }

    static void note(SeenLecture const& seen, bool completed) {
        seen.work->note(seen.rule->lecture, completed);
    }

    [[nodiscard]] NewEvent row_of(LearningKind kind) const {
        return {.at = now_, .client_at = client_at_, .user = asker_.user, .kind = kind};
    }

    [[nodiscard]] NewEvent row_of(LearningKind kind, LectureId lecture) const {
        auto const& seen = lectures_.at(lecture);
        auto row = row_of(kind);
        row.course = seen.course;
        row.lecture = lecture;
        if (seen.work != nullptr) row.enrollment = seen.work->learner().enrollment;
        return row;
    }

    void append(NewEvent const& row, std::string const& detail) {
        if (detail.empty()) return learning_log::append(connection_, row);
        learning_log::append(connection_, row, detail);
    }

    /// The viewing session that is live, or begins.
    ViewingSession& session() {
        if (session_) return *session_;
        session_ = progress::find_session(connection_, *asker_.user);
        if (session_ && session_->live(now_, pace_)) return *session_;
        session_ = ViewingSession{.opened_at = now_, .last_at = now_, .credited = {}};
        learning_log::append(
            connection_, {.at = now_, .user = asker_.user, .kind = LearningKind::session_opened});
        return *session_;
    }

    void finish() {
        if (session_) progress::save(connection_, *asker_.user, *session_);
        for (auto& [enrollment, work] : work_) {
            work.save();
            auto const& lectures = work.newly_completed();
            result_.completed_lectures.insert(result_.completed_lectures.end(), lectures.begin(),
                                              lectures.end());
            auto done = work.finish(asker_, codes_, now_);
            if (done.completed) result_.completed_courses.push_back(work.learner().course);
            if (done.certificate) result_.certificates.push_back(*std::move(done.certificate));
        }
        result_.accepted = place_;
    }

    Connection& connection_;
    Asker const& asker_;
    Timestamp now_;
    WatchPace pace_;
    CertificateCodes codes_;
    std::map<LectureId, SeenLecture> lectures_;
    std::set<CourseId> courses_;  ///< that he may see
    std::map<EnrollmentId, LearnerWork> work_;
    std::optional<ViewingSession> session_;
    std::size_t place_ = 0;
    std::optional<Timestamp> client_at_;
    Recorded result_;
};

/// What a mark is about, if it changes anything.
void mark_lecture(Connection& connection, Asker const& asker, LectureMark const& mark,
                  progress::Learner const& learner, CertificateCodes& codes, Timestamp now) {
    auto const rule = learner.publication
                          ? progress::rule(connection, *learner.publication, mark.lecture)
                          : std::nullopt;
    if (!rule) fail(ErrorCode::not_found, "lecture", "unknown");
    LearnerWork work{connection, learner};
    auto& fold = work.with(*rule);
    auto const before = fold.lectures.find(mark.lecture);
    bool const was_marked = before != fold.lectures.end() && before->second.marked;
    if (was_marked == mark.done) return;
    work.note(mark.lecture, fold.marked(*rule, mark.done, now));
    learning_log::append(connection, {.at = now,
                                      .user = learner.user,
                                      .course = learner.course,
                                      .lecture = mark.lecture,
                                      .enrollment = learner.enrollment,
                                      .kind = LearningKind::marked,
                                      .a = mark.done ? 1 : 0,
                                      .b = asker.user ? asker.user->value() : 0});
    work.save();
    static_cast<void>(work.finish(asker, codes, now));
    record(connection, asker, now, "lecture.marked", "enrollment", learner.uid);
}

}  // namespace

Recorded Learning::record(Actor const& actor, EventBatch const& batch) {
    auto const now = impl_->now();
    auto const checked = check_batch(batch, now);
    auto const seed = impl_->seed();
    return impl_->storage().write([&](Connection& connection) {
        auto const asker = authorize_own(connection, actor, Call::learning_record, now);
        if (auto const known = learning_log::find_batch(connection, *asker.user, checked.key)) {
            if (known->digest == checked.digest) return decode_answer(connection, known->answer);
            fail(ErrorCode::already_exists, "batch", "other_body");
        }
        return Recorder{connection, asker, now, impl_->pace(), seed}.record(checked);
    });
}

void Learning::mark(Actor const& actor, LectureMark const& mark) {
    auto const now = impl_->now();
    auto const seed = impl_->seed();
    impl_->storage().write([&](Connection& connection) {
        auto const asker = identify(connection, actor, now);
        auto const place = progress::find_place(connection, mark.lecture, mark.user);
        auto const relation = place && asker.user && teaches(connection, *asker.user, place->course)
                                  ? Relation::own
                                  : Relation::other;
        require(asker, Call::learning_mark, relation);
        if (!place) fail(ErrorCode::not_found, "lecture", "unknown");
        if (!place->learner) fail(ErrorCode::not_found, "enrollment", "unknown");
        if (!learns(*place->learner)) {
            fail(ErrorCode::failed_precondition, "enrollment", name(place->learner->state));
        }
        CertificateCodes codes{seed};
        mark_lecture(connection, asker, mark, *place->learner, codes, now);
    });
}

}  // namespace eduplat
