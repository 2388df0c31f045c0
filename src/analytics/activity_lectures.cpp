#include "analytics/buckets.hpp"
#include "analytics/scan.hpp"

#include <eduplat/analytics/activity.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

namespace eduplat::analytics {

namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// What the learner at hand did with a subject: what every event writes to, so it is kept small.
struct AtHand {
    std::uint32_t learner = 0;  ///< by number from 1; of an earlier one all is out of date
    std::uint32_t last_s = 0;
    std::int64_t events = 0;
    std::int64_t opens = 0;
};

/// What a thread gathers of a subject.
struct SubjectTally {
    std::uint32_t first_s = none;
    std::uint32_t last_s = 0;
    std::uint32_t learners = 0;
    std::uint32_t openers = 0;
    std::uint32_t reopeners = 0;
    std::int64_t events = 0;
    std::int64_t opens = 0;
    std::int64_t watched_ms = 0;

    SubjectTally& operator+=(SubjectTally const& other) noexcept {
        first_s = std::min(first_s, other.first_s);
        last_s = std::max(last_s, other.last_s);
        learners += other.learners;
        openers += other.openers;
        reopeners += other.reopeners;
        events += other.events;
        opens += other.opens;
        watched_ms += other.watched_ms;
        return *this;
    }
};

/// What subjects do not know of their course: who was there at all.
struct CourseTally {
    std::uint32_t seen = 0;
    std::uint32_t opened = 0;
    std::uint32_t reopened = 0;
    std::uint32_t learners = 0;
    std::uint32_t openers = 0;
    std::uint32_t reopeners = 0;
};

/// Courses by number, and the number of each subject's.
struct Courses {
    explicit Courses(std::span<Subject const> subjects) {
        std::map<std::int64_t, std::uint32_t> numbers;
        for (auto const& subject : subjects)
            if (subject.course) numbers.try_emplace(subject.course->value());
        for (auto& [id, number] : numbers) {
            number = static_cast<std::uint32_t>(ids.size());
            ids.emplace_back(id);
        }
        for (auto const& subject : subjects)
            of_subject.push_back(subject.course ? numbers.at(subject.course->value()) : none);
    }

    std::vector<CourseId> ids;              ///< ascending
    std::vector<std::uint32_t> of_subject;  ///< none
};

class LectureState {
  public:
    LectureState(EventFrame const& frame, Courses const& courses)
        : at_hand_(frame.subjects().size()),
          subjects_(frame.subjects().size()),
          courses_(courses.ids.size()),
          map_{&courses} {}

    void add(Rows const& rows, Filter const& filter) {
        ++learner_;
        met_.resize(std::max(met_.size(), rows.size()));
        auto const met =
            rows.wide_count ? collect(rows, rows.wide_count) : collect(rows, rows.count);
        for (std::size_t i = 0; i < met; ++i)
            note(rows.subject[met_[i]], rows.time_s[met_[i]]);
        if (filter.selects(LearningKind::watched)) add_watched(rows, filter);
    }

    void add(LectureState const& other) noexcept {
        for (std::size_t i = 0; i < subjects_.size(); ++i)
            subjects_[i] += other.subjects_[i];
        for (std::size_t i = 0; i < courses_.size(); ++i) {
            courses_[i].learners += other.courses_[i].learners;
            courses_[i].openers += other.courses_[i].openers;
            courses_[i].reopeners += other.courses_[i].reopeners;
        }
    }

    [[nodiscard]] std::vector<SubjectTally> const& subjects() const noexcept { return subjects_; }
    [[nodiscard]] std::vector<CourseTally> const& courses() const noexcept { return courses_; }

  private:
    /// Gathers what the learner did by subject, without a branch, which would be guessed wrong too
    /// often; how many subjects he met. met_ has the first row of each.
    template <class Count>
    std::size_t collect(Rows const& rows, Count const* counts) noexcept {
        auto const learner = learner_;  // and the others: not read anew after each writing
        auto* const at_hand = at_hand_.data();
        auto* const first_rows = met_.data();
        auto const [times, subjects, kinds] =
            std::tuple{rows.time_s.data(), rows.subject, rows.kind};
        auto const size = static_cast<std::uint32_t>(rows.size());
        std::size_t met = 0;
        for (std::uint32_t row = 0; row < size; ++row) {
            auto& own = at_hand[subjects[row]];
            auto const is_new = own.learner != learner;
            auto const is_open = kinds[row] == static_cast<std::uint8_t>(LearningKind::opened);
            auto const count = std::int64_t{counts[row]};
            auto const keep = std::int64_t{is_new} - 1;  // all bits, or none
            first_rows[met] = row;
            met += is_new ? 1U : 0U;
            own.events = (own.events & keep) + count;
            own.opens = (own.opens & keep) + (count & -std::int64_t{is_open});
            own.learner = learner;
            own.last_s = times[row];
        }
        return met;
    }

