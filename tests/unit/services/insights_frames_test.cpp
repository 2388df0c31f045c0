#include "insights_platform.hpp"

#include <stdexcept>

using namespace eduplat;
using namespace eduplat::test;

TEST_CASE("an event counts in the very next call", "[insights]") {
    FileSchool files;
    auto school = files.open();
    auto const ada = files.learner(school, "ada");
    for (int i = 0; i < 20; ++i) {
        CHECK(files.events(school) == i);
        files.learn(school, ada);
    }
    CHECK(files.events(school) == 20);
}

TEST_CASE("an event of another process counts in the next call", "[insights]") {
    FileSchool files;
    auto one = files.open();
    auto other = files.open();
    auto const ada = files.learner(one, "ada");
    CHECK(files.events(other) == 0);
    files.learn(one, ada);
    CHECK(files.events(other) == 1);
    files.learn(other, ada);
    CHECK(files.events(one) == 2);
    static_cast<void>(one.accounts().erase_user(Actor::system(), ada.user()));
    CHECK(files.events(other) == 0);
}

TEST_CASE("a transaction sees what it did itself, and nobody else does before its end",
          "[insights]") {
    FileSchool files;
    auto school = files.open();
    auto const ada = files.learner(school, "ada");
    files.learn(school, ada);
    for (bool const asked_before : {true, false}) {
        if (asked_before) CHECK(files.events(school) == 1);
        auto other = files.open();
        auto& in_use = asked_before ? school : other;
        CHECK_THROWS_AS(in_use.atomically([&](Platform& tx) {
            files.learn(tx, ada);
            CHECK(files.events(tx) == 2);
            files.learn(tx, ada);
            CHECK(files.events(tx) == 3);
            CHECK(files.events(asked_before ? other : school) == 1);
            throw std::runtime_error{"undone"};
        }),
                        std::runtime_error);
        CHECK(files.events(in_use) == 1);
    }
    // Places in the log are given anew to other events.
    auto const ben = files.learner(school, "ben");
    files.learn(school, ben);
    CHECK(files.events(school) == 2);
    CHECK(school.insights().status(Actor::system()).learners == 2);
}

TEST_CASE("an erasure that is undone erases nothing", "[insights]") {
    FileSchool files;
    auto school = files.open();
    auto const ada = files.learner(school, "ada");
    files.learn(school, ada);
    CHECK(files.events(school) == 1);
    CHECK_THROWS_AS(school.atomically([&](Platform& tx) {
        static_cast<void>(tx.accounts().erase_user(Actor::system(), ada.user()));
        CHECK(files.events(tx) == 0);
        throw std::runtime_error{"undone"};
    }),
                    std::runtime_error);
    CHECK(files.events(school) == 1);
}

TEST_CASE("what an erased user did counts nowhere, also after a restart", "[insights]") {
    FileSchool files;
    auto school = files.open();
    auto const ada = files.learner(school, "ada");
    auto const ben = files.learner(school, "ben");
    files.learn(school, ada);
    files.learn(school, ben);
    CHECK(files.events(school) == 2);
    files.run_jobs(school);
    static_cast<void>(school.accounts().erase_user(Actor::system(), ada.user()));
    CHECK(files.events(school) == 1);
    // The file still has them.
    CHECK(files.events(files.open()) == 1);
    files.run_jobs(school);
    CHECK(files.events(files.open()) == 1);
    CHECK(files.open().insights().status(Actor::system()).learners == 1);
    std::filesystem::remove(files.frame());
    CHECK(files.events(files.open()) == 1);
    CHECK(!files.told());
}

TEST_CASE("status tells where the log stands", "[insights]") {
    FileSchool files;
    auto school = files.open();
    auto const before = school.insights().status(Actor::system());
    CHECK(before.events == 0);
    auto const ada = files.learner(school, "ada");
    files.learn(school, ada);
    auto const after = school.insights().status(Actor::system());
    CHECK(after.seq > before.seq);
    CHECK(after.learners == 1);
    CHECK(after.events == 4);  // enrolled, a session begun, opened, completed
    CHECK(after.bytes > 0);
}
