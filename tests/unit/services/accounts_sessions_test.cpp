#include "accounts_fixture.hpp"

#include <algorithm>

namespace eduplat::test {

TEST_CASE("a session unused for its idle time has ended", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    school.clock.advance(14 * 24h - 1us);
    CHECK(school->get_user(in.actor, in.actor.user()).id == in.actor.user());
    school.clock.advance(1us);
    CHECK_FALSE(school->resume(in.token));
    CHECK(refusal([&] { return school->get_user(in.actor, in.actor.user()); }) ==
          unauthenticated("session", "ended"));
}

TEST_CASE("use keeps a session alive up to its absolute end", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    for (int day = 13; day < 90; day += 13) {
        school.clock.advance(13 * 24h);
        CHECK(school->resume(in.token));
    }
    auto const end = in.session.created_at + 90 * 24h;
    school.clock.set(end - 1us);
    CHECK(school->resume(in.token));
    school.clock.set(end);
    CHECK_FALSE(school->resume(in.token));
}

TEST_CASE("use is written at most once a minute", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    auto const writes = [&] { return school.storage.statistics().writes; };
    auto const before = writes();
    school.clock.advance(1min - 1us);
    CHECK(school->resume(in.token));
    CHECK(writes() == before);
    school.clock.advance(1us);
    CHECK(school->resume(in.token));
    CHECK(writes() == before + 1);
    auto const seen = school->sessions(in.actor, in.actor.user()).items.at(0);
    CHECK(seen.last_seen_at == school.clock.now());
    CHECK(seen.expires_at == school.clock.now() + 14 * 24h);
}

TEST_CASE("tokens that are none resume nothing", "[accounts]") {
    School school;
    school.learner("ada");
    auto in = school.sign_in("ada");
    for (auto const* token : {"", "x", "not a token \xFF"})
        CHECK_FALSE(school->resume(token));
    in.token[0] = in.token[0] == 'A' ? 'B' : 'A';
    CHECK_FALSE(school->resume(in.token));
}

TEST_CASE("a session that was signed out is dead", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const in = school.sign_in("ada");
    school->sign_out(in.actor);
    CHECK_FALSE(school->resume(in.token));
    CHECK(refusal([&] { school->sign_out(in.actor); }) == unauthenticated("session", "ended"));
    CHECK(refusal([&] { school->sign_out(Actor{ada.id}); }) == precondition("actor", "no_session"));
    CHECK(refusal([&] { school->sign_out(Actor::guest()); }) == unauthenticated("actor", "guest"));
    CHECK(refusal([&] { school->sign_out(Actor::system()); }) ==
          precondition("actor", "not_a_user"));
    CHECK(school.journal_of(in.session.uid) ==
          std::vector<std::string>{"session.opened", "session.closed"});
}

TEST_CASE("a change of roles gives sessions new tokens at their next use", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const in = school.sign_in("ada");
    school->grant_role(*school.admin, ada.id, Role::teacher);
    CHECK(school->get_user(in.actor, ada.id).roles.has(Role::teacher));
    auto const resumed = school->resume(in.token);
    REQUIRE(resumed);
    REQUIRE(resumed->new_token);
    CHECK(resumed->actor == in.actor);
    CHECK_FALSE(school->resume(in.token));
    auto const again = school->resume(*resumed->new_token);
    REQUIRE(again);
    CHECK_FALSE(again->new_token);
    school->revoke_role(*school.admin, ada.id, Role::teacher);
    CHECK(school->resume(*resumed->new_token)->new_token);
    CHECK(school.journal_of(in.session.uid) ==
          std::vector<std::string>{"session.opened", "session.rotated", "session.rotated"});
}

TEST_CASE("a user sees and ends own sessions, staff those of learners", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const phone = school.sign_in("ada");
    auto const laptop = school.sign_in("ada");
    auto const staff = school.with_role("sam", Role::staff);
    auto const list = school->sessions(phone.actor, ada.id);
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[0] == phone.session);
    CHECK_FALSE(list.next);

    school->revoke_session(phone.actor, laptop.session.id);
    CHECK_FALSE(school->resume(laptop.token));
    CHECK(school->sessions(staff, ada.id).items.size() == 1);
    school->revoke_session(staff, phone.session.uid);
    CHECK(school->sessions(staff, ada.id).items.empty());
    CHECK(school.journal_of(phone.session.uid).back() == "session.revoked");
}

