#include "learning_fixture.hpp"

#include <eduplat/core/limits.hpp>

using namespace eduplat;
using namespace eduplat::test;

namespace {

LectureProgress row(LearningSchool& school, Actor const& learner, CourseId course) {
    return school.learning.progress(learner, course).lectures.at(0);
}

}  // namespace

TEST_CASE("what a learner did is logged and is progress", "[learning]") {
    LearningSchool s;
    auto const course = s.course({covered(50), by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const t0 = s.clock.now();

    auto const first = s.record(ben, {Opened{s.lectures[0]}, Watched{s.lectures[0], 0s, 95s}});
    CHECK(first.accepted == 2);
    CHECK(first.credits == std::vector<WatchCredit>{{1, 95s, 95s}});
    CHECK(first.completed_lectures.empty());

    s.clock.advance(5min);
    auto const second = s.record(ben, {Watched{s.lectures[0], 95s, 5min}, Opened{s.lectures[1]}});
    CHECK(second.completed_lectures == s.lectures);
    CHECK(second.completed_courses == std::vector{course});
    REQUIRE(second.certificates.size() == 1);

    auto const progress = s.learning.progress(ben, course);
    CHECK(progress.percent == 100);
    CHECK(progress.completed == 2);
    CHECK(progress.needed == 2);
    CHECK(progress.state == EnrollmentState::completed);
    CHECK(progress.completed_at == t0 + 5min);
    REQUIRE(progress.lectures.size() == 2);
    CHECK(progress.lectures[0].opens == 1);
    CHECK(progress.lectures[0].first_at == t0);
    CHECK(progress.lectures[0].position == 5min);
    CHECK(s.kinds_of(ben, course) == std::vector<std::string>{"enrolled", "opened", "watched",
                                                              "watched", "opened", "completed"});
}

TEST_CASE("a course's percent is of required lectures, and where to go on is the latest",
          "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening, by_marking});
    auto const ben = s.enrolled("ben", course);
    CHECK(s.learning.progress(ben, course).percent == 0);
    CHECK_FALSE(s.learning.progress(ben, course).resume);
    s.record(ben, {Opened{s.lectures[0]}});
    CHECK(s.learning.progress(ben, course).percent == 33);
    s.clock.advance(1s);
    s.record(ben, {Watched{s.lectures[1], 10s, 20s}});
    auto const progress = s.learning.progress(ben, course);
    CHECK(progress.percent == 66);
    CHECK(progress.resume == ResumePoint{s.lectures[1], 0, 20s});
    s.record(ben, {Marked{s.lectures[2]}});
    CHECK(s.learning.progress(ben, course).percent == 100);
}

TEST_CASE("so many lectures as a course needs complete it", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening, by_opening}, {.lectures_needed = 2});
    auto const ben = s.enrolled("ben", course);
    CHECK(s.record(ben, {Opened{s.lectures[2]}}).completed_courses.empty());
    CHECK(s.learning.progress(ben, course).percent == 50);
    CHECK(s.record(ben, {Opened{s.lectures[0]}}).completed_courses.size() == 1);
}

TEST_CASE("a batch sent again is answered as the first time", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening, covered(100)});
    auto const ben = s.enrolled("ben", course);
    EventBatch const batch{.batch = "b1",
                           .events = {Opened{s.lectures[0]}, Watched{s.lectures[1], 0s, 8min}}};
    auto const first = s.learning.record(ben, batch);
    auto const tables = s.progress_tables();
    auto const events = s.kinds_of(ben, course);
    s.clock.advance(1h);
    CHECK(s.learning.record(ben, batch) == first);
    CHECK(s.progress_tables() == tables);
    CHECK(s.kinds_of(ben, course) == events);

    // With a certificate in it.
    EventBatch const last{.batch = "b2", .events = {Watched{s.lectures[1], 0s, 10min}}};
    auto const done = s.learning.record(ben, last);
    REQUIRE(done.certificates.size() == 1);
    CHECK(s.learning.record(ben, last) == done);
}

