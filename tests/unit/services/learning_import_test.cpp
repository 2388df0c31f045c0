#include "learning_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using namespace eduplat;
using namespace eduplat::test;

namespace {

struct ImportSchool : LearningSchool {
    CourseId id = course({by_opening, by_opening, covered(50)});
    Actor ben = enrolled("ben", id);
    Actor eve = enrolled("eve", id);

    EventImportReport import(std::string const& batch, std::vector<ImportedEvent> const& events) {
        return learning.import_events(Actor::system(), {.batch = batch, .events = events});
    }
    Timestamp past(std::chrono::minutes before) { return clock.now() - before; }
};

}  // namespace

TEST_CASE("events of the past become log and progress", "[learning][import]") {
    ImportSchool s;
    auto const report = s.import(
        "oulad", {{.user = s.eve.user(), .lecture = s.lectures[1], .at = s.past(30min)},
                  {.user = s.ben.user(), .lecture = s.lectures[0], .at = s.past(20min), .count = 3},
                  {.user = s.ben.user(), .lecture = s.lectures[0], .at = s.past(40min), .count = 2},
                  {.user = s.ben.user(), .lecture = s.lectures[2], .at = s.past(10min)}});
    CHECK(report == EventImportReport{.imported = 4, .counted = 4, .completed_lectures = 2});
    auto const progress = s.learning.progress(s.ben, s.id);
    REQUIRE(progress.lectures.size() == 2);
    CHECK(progress.lectures[0].opens == 5);
    CHECK(progress.lectures[0].first_at == s.past(40min));
    CHECK(progress.lectures[0].last_at == s.past(20min));
    CHECK(progress.lectures[0].completed_at == s.past(40min));
    CHECK_FALSE(progress.lectures[1].completed_at);
    CHECK(progress.percent == 33);
    // By time, whatever the order given.
    auto const log = s.learning.events(s.ben, s.ben.user(), s.id).items;
    REQUIRE(log.size() == 4);
    CHECK(log[1].at == s.past(40min));
    CHECK(log[1].a == 2);
    CHECK(log[1].b == 1);
    CHECK(log[3].at == s.past(10min));
}

TEST_CASE("an import made again changes nothing, under another body it is refused",
          "[learning][import]") {
    ImportSchool s;
    std::vector<ImportedEvent> events{
        {.user = s.ben.user(), .lecture = s.lectures[0], .at = s.past(20min)}};
    s.import("key", events);
    auto const tables = s.progress_tables();
    CHECK(s.import("key", events) == EventImportReport{.unchanged = 1});
    CHECK(s.progress_tables() == tables);
    CHECK(s.kinds_of(s.ben, s.id).size() == 2);
    events[0].count = 2;
    CHECK(refusal([&] { return s.import("key", events); }) ==
          Refusal{ErrorCode::already_exists, {"batch", "other_body", std::nullopt}});
    CHECK(s.import("another key", events).imported == 1);
    CHECK(refusal([&] { return s.import("", events); }) == invalid("batch", "required"));
}

TEST_CASE("rows that cannot be are told and left out", "[learning][import]") {
    ImportSchool s;
    auto const good = s.lectures[0];
    auto const user = s.ben.user();
    auto const stranger = s.with_role("stranger", Role::learner).user();
    auto const report =
        s.import("key", {{.user = UserId{999}, .lecture = good, .at = s.past(1min)},
                         {.user = user, .lecture = LectureId{999}, .at = s.past(1min)},
                         {.user = user, .lecture = good, .at = s.clock.now() + 1us},
                         {.user = user, .lecture = good, .at = s.clock.now()},
                         {.user = user, .lecture = good, .at = s.past(1min), .count = 0},
                         {.user = user, .lecture = good, .at = Timestamp{} - 1us},
                         {.user = stranger, .lecture = good, .at = s.past(1min)},
                         {.user = user,
                          .lecture = good,
                          .at = s.past(1min),
                          .count = limits::opened_count_max + 1}});
    CHECK(report.imported == 1);
    CHECK(report.counted == 1);
    std::vector<EventImportReport::Rejected> const expected{
        {0, {"events[0].user", "unknown", std::nullopt}},
        {1, {"events[1].lecture", "unknown", std::nullopt}},
        {2, {"events[2].at", "in_future", std::nullopt}},
        {4, {"events[4].count", "too_small", 1}},
        {5, {"events[5].at", "out_of_range", std::nullopt}},
        {6, {"events[6].user", "not_enrolled", std::nullopt}},
        {7, {"events[7].count", "too_large", limits::opened_count_max}}};
    CHECK(report.rejected == expected);
}

