#include <eduplat/domain/learning.hpp>
#include <eduplat/domain/progress.hpp>

#include <support/catch.hpp>

using namespace eduplat;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp t0{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Uid media(int number) {
    Uid::Bytes bytes{};
    bytes.back() = static_cast<std::byte>(number);
    return Uid{bytes};
}

MediaItem const first{0, media(1), 100s};
MediaItem const second{2, media(2), 300s};

LectureRule rule(CompletionRule completion, int percent = 0) {
    return {.lecture = LectureId{1}, .completion = {completion, percent}, .media = {first, second}};
}

bool watch(LearnerFold& fold, LectureRule const& rule, MediaItem const& item,
           std::chrono::milliseconds to, Timestamp at = t0) {
    std::chrono::milliseconds credited{};
    return fold.watched(rule, {item, {0s, to}, to}, at, credited);
}

}  // namespace

TEST_CASE("a lecture is completed by being opened or watched", "[progress]") {
    auto const opened = rule(CompletionRule::opened);
    LearnerFold fold;
    CHECK_FALSE(fold.touched(opened, t0));
    CHECK_FALSE(fold.marked(opened, true, t0));
    CHECK(fold.opened(opened, 3, t0 + 5s));
    CHECK_FALSE(fold.opened(opened, 1, t0 + 9s));
    auto const& row = fold.lectures.at(opened.lecture);
    CHECK(row.opens == 4);
    CHECK(row.first_at == t0);
    CHECK(row.last_at == t0 + 9s);
    CHECK(row.completed_at == t0 + 5s);
    LearnerFold other;
    CHECK(watch(other, opened, first, 1s));
}

TEST_CASE("a lecture is completed by its recordings taken together", "[progress]") {
    auto const half = rule(CompletionRule::covered, 50);
    LearnerFold fold;
    CHECK_FALSE(watch(fold, half, first, 100s));
    CHECK_FALSE(watch(fold, half, second, 99999ms));
    CHECK(watch(fold, half, second, 100s));
    auto const& row = fold.lectures.at(half.lecture);
    CHECK(row.item == 2);
    CHECK(row.position == 100s);
}

TEST_CASE("without a recording nothing covers a lecture", "[progress]") {
    auto empty = rule(CompletionRule::covered, 1);
    empty.media.clear();
    LearnerFold fold;
    CHECK_FALSE(fold.opened(empty, 1, t0));
    CHECK_FALSE(fold.touched(empty, t0));
    CHECK_FALSE(fold.settled(empty, t0));
}

TEST_CASE("a mark completes a lecture for good", "[progress]") {
    auto const marked = rule(CompletionRule::marked);
    LearnerFold fold;
    CHECK_FALSE(fold.opened(marked, 1, t0));
    CHECK_FALSE(fold.marked(marked, false, t0));
    CHECK(fold.marked(marked, true, t0 + 1s));
    CHECK_FALSE(fold.marked(marked, false, t0 + 2s));
    CHECK_FALSE(fold.lectures.at(marked.lecture).marked);
    CHECK(fold.lectures.at(marked.lecture).completed_at == t0 + 1s);
}

TEST_CASE("a rule made easier completes what was done, and only that", "[progress]") {
    LearnerFold fold;
    CHECK_FALSE(watch(fold, rule(CompletionRule::covered, 100), first, 100s));
    CHECK(fold.settled(rule(CompletionRule::covered, 25), t0 + 1h));
    CHECK_FALSE(fold.settled(rule(CompletionRule::covered, 25), t0 + 2h));
    auto other = rule(CompletionRule::opened);
    other.lecture = LectureId{2};
    CHECK_FALSE(fold.settled(other, t0 + 1h));  // nothing was done in it
}

TEST_CASE("only required lectures of those asked count", "[progress]") {
    auto const one = rule(CompletionRule::opened);
    auto two = one;
    two.lecture = LectureId{2};
    two.required = false;
    LearnerFold fold;
    fold.opened(one, 1, t0);
    fold.opened(two, 1, t0);
    CHECK(fold.completed(std::vector{one, two}) == 1);
    CHECK(fold.completed(std::vector{two}) == 0);
}

TEST_CASE("percent is of the lectures needed, rounded down", "[progress]") {
    CHECK(lectures_needed(10, std::nullopt) == 10);
    CHECK(lectures_needed(10, 4) == 4);
    CHECK(lectures_needed(3, 4) == 3);
    CHECK(percent_of(0, 0, false) == 0);
    CHECK(percent_of(0, 0, true) == 100);
    CHECK(percent_of(1, 3, false) == 33);
    CHECK(percent_of(2, 3, false) == 66);
    CHECK(percent_of(3, 3, false) == 99);
    CHECK(percent_of(5, 3, false) == 99);
    CHECK(percent_of(1, 3, true) == 100);
}

TEST_CASE("a viewing session allows its pace, and ends by idleness", "[progress]") {
    WatchPace const pace{.max_rate_percent = 200, .grace = 2min, .idle_max = 12h};
    ViewingSession session{t0, t0, 0s};
    CHECK(session.allowance(t0, pace) == 2min);
    CHECK(session.allowance(t0 + 1min, pace) == 4min);
    CHECK(session.allowance(t0 - 1h, pace) == 2min);  // a clock set back
    session.credited = 3min;
    CHECK(session.allowance(t0, pace) == 0s);
    CHECK(session.allowance(t0 + 1min, pace) == 1min);
    CHECK(session.live(t0 + 12h, pace));
    CHECK_FALSE(session.live(t0 + 12h + 1us, pace));
    CHECK(session.live(t0 - 12h, pace));
    CHECK_FALSE(session.live(t0 - 12h - 1us, pace));  // the clock had been ahead
}

TEST_CASE("kinds of events have names and frozen values", "[progress]") {
    for (auto const kind : all_learning_kinds()) {
        CHECK_FALSE(name(kind).empty());
        CHECK(parse_learning_kind(static_cast<std::int64_t>(kind)) == kind);
    }
    CHECK_FALSE(parse_learning_kind(0));
    CHECK_FALSE(parse_learning_kind(9));
    CHECK(name(static_cast<LearningKind>(99)).empty());
    CHECK(static_cast<int>(kind_of(Viewed{CourseId{1}})) == 1);
    CHECK(static_cast<int>(kind_of(Opened{LectureId{1}})) == 2);
    CHECK(static_cast<int>(kind_of(Watched{LectureId{1}})) == 3);
    CHECK(static_cast<int>(kind_of(Answered{LectureId{1}})) == 4);
    CHECK(static_cast<int>(kind_of(Marked{LectureId{1}})) == 5);
    CHECK(static_cast<int>(kind_of(Searched{"x"})) == 6);
    CHECK(static_cast<int>(kind_of(Clicked{"x"})) == 7);
    CHECK(static_cast<int>(kind_of(Downloaded{LectureId{1}})) == 8);
    CHECK(static_cast<int>(LearningKind::session_opened) == 101);
    CHECK(static_cast<int>(LearningKind::published) == 102);
    CHECK(static_cast<int>(LearningKind::enrolled) == 103);
    CHECK(static_cast<int>(LearningKind::settled) == 104);
    CHECK(static_cast<int>(LearningKind::completed) == 105);
}
