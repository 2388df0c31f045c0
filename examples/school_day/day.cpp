#include "day.hpp"

#include <eduplat/testing/seeded_random.hpp>

namespace school_day {

using namespace std::chrono_literals;

Day::Day(std::filesystem::path const& file)
    : clock_(
          std::make_shared<edu::testing::FakeClock>(edu::parse_timestamp("2026-03-02T08:00:00Z"))),
      gateway_(std::make_shared<edu::testing::FakeGateway>()),
      school_(edu::Platform::open({.path = file.string(),
                                   .clock = clock_,
                                   .random = std::make_shared<edu::testing::SeededRandom>(2026),
                                   .gateways = {gateway_}})) {}

void Day::say(std::string_view sentence) {
    line("  " + time_of(now()) + "  " + std::string{sentence});
    pass(5min);
}

void Day::register_person(std::string const& name, edu::Roles more) {
    auto const system = edu::Actor::system();
    auto const user = school_.accounts().register_identity(
        system, {.issuer = "https://sign-in.example.org", .subject = name, .display_name = name});
    for (auto const role : edu::all_roles())
        if (more.has(role)) school_.accounts().grant_role(system, user.id, role);
    add_person(name, school_.accounts().actor_for(user.id));
}

edu::Course Day::course(std::string_view slug) {
    return school_.courses().find_course(edu::Actor::system(), slug).value();
}

edu::OutlineLecture Day::lecture(std::string_view slug, std::size_t place) {
    return school_.courses().outline(edu::Actor::system(), course(slug).id).lectures.at(place);
}

std::string Day::refusal(std::function<void()> const& call) {
    try {
        call();
    } catch (edu::Error const& e) {
        auto const& violation = e.violations().front();
        return std::string{edu::name(e.code())} + ", " + violation.field + ": " + violation.rule;
    }
    return "nothing was refused";
}

}  // namespace school_day
