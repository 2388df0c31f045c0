#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/error.hpp>

#include <support/catch.hpp>

#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;

namespace {

constexpr Timestamp day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Event at(std::int64_t user, int seconds, LearningKind kind = LearningKind::viewed) {
    return {.user = UserId{user}, .at = day + std::chrono::seconds{seconds}, .kind = kind};
}

}  // namespace

TEST_CASE("a late event goes to its place, and the log's order decides within a second",
          "[analytics][frame]") {
    auto const first = EventFrame{}.with(
        std::vector{at(2, 5, LearningKind::viewed), at(1, 9, LearningKind::searched)}, 2);
    auto const second = first.with(
        std::vector{at(2, 4, LearningKind::clicked), at(2, 5, LearningKind::searched)}, 4);
    REQUIRE(second.size() == 4);
    REQUIRE(second.learners() == 2);
    CHECK(second.seq() == 4);
    auto const& chunk = second.chunks()[0];
    CHECK(std::vector(chunk.users.begin(), chunk.users.end()) == std::vector<std::int64_t>{1, 2});
    CHECK(std::vector(chunk.first.begin(), chunk.first.end()) ==
          std::vector<std::uint32_t>{0, 1, 4});
    CHECK(std::vector(chunk.kind.begin(), chunk.kind.end()) ==
          std::vector<std::uint8_t>{6, 7, 1, 6});
    CHECK(first.size() == 2);
}