    /// Adds what the learner at hand did with a subject that he met at `first_s`.
    void note(std::uint32_t subject, std::uint32_t first_s) noexcept {
        auto const& own = at_hand_[subject];
        auto const has_opened = own.opens > 0;
        auto const has_reopened = own.opens > 1;
        subjects_[subject] +=
            {first_s,    own.last_s, 1, has_opened ? 1U : 0U, has_reopened ? 1U : 0U,
             own.events, own.opens,  0};
        auto const course = map_->of_subject[subject];
        if (course == none) return;
        auto& tally = courses_[course];
        once(tally.seen, tally.learners);
        if (has_opened) once(tally.opened, tally.openers);
        if (has_reopened) once(tally.reopened, tally.reopeners);
    }

    /// Counts the learner at hand unless he was the last one that was counted.
    void once(std::uint32_t& last, std::uint32_t& learners) const noexcept {
        learners += last != learner_ ? 1U : 0U;
        last = learner_;
    }

    void add_watched(Rows const& rows, Filter const& filter) noexcept {
        auto const& watched = rows.chunk->watched;
        auto const [begin, end] = filter.rows(watched.time_s, watched.first[rows.learner],
                                              watched.first[rows.learner + 1]);
        for (auto row = begin; row < end; ++row) {
            if (filter.selects_subject(watched.subject[row])) {
                subjects_[watched.subject[row]].watched_ms +=
                    std::int64_t{watched.credited_to_ms[row]} - watched.from_ms[row];
            }
        }
    }

    std::vector<AtHand> at_hand_;
    std::vector<SubjectTally> subjects_;
    std::vector<CourseTally> courses_;
    Courses const* map_;
    std::vector<std::uint32_t> met_;
    std::uint32_t learner_ = 0;
};

SubjectActivity activity(Subject const& subject, SubjectTally const& tally) {
    SubjectActivity result;
    result.course = subject.course;
    result.lecture = subject.lecture;
    result.learners = tally.learners;
    result.events = tally.events;
    result.opens = tally.opens;
    result.openers = tally.openers;
    result.reopeners = tally.reopeners;
    result.reopens = tally.opens - tally.openers;
    result.watched = std::chrono::milliseconds{tally.watched_ms};
    result.first = timestamp(tally.first_s);
    result.last = timestamp(tally.last_s);
    return result;
}

/// Adds what a lecture has to its course; learners are counted by themselves.
void add_up(SubjectActivity& course, SubjectActivity const& part) {
    course.first = course.events == 0 ? part.first : std::min(course.first, part.first);
    course.last = course.events == 0 ? part.last : std::max(course.last, part.last);
    course.events += part.events;
    course.opens += part.opens;
    course.reopens += part.reopens;
    course.watched += part.watched;
}

LectureActivity report(EventFrame const& frame, Courses const& courses, LectureState const& state) {
    LectureActivity result;
    std::vector<SubjectActivity> by_course(courses.ids.size());
    for (std::size_t i = 0; i < state.subjects().size(); ++i) {
        if (state.subjects()[i].learners == 0) continue;
        auto const part = activity(frame.subjects()[i], state.subjects()[i]);
        if (part.lecture) result.lectures.push_back(part);
        if (part.course) add_up(by_course[courses.of_subject[i]], part);
    }
    for (std::size_t i = 0; i < by_course.size(); ++i) {
        if (state.courses()[i].learners == 0) continue;
        by_course[i].course = courses.ids[i];
        by_course[i].learners = state.courses()[i].learners;
        by_course[i].openers = state.courses()[i].openers;
        by_course[i].reopeners = state.courses()[i].reopeners;
        result.courses.push_back(by_course[i]);
    }
    std::ranges::sort(result.lectures, [](auto const& left, auto const& right) {
        return std::pair{left.course, left.lecture} < std::pair{right.course, right.lecture};
    });
    return result;
}

}  // namespace

std::optional<double> SubjectActivity::reopen_share() const noexcept {
    if (openers == 0) return std::nullopt;
    return static_cast<double>(reopeners) / static_cast<double>(openers);
}

LectureActivity lecture_activity(EventFrame const& frame, Selection const& selection,
                                 ScanControl control) {
    Validation validation;
    check_scan(validation, selection, control);
    validation.check("lecture activity");
    Filter const filter{frame, selection};
    Courses const courses{frame.subjects()};
    auto states = scan(frame, filter, {.count = true, .subject = true, .kind = true}, control,
                       LectureState{frame, courses},
                       [&](LectureState& state, Rows const& rows) { state.add(rows, filter); });
    for (std::size_t i = 1; i < states.size(); ++i)
        states.front().add(states[i]);
    return report(frame, courses, states.front());
}

}  // namespace eduplat::analytics