TEST_CASE("answers of the past become log and progress", "[learning][import]") {
    ImportSchool s;
    auto const report = s.import(
        "oulad", {{.user = s.ben.user(),
                   .lecture = s.lectures[0],
                   .at = s.past(20min),
                   .answer = ImportedAnswer{.item = 3, .question = 7, .score = 2, .max_score = 5}},
                  {.user = s.ben.user(),
                   .lecture = s.lectures[1],
                   .at = s.past(30min),
                   .client_at = s.past(31min),
                   .answer = ImportedAnswer{}}});
    CHECK(report == EventImportReport{.imported = 2, .counted = 2});
    auto const progress = s.learning.progress(s.ben, s.id);
    REQUIRE(progress.lectures.size() == 2);
    CHECK(progress.lectures[0].opens == 0);
    CHECK(progress.lectures[0].first_at == s.past(20min));
    CHECK_FALSE(progress.lectures[0].completed_at);  // by opening alone
    auto const log = s.learning.events(s.ben, s.ben.user(), s.id).items;
    REQUIRE(log.size() == 3);
    CHECK(log[1].kind == LearningKind::answered);
    CHECK(log[1].at == s.past(30min));
    CHECK(log[1].client_at == s.past(31min));
    CHECK(log[1].item == 0);
    CHECK(log[1].a == 0);
    CHECK(log[1].b == 0);
    CHECK_FALSE(log[1].c);
    CHECK(log[2].item == 3);
    CHECK(log[2].a == 2);
    CHECK(log[2].b == 5);
    CHECK(log[2].c == 7);
    auto const tables = s.progress_tables();
    s.learning.rebuild(Actor::system());
    CHECK(s.progress_tables() == tables);
}

TEST_CASE("answers that cannot be are told and left out", "[learning][import]") {
    ImportSchool s;
    auto const row = [&](ImportedAnswer const& answer, std::int64_t count = 1) {
        return ImportedEvent{.user = s.ben.user(),
                             .lecture = s.lectures[0],
                             .at = s.past(1min),
                             .count = count,
                             .answer = answer};
    };
    constexpr auto score_max = limits::answer_score_max;
    constexpr auto question_max = limits::question_max;
    constexpr auto item_max = limits::items_max - 1;
    auto const report =
        s.import("key", {row({.item = item_max}), row({.item = item_max + 1}), row({.item = -1}),
                         row({.question = question_max}), row({.question = question_max + 1}),
                         row({.question = -1}), row({.score = score_max, .max_score = score_max}),
                         row({.max_score = score_max + 1}), row({.max_score = -1}),
                         row({.score = 2, .max_score = 1}), row({.score = -1}), row({}, 2)});
    CHECK(report.imported == 3);
    std::vector<EventImportReport::Rejected> const expected{
        {1, {"events[1].item", "too_large", item_max}},
        {2, {"events[2].item", "too_small", 0}},
        {4, {"events[4].question", "too_large", question_max}},
        {5, {"events[5].question", "too_small", 0}},
        {7, {"events[7].max_score", "too_large", score_max}},
        {8, {"events[8].max_score", "too_small", 0}},
        {9, {"events[9].score", "too_large", 1}},
        {10, {"events[10].score", "too_small", 0}},
        {11, {"events[11].count", "too_large", 1}}};
    CHECK(report.rejected == expected);
}

TEST_CASE("an import with answers is known again by all that they say", "[learning][import]") {
    ImportSchool s;
    ImportedEvent const opened{.user = s.ben.user(), .lecture = s.lectures[0], .at = s.past(20min)};
    auto answered = opened;
    answered.answer = ImportedAnswer{.item = 1, .question = 0, .score = 1, .max_score = 2};
    CHECK(s.import("opened", {opened}).imported == 1);
    CHECK(s.import("answered", {answered}).imported == 1);
    CHECK(s.import("answered", {answered}) == EventImportReport{.unchanged = 1});
    auto const other_body = Refusal{ErrorCode::already_exists, {"batch", "other_body", {}}};
    CHECK(refusal([&] { return s.import("opened", {answered}); }) == other_body);
    auto const refused = [&](auto change) {
        auto event = answered;
        change(event);
        return refusal([&] { return s.import("answered", {event}); }) == other_body;
    };
    CHECK(refused([](auto& event) { event.answer.reset(); }));
    CHECK(refused([](auto& event) { event.answer->item = 0; }));
    CHECK(refused([](auto& event) { event.answer->question.reset(); }));
    CHECK(refused([](auto& event) { event.answer->score = 0; }));
    CHECK(refused([](auto& event) { event.answer->max_score = 3; }));
    CHECK(refused([](auto& event) { event.client_at = event.at; }));
}

