#include "csv_reader.hpp"
#include "written.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/exporting/frame_tables.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;

namespace {

Timestamp second(int s) {
    return Timestamp{std::chrono::seconds{s}};
}

EventFrame small_frame() {
    auto const in_course = Subject{CourseId{7}, LectureId{70}};
    std::vector<Event> const events{
        {UserId{2}, second(90'061), LearningKind::opened, in_course, {}, 70'000},
        {UserId{1}, second(5), LearningKind::searched},
        {UserId{2}, second(90'062), LearningKind::viewed, {CourseId{8}}},
        {UserId{1}, second(3), LearningKind::opened, in_course, {}, 12}};
    return EventFrame{}.with(events, 4);
}

/// Learners with many events each, in several blocks.
EventFrame large_frame() {
    std::vector<Event> events;
    for (auto i = 0; i < 60'000; ++i) {
        auto const subject = Subject{CourseId{i % 7}, LectureId{i % 70}};
        events.push_back({UserId{i % 11 + i / 30'000 * 100}, second(i * 977), LearningKind::opened,
                          subject, std::nullopt, i % 300 + 1});
    }
    return EventFrame{}.with(events, 60'000);
}

Labels const named{.user = [](UserId id) { return "user, " + std::to_string(id.value()); },
                   .course = [](CourseId id) { return "=" + std::to_string(id.value()); },
                   .lecture = [](LectureId id) { return "Lecture " + std::to_string(id.value()); }};

}  // namespace

TEST_CASE("a frame is a table of its events, by learner and time", "[frame_tables]") {
    CHECK(csv_of(small_frame()) ==
          "user,time,course,lecture,kind,count\r\n"
          "1,1970-01-01T00:00:03Z,7,70,opened,12\r\n"
          "1,1970-01-01T00:00:05Z,,,searched,1\r\n"
          "2,1970-01-02T01:01:01Z,7,70,opened,70000\r\n"
          "2,1970-01-02T01:01:02Z,8,,viewed,1\r\n");
    auto const source = frame_tables(small_frame());
    auto const table = source();
    REQUIRE(table);
    CHECK(table->name == "events");
    CHECK(std::get<std::vector<std::int64_t>>(table->find("count")->values)[2] == 70'000);
    CHECK(std::get<std::vector<Timestamp>>(table->find("time")->values)[0] == second(3));
    CHECK(table->find("lecture")->is_absent(3));
    CHECK_FALSE(source());
}

TEST_CASE("the short way from a frame to CSV gives what the long one does", "[frame_tables]") {
    for (auto const& frame : {EventFrame{}, small_frame(), large_frame()}) {
        for (auto const& labels :
             {Labels{}, named, Labels{.course = named.course, .lecture = named.lecture}}) {
            for (auto const rows : {1'000U, 65'536U, 1'000'000U}) {
                auto options = CsvOptions{.delimiter = ';', .whole_seconds = true};
                auto const expected = csv_of(frame_tables(frame, labels, rows), options);
                std::string text;
                options.num_threads = 2;
                options.whole_seconds = false;
                write_csv(
                    frame, [&](std::string_view part) { text += part; }, options, labels);
                CHECK((text == expected));
            }
        }
    }
}

TEST_CASE("a frame goes in pieces of so many rows at most", "[frame_tables]") {
    auto const source = frame_tables(large_frame(), {}, 7'000);
    std::size_t rows = 0;
    std::size_t pieces = 0;
    while (auto const table = source()) {
        CHECK(table->rows() == std::min<std::size_t>(7'000, 60'000 - rows));
        rows += table->rows();
        ++pieces;
    }
    CHECK(rows == 60'000);
    CHECK(pieces == 9);
    CHECK(refusal([] { return frame_tables({}, {}, 0); }) == invalid("rows_max", "too_small", 1));
}

TEST_CASE("an empty frame is one table without rows", "[frame_tables]") {
    auto const source = frame_tables({});
    auto const table = source();
    REQUIRE(table);
    CHECK(table->rows() == 0);
    CHECK(table->columns.size() == 6);
    CHECK_FALSE(source());
    CHECK(csv_of(EventFrame{}) == "user,time,course,lecture,kind,count\r\n");
}

TEST_CASE("labels stand for ids, quoted where they must be", "[frame_tables]") {
    std::string text;
    write_csv(
        small_frame(), [&](std::string_view part) { text += part; }, {}, named);
    auto const rows = read_csv(text);
    CHECK(rows[1] ==
          CsvRow{"user, 1", "1970-01-01T00:00:03Z", "'=7", "Lecture 70", "opened", "12"});
    auto const broken = Labels{.course = [](CourseId) { return std::string{"\xFF"}; }};
    std::string given;
    CHECK(refusal([&] {
              write_csv(
                  small_frame(), [&](std::string_view part) { given += part; }, {}, broken);
          }) == invalid("course", "not_utf8"));
    CHECK(given.empty());  // not even a header
    auto const bad_options = [](CsvOptions const& options) {
        return refusal([&] { return csv_of(EventFrame{}, options); });
    };
    CHECK(bad_options({.delimiter = 'x'}) == invalid("delimiter", "unknown"));
    CHECK(bad_options({.num_threads = -1}) == invalid("num_threads", "negative"));
}
