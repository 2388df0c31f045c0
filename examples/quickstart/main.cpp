// A school in one file: a course is written, sold, watched and paid for, and the next one found.
// Run it twice: the second run finds what the first one made.
#include <eduplat/eduplat.hpp>
#include <eduplat/testing/fake_gateway.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace edu = eduplat;
using namespace edu::literals;
using namespace std::chrono_literals;

// A gateway in memory takes the place of a real one, and a call that of the way over the network.
static auto const fake_gateway = std::make_shared<edu::testing::FakeGateway>();
static edu::HttpAnswer send(edu::HttpRequest const& request) {
    return fake_gateway->send(request);
}

static int report(edu::SignInFailure reason) {
    std::printf("not signed in: %s\n", std::string{edu::name(reason)}.c_str());
    return 1;
}

// The first admin, a teacher, and her courses of one lecture each.
static void set_up(edu::Platform& school) {
    auto admin = school.accounts().bootstrap_admin(
        {.email = "root@example.org", .password = "a long pass phrase"});
    auto user = school.accounts().register_user(
        edu::Actor::guest(),
        {.email = "ada@example.org", .display_name = "Ada", .password = "correct horse battery"});
    school.accounts().grant_role(admin, user.id, edu::Role::teacher);
    auto ada = school.accounts().actor_for(user.id);

    auto cpp = school.courses().create(
        ada, {.title = {{"en", "C++ by example"}}, .slug = "cpp-by-example", .price = 49'00_eur});
    school.courses().add_lecture(
        ada,
        {.course = cpp.id, .title = {{"en", "RAII"}}, .items = {edu::Video{.duration = 12min}}});
    school.courses().publish(ada, {.course = cpp.id});
    auto cmake = school.courses().create(ada, {.title = {{"en", "CMake for C++ by example"}}});
    school.courses().add_lecture(ada, {.course = cmake.id, .title = {{"en", "Targets"}}});
    school.courses().publish(ada, {.course = cmake.id});

    school.accounts().register_user(
        edu::Actor::guest(),
        {.email = "ben@example.org", .display_name = "Ben", .password = "battery staple horse"});
}

int main() try {
    auto school = edu::Platform::open({.path = "school.db", .gateways = {fake_gateway}});
    if (!school.courses().find_course(edu::Actor::guest(), "cpp-by-example")) set_up(school);

    auto in =
        school.accounts().sign_in({.email = "Ben@Example.org", .password = "battery staple horse"});
    // A wrong password, a lock-out, a suspension: outcomes, not exceptions.
    if (!in) return report(in.reason());
    auto ben = in->actor;
    auto cpp = school.courses().find_course(ben, "cpp-by-example").value();
    auto raii = school.courses().outline(ben, cpp.id).lectures.front();

    // The host does the I/O. The same key buys nothing twice.
    auto step = school.payments().checkout(ben, {.course = cpp.id, .idempotency_key = "order-1"});
    while (step.request)
        step = school.payments().answer(step.payment, send(*step.request));
    std::printf("paid: %s\n", std::string{edu::name(step.state)}.c_str());

    // So does a batch that is sent again count once.
    school.learning().record(ben, {.batch = "b1", .events = {edu::Watched{raii.id, 0s, 95s}}});
    auto progress = school.learning().progress(ben, cpp.id);
    std::printf("Ben goes on at second %lld of \"%s\"\n",
                static_cast<long long>(progress.resume->position.value() / 1s),
                raii.title.texts().at("en").c_str());

    // Periodic work, here the training of a recommender. What it recommends has a reason.
    school.run_due(1s);
    auto show = [&](edu::CourseId id, double score, edu::Because const& because) {
        auto course = school.courses().get_course(ben, id);
        std::printf("next: \"%s\" (%.2f, %s)\n", course.title.texts().at("en").c_str(), score,
                    std::string{edu::name(because.reason)}.c_str());
    };
    for (auto const& r : school.recommendations().for_user(ben, 5))
        show(r.course, r.score, r.because);
} catch (edu::Error const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
