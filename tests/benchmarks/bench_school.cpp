#include "benchmarks/bench_school.hpp"

#include <stdexcept>
#include <utility>

namespace eduplat::benchmarks {

BenchSchool::BenchSchool(std::string const& path, std::uint64_t seed)
    : random(seed),
      storage(storage::open_sqlite({.path = path})),
      dependencies_{.storage = *storage,
                    .clock = clock,
                    .random = random,
                    .mailer = nullptr,
                    .log = log,
                    .gateways = {&gateway}},
      accounts(dependencies_),
      courses(dependencies_),
      enrollments(dependencies_),
      learning(dependencies_),
      payments(dependencies_) {}

std::vector<UserId> BenchSchool::learners(int count) {
    std::vector<UserId> ids;
    for (int i = 0; i < count; ++i) {
        auto const user = accounts.register_identity(
            Actor::system(), {.issuer = "bench",
                              .subject = std::to_string(i),
                              .display_name = "Learner " + std::to_string(i)});
        ids.push_back(user.id);
    }
    return ids;
}

CourseId BenchSchool::course(std::string const& title, int lectures, Prices const& prices) {
    constexpr int in_a_section = 20;
    auto const system = Actor::system();
    auto const id = courses.create(system, {.title = {{"en", title}}, .price = prices}).id;
    std::optional<SectionId> section;
    for (int i = 0; i < lectures; ++i) {
        auto const number = std::to_string(i);
        if (i % in_a_section == 0) {
            section =
                courses.add_section(system, {.course = id, .title = {{"en", "Part " + number}}}).id;
        }
        courses.add_lecture(
            system,
            {.course = id,
             .section = section,
             .title = {{"en", "Lecture " + number + " of " + title}},
             .items = {Video{.address = "v" + number, .duration = std::chrono::minutes{12}}}});
    }
    courses.publish(system, {.course = id});
    return id;
}

std::vector<LectureId> BenchSchool::lectures_of(CourseId course) const {
    std::vector<LectureId> ids;
    for (auto const& lecture : courses.outline(Actor::system(), course).lectures)
        ids.push_back(lecture.id);
    return ids;
}

void require(bool ok, char const* what) {
    if (!ok) throw std::runtime_error{what};
}

std::string text_of(sqlite3_stmt* statement, int column) {
    auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(statement, column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return bytes == nullptr ? std::string{} : std::string{bytes, size};
}

}  // namespace eduplat::benchmarks