TEST_CASE("chunks that schools have from before are known by the same digest",
          "[learning][import]") {
    constexpr storage::Sql digest_sql = "SELECT digest FROM learning_imports WHERE chunk = 0";
    ImportSchool s;
    std::vector<ImportedEvent> const events{
        {.user = UserId{7}, .lecture = LectureId{8}, .at = Timestamp{9us}, .count = 3},
        {.user = UserId{7},
         .lecture = LectureId{8},
         .at = Timestamp{10us},
         .client_at = Timestamp{6us}}};
    s.import("key", events);
    // BLAKE2b of eight bytes 0 and the numbers 7, 8, 9, 3, 0, 0, 7, 8, 10, 1, 1, 6 in eight each.
    constexpr std::string_view expected =
        "f335e7d1879928c47c9f53f319168e436aad154eb237630453ce9f233d574086";
    std::string digest;
    s.engine->read([&](storage::Connection& connection) {
        auto row = connection.query(digest_sql);
        REQUIRE(row.step());
        for (auto const byte : row.blob(0)) {
            constexpr std::string_view digits = "0123456789abcdef";
            digest += digits[std::to_integer<unsigned>(byte) >> 4U];
            digest += digits[std::to_integer<unsigned>(byte) & 0xFU];
        }
    });
    CHECK(digest == expected);
}

TEST_CASE("a course is through when the answers and openings of a history say so",
          "[learning][import]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const at = s.clock.now() - 48h;
    std::vector<ImportedEvent> const events{
        {.user = ben.user(), .lecture = s.lectures[0], .at = at, .answer = ImportedAnswer{}},
        {.user = ben.user(), .lecture = s.lectures[1], .at = at + 1h},
        {.user = ben.user(), .lecture = s.lectures[0], .at = at + 2h, .count = 2}};
    CHECK(s.learning.import_events(Actor::system(), {.batch = "key", .events = events}) ==
          EventImportReport{
              .imported = 3, .counted = 3, .completed_lectures = 2, .completed_courses = 1});
    auto const progress = s.learning.progress(ben, course);
    CHECK(progress.completed_at == at + 2h);
    CHECK(progress.lectures.at(0).opens == 2);
    CHECK(progress.lectures.at(0).first_at == at);
    CHECK(progress.lectures.at(0).completed_at == at + 2h);
    auto const tables = s.progress_tables();
    s.learning.rebuild(Actor::system());
    CHECK(s.progress_tables() == tables);
}