TEST_CASE("a batch's key stands for its events, for one learner", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const eve = s.enrolled("eve", course);
    auto const opened = [&](Actor const& actor, Reported const& event) {
        return s.learning.record(actor, {.batch = "b1", .events = {event}});
    };
    opened(ben, Opened{s.lectures[0]});
    Refusal const other{ErrorCode::already_exists, {"batch", "other_body", std::nullopt}};
    CHECK(refusal([&] { return opened(ben, Opened{s.lectures[1]}); }) == other);
    CHECK(refusal([&] { return opened(ben, Opened{s.lectures[0], 2}); }) == other);
    CHECK(refusal([&] { return opened(ben, Downloaded{s.lectures[0]}); }) == other);
    CHECK(refusal([&] { return opened(ben, {Opened{s.lectures[0]}, s.clock.now()}); }) == other);
    CHECK(opened(eve, Opened{s.lectures[1]}).accepted == 1);
}

TEST_CASE("watching is credited no faster than time passes", "[learning][credit]") {
    LearningSchool s;
    auto const course = s.course({covered(100)});
    auto const ben = s.enrolled("ben", course);
    auto const watch = [&](std::chrono::milliseconds from, std::chrono::milliseconds to) {
        return s.record(ben, {Watched{s.lectures[0], from, to}}).credits.at(0);
    };
    // The first report: no more than the grace.
    CHECK(watch(0s, 10min) == WatchCredit{0, 2min, 2min});
    CHECK(watch(0s, 10min) == WatchCredit{0, 2min, 0s});
    // Twice the time that passed.
    s.clock.advance(30s);
    CHECK(watch(2min, 10min) == WatchCredit{0, 3min, 1min});
    // What was watched costs nothing.
    s.clock.advance(30s);
    CHECK(watch(0s, 10min) == WatchCredit{0, 4min, 1min});
    // A forged report of the whole completes nothing.
    CHECK_FALSE(row(s, ben, course).completed_at);
    s.clock.advance(3min);
    CHECK(watch(0s, 10min) == WatchCredit{0, 10min, 6min});
    CHECK(row(s, ben, course).completed_at);
}

TEST_CASE("two tabs share one session", "[learning][credit]") {
    LearningSchool s;
    auto const one = s.course({covered(100)});
    auto const first = s.lectures[0];
    auto const two = s.course({covered(100)});
    auto const second = s.lectures[0];
    auto const ben = s.enrolled("ben", one);
    s.enroll(ben, two);
    s.record(ben, {Opened{first}, Opened{second}});
    s.clock.advance(1min);
    auto const both = s.record(ben, {Watched{first, 0s, 3min}, Watched{second, 0s, 3min}});
    CHECK(both.credits[0].credited == 3min);
    CHECK(both.credits[1].credited == 1min);  // 2 * 1 min + 2 min - 3 min
}

TEST_CASE("a session ends by idleness, and begins with a grace", "[learning][credit]") {
    LearningSchool s;
    auto const course = s.course({covered(100)});
    auto const ben = s.enrolled("ben", course);
    auto const watch = [&](std::chrono::milliseconds to) {
        return s.record(ben, {Watched{s.lectures[0], 0s, to}}).credits.at(0).credited;
    };
    CHECK(watch(10min) == 2min);
    s.clock.advance(12h);
    CHECK(watch(3min) == 1min);  // still the same: offline meanwhile
    s.clock.advance(12h + 1us);
    CHECK(watch(10min) == 2min);
}

TEST_CASE("the pace is the host's to set", "[learning][credit]") {
    LearningSchool s;
    auto const course = s.course({covered(100)});
    auto const ben = s.enrolled("ben", course);
    auto strict = s.with_options({.max_rate_percent = 100, .grace = 0s, .session_idle_max = 1min});
    auto const watch = [&](std::string const& batch, std::chrono::milliseconds to) {
        return strict.record(ben, {.batch = batch, .events = {Watched{s.lectures[0], 0s, to}}})
            .credits.at(0)
            .credited;
    };
    CHECK(watch("1", 10min) == 0s);
    s.clock.advance(45s);
    CHECK(watch("2", 10min) == 45s);
    s.clock.advance(61s);
    CHECK(watch("3", 10min) == 0s);
}

TEST_CASE("stretches may overlap, come late, twice and out of order", "[learning]") {
    LearningSchool s;
    auto const course = s.course({covered(100)});
    auto const ben = s.enrolled("ben", course);
    auto const lecture = s.lectures[0];
    s.record(ben, {Opened{lecture}});
    s.clock.advance(10min);
    auto const at = s.clock.now();
    auto const recorded = s.record(
        ben, {Reported{Watched{lecture, 5min, 8min}, at - 1min}, Watched{lecture, 4min, 6min},
              Reported{Watched{lecture, 0s, 4min}, at - 9min}, Watched{lecture, 5min, 8min},
              Watched{lecture, 8min, 8min}, Watched{lecture, 7min, 10min}});
    std::chrono::milliseconds credited{};
    for (auto const& credit : recorded.credits)
        credited += credit.credited;
    CHECK(credited == video_length);
    CHECK(recorded.completed_lectures.size() == 1);
    auto const log = s.learning.events(ben, ben.user(), course).items;
    CHECK(log[2].client_at == at - 1min);
    CHECK_FALSE(log[3].client_at);
}

