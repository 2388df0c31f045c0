#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/registry.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

struct Fixture {
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = ":memory:"});
    TestSchool school{*storage};

    std::vector<JournalEntry> since(std::int64_t seq, int limit = limits::page_size_max) {
        return school.journal.changes_since(Actor::system(), seq, limit);
    }
    std::vector<std::string> actions(std::int64_t seq) {
        std::vector<std::string> result;
        for (auto const& entry : since(seq))
            result.push_back(entry.action);
        return result;
    }
    Violation refused(int limit) {
        try {
            static_cast<void>(since(0, limit));
        } catch (Error const& error) {
            CHECK(error.code() == ErrorCode::invalid_argument);
            return error.violations().front();
        }
        return {"", "not refused", std::nullopt};
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the journal tells who did what to whom, in order", "[journal]") {
    auto const admin = school.person({Role::learner, Role::admin});
    auto const user = school.person();
    auto const seq = since(0).back().seq;
    school.clock.advance(std::chrono::hours{1});
    static_cast<void>(school.accounts.suspend(admin.actor, user.id, "cheating"));
    static_cast<void>(school.accounts.reinstate(Actor::system(), user.id));

    auto const entries = since(seq);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].action == "user.suspended");
    CHECK(entries[0].at == school.clock.now());
    CHECK(entries[0].actor_kind == ActorKind::user);
    CHECK(entries[0].actor == admin.uid);
    CHECK(entries[0].object_kind == "user");
    CHECK(entries[0].object == user.uid);
    CHECK(entries[0].digest.has_value());
    CHECK(entries[1].action == "user.reinstated");
    CHECK(entries[1].actor_kind == ActorKind::system);
    CHECK_FALSE(entries[1].actor.has_value());
    CHECK_FALSE(entries[1].digest.has_value());
    CHECK(entries[1].seq > entries[0].seq);
}

TEST_CASE_METHOD(Fixture,
                 "whoever goes on from the last number seen misses nothing and sees "
                 "nothing twice",
                 "[journal]") {
    for (int i = 0; i < 7; ++i)
        static_cast<void>(school.person());
    auto const all = since(0);
    std::vector<JournalEntry> pieces;
    std::int64_t seq = 0;
    while (true) {
        auto const piece = since(seq, 3);
        if (piece.empty()) break;
        CHECK(piece.size() <= 3);
        pieces.insert(pieces.end(), piece.begin(), piece.end());
        seq = piece.back().seq;
    }
    CHECK(pieces == all);
}

TEST_CASE_METHOD(Fixture, "a call that failed leaves no entry", "[journal]") {
    auto const user = school.person();
    auto const seq = since(0).back().seq;
    CHECK_THROWS_AS(school.accounts.suspend(user.actor, user.id, "x"), Error);
    CHECK_THROWS_AS(
        school.accounts.register_user(Actor::guest(), {.email = user.email, .display_name = "Ada"}),
        Error);
    CHECK(actions(seq).empty());
}

TEST_CASE_METHOD(Fixture, "the limit of changes_since is checked", "[journal]") {
    CHECK(refused(0) == Violation{"limit", "too_small", 1});
    CHECK(refused(limits::page_size_max + 1) ==
          Violation{"limit", "too_large", limits::page_size_max});
    CHECK_NOTHROW(since(0, 1));
    CHECK_NOTHROW(since(0, limits::page_size_max));
}