TEST_CASE("sessions of others are not told from sessions that do not exist", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    auto const eve = school.with_role("eve", Role::teacher);
    CHECK(refusal([&] { school->revoke_session(eve, in.session.id); }) == missing("session"));
    CHECK(refusal([&] { school->revoke_session(eve, SessionId{99}); }) == missing("session"));
    CHECK(refusal([&] { school->revoke_session(eve, in.session.uid); }) == missing("session"));
    CHECK(refusal([&] { school->revoke_session(Actor::guest(), in.session.id); }) ==
          unauthenticated("actor", "guest"));
    CHECK(school->resume(in.token));

    auto const root = school.sign_in("root");
    auto const staff = school.with_role("sam", Role::staff);
    CHECK(refusal([&] { school->revoke_session(staff, root.session.id); }) ==
          denied("actor", "accounts_revoke_session"));
}

TEST_CASE("all sessions or all others are ended at once", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    auto const first = school.sign_in("ada");
    auto const second = school.sign_in("ada");
    auto const third = school.sign_in("ada");
    CHECK(school->revoke_sessions(second.actor, ada.id, SessionScope::all_but_current) == 2);
    CHECK_FALSE(school->resume(first.token));
    CHECK_FALSE(school->resume(third.token));
    CHECK(school->resume(second.token));
    CHECK(school->revoke_sessions(second.actor, ada.id) == 1);
    CHECK_FALSE(school->resume(second.token));
    CHECK(school->revoke_sessions(Actor{ada.id}, ada.id) == 0);
    CHECK(school.journal_of(ada.uid) == std::vector<std::string>{"user.registered",
                                                                 "user.sessions_revoked",
                                                                 "user.sessions_revoked"});
}

TEST_CASE("sessions are listed page by page", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    for (int i = 0; i < 5; ++i)
        school.sign_in("ada");
    std::vector<Session> seen;
    PageRequest request{.limit = 2};
    for (int pages = 0; pages < 3; ++pages) {
        auto page = school->sessions(*school.admin, ada.id, request);
        seen.insert(seen.end(), page.items.begin(), page.items.end());
        request.after = page.next;
    }
    CHECK(seen.size() == 5);
    CHECK_FALSE(request.after);
    CHECK(std::is_sorted(seen.begin(), seen.end(),
                         [](auto const& a, auto const& b) { return a.id < b.id; }));
}

TEST_CASE("only hashes of tokens are stored", "[accounts]") {
    School school;
    school.learner("ada");
    auto const in = school.sign_in("ada");
    static constexpr storage::Sql sql = "SELECT token_hash FROM sessions ORDER BY id";
    school.storage.read([&](storage::Connection& connection) {
        auto row = connection.query(sql);
        REQUIRE(row.step());
        auto const bytes = row.blob(0);
        std::string const stored(reinterpret_cast<char const*>(bytes.data()), bytes.size());
        CHECK(stored.find(in.token.substr(0, 16)) == std::string::npos);
        CHECK(bytes.size() == 32);
    });
}

TEST_CASE("power over others ends the sessions of who is granted it", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    for (auto role : {Role::staff, Role::admin}) {
        auto const in = school.sign_in("ada");
        school->grant_role(*school.admin, ada.id, role);
        CHECK_FALSE(school->resume(in.token));
        CHECK(refusal([&] { return school->get_user(in.actor, ada.id); }) ==
              unauthenticated("session", "ended"));
        auto const again = school.sign_in("ada");
        school->revoke_role(*school.admin, ada.id, role);
        CHECK(school->resume(again.token)->new_token);
    }
}

TEST_CASE("sessions that ended by themselves are not counted as revoked", "[accounts]") {
    School school;
    auto const ada = school.learner("ada");
    school.sign_in("ada");
    school.clock.advance(15 * 24h);
    CHECK(school->revoke_sessions(Actor{ada.id}, ada.id) == 0);
    school.sign_in("ada");
    auto const here = school.sign_in("ada");
    CHECK(school->revoke_sessions(here.actor, ada.id, SessionScope::all_but_current) == 1);
    CHECK(school.journal_of(ada.uid) ==
          std::vector<std::string>{"user.registered", "user.sessions_revoked"});
}

}  // namespace eduplat::test