TEST_CASE("coverage belongs to the recording, and completion is never lost", "[learning]") {
    LearningSchool s;
    auto const course = s.course({covered(50), by_opening});
    auto const ben = s.enrolled("ben", course);
    s.record(ben, {Opened{s.lectures[0]}});
    s.clock.advance(1h);
    s.record(ben, {Watched{s.lectures[0], 0s, 4min}});
    // A new title: the recording is the same.
    s.change({.lecture = s.lectures[0], .version = 0, .title = LocalizedText{{"en", "Better"}}});
    s.publish(course);
    CHECK(s.record(ben, {Watched{s.lectures[0], 4min, 5min}}).completed_lectures.size() == 1);
    // Another recording, and a harder rule.
    s.change({.lecture = s.lectures[0],
              .version = 0,
              .items = std::vector<Item>{video("another")},
              .completion = covered(100)});
    s.publish(course);
    CHECK(row(s, ben, course).completed_at);
    CHECK(s.learning.progress(ben, course).percent == 50);
    CHECK(s.record(ben, {Watched{s.lectures[0], 0s, 1min}}).credits[0].credited == 1min);
}

TEST_CASE("without an enrollment events are kept and credit nothing", "[learning]") {
    LearningSchool s;
    auto const course = s.course({covered(50)});
    auto const ada = s.teacher_of(course, "ada");
    auto const recorded = s.record(ada, {Opened{s.lectures[0]}, Watched{s.lectures[0], 0s, 1min}});
    CHECK(recorded.accepted == 2);
    CHECK(recorded.credits == std::vector<WatchCredit>{{1, 0s, 0s}});
    CHECK(s.learning.events(ada, ada.user(), course).items.size() == 2);
    CHECK(refusal([&] { return s.learning.progress(ada, course); }) == missing("enrollment"));
}

TEST_CASE("a catalog needs no more than an account", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const eve = s.with_role("eve", Role::learner);
    CHECK(
        s.record(eve, {Viewed{course}, Searched{" raii "}, Clicked{"buy", course}, Clicked{"help"}})
            .accepted == 4);
    auto const log = s.learning.events(eve, eve.user(), course).items;
    REQUIRE(log.size() == 2);
    CHECK(log[0].kind == LearningKind::viewed);
    CHECK(log[1].detail == "buy");
}

TEST_CASE("a lecture that is shut takes no events, and the whole batch goes", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const open = s.lectures[0];
    s.course({by_opening});
    auto const shut = s.lectures[0];
    auto const tables = s.progress_tables();
    CHECK(refusal([&] {
              return s.record(ben, {Opened{open}, Opened{shut}});
          }) == denied("events[1].lecture", "not_enrolled"));
    CHECK(refusal([&] {
              return s.record(ben, {Opened{open}, Clicked{"x", {}, shut}});
          }) == denied("events[1].lecture", "not_enrolled"));
    CHECK(refusal([&] { return s.record(ben, {Opened{LectureId{99}}}); }) ==
          missing("events[0].lecture"));
    CHECK(refusal([&] { return s.record(ben, {Viewed{CourseId{99}}}); }) ==
          missing("events[0].course"));
    auto const hidden = s.add_lecture(course, by_opening);
    CHECK(refusal([&] { return s.record(ben, {Opened{hidden}}); }) == missing("events[0].lecture"));
    CHECK(s.progress_tables() == tables);
    CHECK(s.kinds_of(ben, course) == std::vector<std::string>{"enrolled"});
}

