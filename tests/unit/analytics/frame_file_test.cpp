#include <eduplat/analytics/frame_file.hpp>
#include <eduplat/core/error.hpp>

#include <support/catch.hpp>
#include <support/frame_rows.hpp>
#include <support/stored_frames.hpp>
#include <support/temp_dir.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

constexpr Timestamp day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Uid school(int number) {
    Uid::Bytes bytes{};
    bytes.back() = static_cast<std::byte>(number);
    return Uid{bytes};
}

/// Every kind of column has rows.
std::vector<Event> events(int count) {
    std::vector<Event> list;
    for (std::int64_t i = 0; i < count; ++i) {
        auto const kind = i % 3 == 0   ? LearningKind::watched
                          : i % 3 == 1 ? LearningKind::answered
                                       : LearningKind::opened;
        list.push_back({.user = UserId{1 + i % 5},
                        .at = day + std::chrono::seconds{i},
                        .kind = kind,
                        .subject = {CourseId{1}, LectureId{1 + i % 4}},
                        .item = 0,
                        .a = 70'000 * i,
                        .b = i,
                        .c = 1});
    }
    return list;
}

/// What a call is refused with: its rule, "" if it is not.
template <class Call>
std::string refusal(ErrorCode code, Call const& call) {
    try {
        call();
    } catch (Error const& error) {
        CHECK(error.code() == code);
        CHECK(error.violations().front().field == "path");
        return error.violations().front().rule;
    }
    return "";
}

std::string refusal(std::string_view bytes) {
    return refusal(ErrorCode::data_loss, [bytes] { static_cast<void>(read_stored(bytes)); });
}

struct Fixture {
    TempDir dir;
    std::string path = dir.file("school.frame");
    EventFrame frame = EventFrame{}.with(events(12), 40);
    FrameSource source{.school = school(7), .seq = 40, .journal_seq = 9};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a stored frame comes back with its source", "[analytics][frame]") {
    save_frame(frame, source, path);
    auto const stored = load_frame(path);
    REQUIRE(stored);
    CHECK(stored->source == source);
    CHECK(stored->frame == frame);
    CHECK(stored->frame.seq() == 40);
    CHECK(stored->frame.size() == 12);
    CHECK(rows_of(stored->frame) == sorted_rows(events(12)));
    for (auto const& chunk : stored->frame.chunks())
        CHECK(reinterpret_cast<std::uintptr_t>(chunk.users.data()) % 64 == 0);
}

TEST_CASE_METHOD(Fixture, "an empty frame is stored too, and no file is none",
                 "[analytics][frame]") {
    CHECK_FALSE(load_frame(path));
    CHECK_FALSE(load_frame(dir.file("no/folder")));
    save_frame({}, {.school = school(1), .seq = 0, .journal_seq = 3}, path);
    auto const stored = load_frame(path);
    REQUIRE(stored);
    CHECK(stored->frame == EventFrame{});
    CHECK(stored->source.journal_seq == 3);
}

TEST_CASE_METHOD(Fixture, "a stored frame grows and shrinks as any other", "[analytics][frame]") {
    save_frame(frame, source, path);
    auto const more = events(30);
    auto const stored = load_frame(path)->frame;
    CHECK(stored.with(more, 70) == frame.with(more, 70));
    CHECK(stored.without(std::vector{UserId{2}}) == frame.without(std::vector{UserId{2}}));
}

TEST_CASE_METHOD(Fixture, "a frame outlives its file, and a new one takes its place",
                 "[analytics][frame]") {
    save_frame(frame, source, path);
    auto const first = load_frame(path)->frame;
    auto const larger = frame.with(events(3000), 41);
    save_frame(larger, source, path);
    auto const second = load_frame(path)->frame;
    CHECK(first == frame);
    CHECK(second == larger);
    CHECK(std::distance(std::filesystem::directory_iterator{dir.path()}, {}) == 1);
    std::filesystem::remove(path);
    CHECK(first == frame);
    CHECK(second == larger);
}

