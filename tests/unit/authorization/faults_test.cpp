#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/faulty_storage.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>
#include <support/twice_storage.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace eduplat;
using namespace eduplat::test;

namespace {

/// No call takes so many steps.
constexpr int steps_max = 500;

/// A call that was made, with what it wrote.
struct Made {
    std::string result;
    std::string dump;
};

Made make_once(ServiceCall const& call, bool twice) {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const file = storage::open_sqlite({.path = path});
    TwiceStorage doubled{*file};
    TestSchool school{twice ? static_cast<storage::Storage&>(doubled) : *file};
    auto scene = allowed_scene(school, call);
    auto const result = call.invoke(scene);
    // When the school was made is told by the system's clock.
    constexpr std::array<std::string_view, 1> without{"schema_migrations"};
    return {result, dump(path, without)};
}

}  // namespace

TEST_CASE("a fault at any step of a service call leaves nothing half-written", "[service_calls]") {
    for (auto const& call : service_calls()) {
        CAPTURE(call.member);
        TempDir const dir;
        auto const path = dir.file("school.db");
        auto const file = storage::open_sqlite({.path = path});
        FaultyStorage faulty{*file};
        TestSchool school{faulty};
        auto scene = allowed_scene(school, call);
        auto const before = dump(path, call.leaves);
        auto const all_before = dump(path);

        int step = 0;
        bool fired = true;
        while (fired && ++step < steps_max) {
            CAPTURE(step);
            faulty.fail_at(step);
            school.log.clear();
            bool failed = false;
            try {
                static_cast<void>(call.invoke(scene));
            } catch (Error const& error) {
                failed = true;
                CHECK(error.code() == ErrorCode::unavailable);
            }
            fired = faulty.fired();
            faulty.fail_at(0);
            // A job's fault is the job's, not the call's.
            bool const own_fault = call.call != Call::jobs_run_due;
            bool const logged = call.tidies && !failed && school.log.contains("are left");
            if (own_fault) CHECK((failed || logged) == fired);
            if (fired && (failed || !own_fault)) CHECK(dump(path, call.leaves) == before);
            // Leases of jobs that were cut off end.
            if (!own_fault) school.clock.advance(std::chrono::minutes{10});
        }
        CHECK(step > 1);
        CHECK(step < steps_max);
        CHECK((dump(path) != all_before) == call.writes);
    }
}

TEST_CASE("a service call whose writes run twice gives the same result and the same school",
          "[service_calls]") {
    for (auto const& call : service_calls()) {
        CAPTURE(call.member);
        auto const once = make_once(call, false);
        auto const twice = make_once(call, true);
        CHECK(once.result == twice.result);
        CHECK(once.dump == twice.dump);
    }
}