TEST_CASE("events that cannot be are refused, all at once", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const lecture = s.lectures[0];
    auto const soon = s.clock.now() + limits::client_ahead_max;
    std::vector<Reported> const bad{
        Opened{lecture, 0},
        Watched{lecture, -1ms, -2ms},
        Watched{lecture, 2s, 1s},
        Reported{Opened{lecture}, soon + 1us},
        Reported{Opened{lecture}, soon},
        Answered{.lecture = lecture, .item = -1, .question = -1, .score = 3, .max_score = 2},
        Clicked{""},
        Downloaded{lecture, 100},
    };
    CHECK(broken_rules([&] { return s.learning.record(ben, {.batch = " ", .events = bad}); }) ==
          std::vector<std::string>{"batch: required", "events[0].count: too_small",
                                   "events[1].from: negative", "events[1].to: negative",
                                   "events[2].to: reversed", "events[3].at: in_future",
                                   "events[5].item: too_small", "events[5].question: too_small",
                                   "events[5].score: too_large", "events[6].what: required",
                                   "events[7].item: too_large"});
    CHECK(s.kinds_of(ben, course) == std::vector<std::string>{"enrolled"});
}

TEST_CASE("stretches end with their recording", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const text = s.add_lecture(course, by_opening, {Text{{{"en", "words"}}}, video()});
    s.publish(course);
    auto const ben = s.enrolled("ben", course);
    auto const watch = [&](Watched const& event) {
        return refusal([&] { return s.record(ben, {event}); });
    };
    auto const went_through = watch({s.lectures[0], 0s, video_length});
    CHECK(went_through.violation.rule == "not refused");
    CHECK(watch({s.lectures[0], 0s, video_length + 1ms}) ==
          invalid("events[0].to", "past_end", 600'000));
    CHECK(watch({s.lectures[0], 0s, 1s, 1}) == invalid("events[0].item", "not_media"));
    CHECK(watch({text, 0s, 1s, 0}) == invalid("events[0].item", "not_media"));
    CHECK(watch({text, 0s, 1s, 1}).violation.rule == "not refused");
    CHECK(watch({text, 0s, 1s}).violation.rule == "not refused");  // the first recording
}

TEST_CASE("a recording is known by its media wherever corrections move it", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const lecture = s.add_lecture(course, covered(100), {video("first"), video("second")});
    s.publish(course);
    auto const ben = s.enrolled("ben", course);
    auto const items = s.courses.get_lecture(ben, lecture).content.items;
    auto const first = std::get<Video>(items.at(0)).media.value();
    auto const second = std::get<Video>(items.at(1)).media.value();
    s.record(ben, {Opened{lecture}});
    // The first one goes while the client is offline.
    s.change({.lecture = lecture, .version = 0, .items = std::vector<Item>{items.at(1)}});
    s.publish(course);
    s.clock.advance(10min);
    auto const recorded = s.record(ben, {Watched{lecture, 0s, 1min, std::nullopt, first},
                                         Watched{lecture, 0s, 2min, 1, second},
                                         Watched{lecture, 0s, video_length + 1min, 0, first}});
    CHECK(recorded.credits == std::vector<WatchCredit>{{0, 0s, 0s}, {1, 2min, 2min}, {2, 0s, 0s}});
    auto const log = s.learning.events(ben, ben.user(), course).items;
    REQUIRE(log.size() == 5);
    CHECK_FALSE(log[2].item);
    CHECK(log[3].item == 0);
    auto const tables = s.progress_tables();
    s.learning.rebuild(Actor::system());
    CHECK(s.progress_tables() == tables);
    CHECK(refusal([&] {
              return s.record(ben, {Watched{lecture, 0s, 1s, 0, Uid{Uid::Bytes{}}}});
          }) == invalid("events[0].media", "unknown"));
    CHECK(refusal([&] {
              return s.record(ben, {Watched{lecture, 0s, video_length + 1ms, {}, second}});
          }) == invalid("events[0].to", "past_end", 600'000));
}

TEST_CASE("a batch may open what it has made free", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_marking});
    auto const next = s.add_lecture(course, by_opening);
    s.change({.lecture = next,
              .version = 0,
              .prerequisites = std::vector{s.lectures[0], s.lectures[1]}});
    s.publish(course);
    auto const ben = s.enrolled("ben", course);
    auto const shut = denied("events[1].lecture", "lecture_required");
    CHECK(refusal([&] {
              return s.record(ben, {Opened{s.lectures[0]}, Opened{next}, Marked{s.lectures[1]}});
          }) == shut);
    CHECK(s.kinds_of(ben, course).size() == 1);
    auto const recorded =
        s.record(ben, {Opened{s.lectures[0]}, Marked{s.lectures[1]}, Opened{next}});
    CHECK(recorded.completed_lectures == std::vector{s.lectures[0], s.lectures[1], next});
    CHECK(recorded.completed_courses == std::vector{course});
}

TEST_CASE("a course that is hidden is not said to be seen", "[learning]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const eve = s.with_role("eve", Role::learner);
    auto const ben = s.enrolled("ben", course);
    s.courses.archive(Actor::system(), course);
    CHECK(refusal([&] { return s.record(eve, {Viewed{course}}); }) == missing("events[0].course"));
    CHECK(s.record(ben, {Viewed{course}}).accepted == 1);
    CHECK(s.record(*s.admin, {Viewed{course}}).accepted == 1);
}

TEST_CASE("a clock that was ahead for a while freezes nobody's watching", "[learning][credit]") {
    LearningSchool s;
    auto const course = s.course({covered(100)});
    auto const ben = s.enrolled("ben", course);
    auto const watch = [&](std::chrono::milliseconds to) {
        return s.record(ben, {Watched{s.lectures[0], 0s, to}}).credits.at(0).credited;
    };
    auto const right = s.clock.now();
    s.clock.set(right + 24h * 365);
    CHECK(watch(2min) == 2min);
    s.clock.set(right);
    CHECK(watch(10min) == 2min);
    s.clock.advance(1min);
    CHECK(watch(10min) == 2min);
}

TEST_CASE("limits of batches hold at their edges", "[learning][limits]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const lecture = s.lectures[0];
    auto const with = [&](std::string const& key, std::vector<Reported> const& events) {
        return refusal([&] { return s.learning.record(ben, {.batch = key, .events = events}); });
    };
    auto const good = [&](Refusal const& outcome) {
        return outcome.violation.rule == "not refused";
    };
    constexpr auto most = limits::learning_events_per_batch_max;
    CHECK(with("none", {}) == invalid("events", "required"));
    CHECK(good(with("most", std::vector<Reported>(most, Opened{lecture}))));
    CHECK(with("more", std::vector<Reported>(most + 1, Opened{lecture})) ==
          invalid("events", "too_many", most));

    constexpr auto key = limits::learning_batch_key_bytes_max;
    CHECK(good(with(std::string(key, 'k'), {Opened{lecture}})));
    CHECK(with(std::string(key + 1, 'k'), {Opened{lecture}}) == invalid("batch", "too_long", key));

    constexpr auto text = limits::learning_text_bytes_max;
    CHECK(good(with("t1", {Searched{std::string(text, 's')}})));
    CHECK(with("t2", {Searched{std::string(text + 1, 's')}}) ==
          invalid("events[0].text", "too_long", text));

    CHECK(good(with("c1", {Opened{lecture, limits::opened_count_max}})));
    CHECK(with("c2", {Opened{lecture, limits::opened_count_max + 1}}) ==
          invalid("events[0].count", "too_large", limits::opened_count_max));

    auto const answer = [&](std::int64_t score, std::int64_t best, int question) {
        return Answered{
            .lecture = lecture, .question = question, .score = score, .max_score = best};
    };
    CHECK(good(with(
        "a1", {answer(limits::answer_score_max, limits::answer_score_max, limits::question_max)})));
    CHECK(with("a2", {answer(0, limits::answer_score_max + 1, 0)}) ==
          invalid("events[0].max_score", "too_large", limits::answer_score_max));
    CHECK(with("a3", {answer(0, 0, limits::question_max + 1)}) ==
          invalid("events[0].question", "too_large", limits::question_max));
    CHECK(with("a4", {answer(1, 0, 0)}) == invalid("events[0].score", "too_large", 0));
}

TEST_CASE("options have their bounds", "[learning][limits]") {
    LearningSchool s;
    auto const options = [&](int rate, std::chrono::seconds grace, std::chrono::seconds idle) {
        return broken_rules([&] {
            return s.with_options(
                {.max_rate_percent = rate, .grace = grace, .session_idle_max = idle});
        });
    };
    constexpr auto longest = limits::learning_duration_max;
    CHECK(options(1, 0s, 1s).empty());
    CHECK(options(limits::watch_rate_percent_max, longest, longest).empty());
    CHECK(options(0, -1s, 0s) == std::vector<std::string>{"learning.max_rate_percent: too_small",
                                                          "learning.grace: too_small",
                                                          "learning.session_idle_max: too_small"});
    CHECK(options(limits::watch_rate_percent_max + 1, longest + 1s, longest + 1s) ==
          std::vector<std::string>{"learning.max_rate_percent: too_large",
                                   "learning.grace: too_large",
                                   "learning.session_idle_max: too_large"});
}