TEST_CASE("an import completes courses at the time of the events", "[learning][import]") {
    LearningSchool s;
    auto const course = s.course({by_opening, by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const at = s.clock.now() - 48h;
    std::vector<ImportedEvent> const events{
        {.user = ben.user(), .lecture = s.lectures[0], .at = at},
        {.user = ben.user(), .lecture = s.lectures[1], .at = at + 1h},
        {.user = ben.user(), .lecture = s.lectures[1], .at = at + 2h}};
    auto const report =
        s.learning.import_events(Actor::system(), {.batch = "key", .events = events});
    CHECK(report.completed_courses == 1);
    CHECK(s.learning.progress(ben, course).completed_at == at + 1h);
    auto const enrollment =
        s.enrollments.find_enrollment(Actor::system(), ben.user(), course).value();
    CHECK(enrollment.updated_at == s.clock.now());  // the books say when that came to be known
    auto const history = s.enrollments.history(Actor::system(), enrollment.id).items;
    REQUIRE(history.back().to == EnrollmentState::completed);
    CHECK(history.back().at == s.clock.now());
    CHECK(s.kinds_of(ben, course).back() == "completed");
    auto const certificates = s.learning.certificates(ben, ben.user()).items;
    REQUIRE(certificates.size() == 1);
    CHECK(certificates[0].issued_at == at + 1h);
}

TEST_CASE("what is imported of a suspended learner completes him when he is back",
          "[learning][import]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const enrollment = s.learning.progress(ben, course).enrollment;
    s.enrollments.suspend(Actor::system(), enrollment);
    std::vector<ImportedEvent> const events{
        {.user = ben.user(), .lecture = s.lectures[0], .at = s.clock.now() - 1h}};
    CHECK(s.learning.import_events(Actor::system(), {.batch = "key", .events = events}) ==
          EventImportReport{.imported = 1, .counted = 1, .completed_lectures = 1});
    s.jobs.run_due(Actor::system(), 1s);
    CHECK_FALSE(s.learning.progress(*s.admin, course, ben.user()).completed_at);
    s.enrollments.reinstate(Actor::system(), enrollment);
    s.clock.advance(1min);
    s.jobs.run_due(Actor::system(), 1s);
    CHECK(s.learning.progress(ben, course).completed_at == s.clock.now());
    CHECK(s.learning.certificates(ben, ben.user()).items.size() == 1);
    auto const tables = s.progress_tables();
    s.learning.rebuild(Actor::system());
    CHECK(s.progress_tables() == tables);
}

TEST_CASE("a rebuild gives back what the log completed, with its certificate",
          "[learning][rebuild]") {
    constexpr storage::Sql forget_sql =
        "UPDATE enrollments SET state = 'active', completed_at = NULL";
    constexpr storage::Sql forget_titles_sql = "DELETE FROM certificate_titles";
    constexpr storage::Sql forget_certificates_sql = "DELETE FROM certificates";
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    auto const completed_at = s.clock.now();
    s.record(ben, {Opened{s.lectures[0]}});
    auto const tables = s.progress_tables();
    s.engine->write([&](storage::Connection& connection) {
        connection.execute(forget_sql);
        connection.execute(forget_titles_sql);
        connection.execute(forget_certificates_sql);
    });
    s.clock.advance(1h);
    s.learning.rebuild(Actor::system());
    CHECK(s.progress_tables() == tables);
    auto const certificates = s.learning.certificates(ben, ben.user()).items;
    REQUIRE(certificates.size() == 1);
    CHECK(certificates[0].issued_at == completed_at);
    CHECK(s.enrollments.find_enrollment(Actor::system(), ben.user(), course)->updated_at ==
          s.clock.now());
}

TEST_CASE("a rebuild brings nothing back of who was erased", "[learning][rebuild]") {
    LearningSchool s;
    auto const course = s.course({covered(50)});
    auto const ben = s.enrolled("ben", course);
    s.record(ben, {Watched{s.lectures[0], 0s, 1min}});
    static_cast<void>(s.accounts->erase_user(*s.admin, ben.user()));
    auto const tables = s.progress_tables();
    s.learning.rebuild(Actor::system());
    CHECK(s.progress_tables() == tables);
}

TEST_CASE("an import of several chunks goes on where it broke off", "[learning][import]") {
    LearningSchool s;
    auto const course = s.course({by_opening});
    auto const ben = s.enrolled("ben", course);
    constexpr auto chunk = limits::learning_import_chunk_rows;
    std::vector<ImportedEvent> events;
    for (std::size_t i = 0; i <= chunk; ++i) {
        events.push_back({.user = ben.user(),
                          .lecture = s.lectures[0],
                          .at = s.clock.now() - std::chrono::minutes{i}});
    }
    // As if only its first chunk had become durable: the oldest rows.
    std::vector<ImportedEvent> const first(events.rbegin(), events.rend() - 1);
    CHECK(s.learning.import_events(Actor::system(), {.batch = "k", .events = first}).imported ==
          chunk);
    auto const report = s.learning.import_events(Actor::system(), {.batch = "k", .events = events});
    CHECK(report.imported == 1);
    CHECK(report.unchanged == chunk);
    CHECK(s.learning.progress(ben, course).lectures.at(0).opens ==
          static_cast<std::int64_t>(chunk) + 1);
}

TEST_CASE("bulk work is not done inside a host's transaction", "[learning][import]") {
    ImportSchool s;
    auto const refused = precondition("transaction", "not_allowed_inside");
    CHECK(refusal([&] {
              return s.storage.write([&](storage::Connection&) { return s.import("k", {}); });
          }) == refused);
    CHECK(refusal([&] {
              return s.storage.write(
                  [&](storage::Connection&) { return s.learning.rebuild(Actor::system()); });
          }) == refused);
    CHECK(refusal([&] { return s.learning.rebuild(s.ben); }) ==
          denied("actor", "learning_rebuild"));
    CHECK(refusal([&] { return s.learning.rebuild(*s.admin, CourseId{99}); }) == missing("course"));
}