TEST_CASE_METHOD(Fixture, "what a process left unfinished is removed a day later",
                 "[analytics][frame]") {
    namespace fs = std::filesystem;
    auto const now = fs::file_time_type::clock::now();
    auto const make = [&](std::string const& file, std::chrono::hours age) {
        std::ofstream{file} << "half a frame";
        fs::last_write_time(file, now - age);
        return file;
    };
    using std::chrono::hours;
    auto const old = make(path + ".unfinished-123", hours{25});
    auto const young = make(path + ".unfinished-124", hours{23});
    auto const others = make(path + ".unfinished-copy", hours{25});
    auto const elsewhere = make(dir.file("another.unfinished-125"), hours{25});
    save_frame(frame, source, path);
    CHECK(!fs::exists(old));
    CHECK(fs::exists(young));
    CHECK(fs::exists(others));
    CHECK(fs::exists(elsewhere));
    CHECK(load_frame(path)->frame == frame);
}

TEST_CASE_METHOD(Fixture, "the same frame is the same bytes", "[analytics][frame]") {
    auto const once = stored_bytes(frame, source);
    CHECK(stored_bytes(EventFrame{}.with(events(12), 40), source) == once);
    CHECK(stored_bytes(read_stored(once).frame, source) == once);
}

TEST_CASE_METHOD(Fixture, "a file cut short anywhere is truncated", "[analytics][frame]") {
    auto const whole = stored_bytes(frame, source);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        REQUIRE(refusal(whole.substr(0, size)) == "truncated");
    }
    CHECK(refusal(whole).empty());
    CHECK(refusal(whole + '\0') == "corrupt");
}

TEST_CASE_METHOD(Fixture, "a byte that changed anywhere is noticed", "[analytics][frame]") {
    auto const whole = stored_bytes(frame, source);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
        auto const rule = refusal(bytes);
        CAPTURE(at, rule);
        bool const names_file = at < 8 || (at >= 12 && at < 16);
        bool const is_version = at >= 8 && at < 12;
        bool const is_size = at >= 24 && at < 32;
        if (names_file) {
            REQUIRE(rule == "foreign");
        } else if (is_version) {
            REQUIRE(rule == "too_new");
        } else {
            REQUIRE((rule == "corrupt" || (is_size && rule == "truncated")));
        }
    }
}

TEST_CASE_METHOD(Fixture, "files are checked as bytes are", "[analytics][frame]") {
    auto const whole = stored_bytes(frame, source);
    auto const refusal_of_file = [&](std::string_view bytes) {
        std::ofstream{path, std::ios::binary} << bytes;
        return refusal(ErrorCode::data_loss, [&] { static_cast<void>(load_frame(path)); });
    };
    CHECK(refusal_of_file(whole).empty());
    CHECK(refusal_of_file("") == "truncated");
    CHECK(refusal_of_file(std::string_view{whole}.substr(0, 200)) == "truncated");
    CHECK(refusal_of_file(whole + "more") == "corrupt");
    CHECK(refusal_of_file("SQLite format 3") == "foreign");
}

TEST_CASE_METHOD(Fixture, "what is no frame is foreign", "[analytics][frame]") {
    CHECK(refusal("PK\x03\x04") == "foreign");
    CHECK(refusal(std::string(1000, '\0')) == "foreign");
    CHECK(refusal("SQLite format 3") == "foreign");
}

TEST_CASE_METHOD(Fixture, "paths that cannot be read or written", "[analytics][frame]") {
    auto const folder = dir.path().string();
    CHECK(refusal(ErrorCode::unavailable, [&] { static_cast<void>(load_frame(folder)); }) ==
          "not_read");
    for (auto const& name : {folder, dir.file("no/folder"), std::string{}, std::string("a\0b", 3)})
        CHECK(refusal(ErrorCode::unavailable, [&] { save_frame(frame, source, name); }) ==
              "not_written");
    CHECK(std::filesystem::is_empty(dir.path()));
}
