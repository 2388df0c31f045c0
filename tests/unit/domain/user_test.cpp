#include <eduplat/domain/user.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <algorithm>
#include <array>

namespace eduplat::test {
namespace {

constexpr std::array all_states{UserState::invited, UserState::active, UserState::suspended,
                                UserState::erased};

bool in_table(UserState from, UserState to) {
    auto const table = user_transitions();
    return std::find(table.begin(), table.end(), UserTransition{from, to}) != table.end();
}

}  // namespace

TEST_CASE("exactly the changes of state in the table are allowed", "[user]") {
    for (auto from : all_states) {
        for (auto to : all_states) {
            auto const outcome = refusal([&] { check_transition(from, to); });
            if (in_table(from, to)) {
                CHECK(outcome.violation.rule == "not refused");
            } else {
                CHECK(outcome == Refusal{ErrorCode::failed_precondition,
                                         {"state", std::string{name(from)}, std::nullopt}});
            }
        }
    }
}

TEST_CASE("nothing leads out of erasure and nothing back to invitation", "[user]") {
    for (auto const& transition : user_transitions()) {
        CHECK(transition.from != UserState::erased);
        CHECK(transition.to != UserState::invited);
        CHECK(transition.from != transition.to);
    }
    CHECK(in_table(UserState::invited, UserState::active));
    CHECK_FALSE(in_table(UserState::invited, UserState::suspended));
}

TEST_CASE("states and roles are known by their names", "[user]") {
    for (auto state : all_states)
        CHECK(parse_user_state(name(state)) == state);
    for (auto role : all_roles())
        CHECK(parse_role(name(role)) == role);
    CHECK(name(UserState::suspended) == "suspended");
    CHECK(name(Role::admin) == "admin");
    CHECK_FALSE(parse_user_state("Active"));
    CHECK_FALSE(parse_user_state(""));
    CHECK_FALSE(parse_role("root"));
}

TEST_CASE("roles are a set", "[user]") {
    constexpr Roles both{Role::learner, Role::staff};
    CHECK(both.bits() == 5);
    CHECK(both.has(Role::staff));
    CHECK_FALSE(both.has(Role::teacher));
    CHECK(both.with(Role::staff) == both);
    CHECK(both.without(Role::staff) == Roles{Role::learner});
    CHECK(both.without(Role::admin) == both);
    CHECK(both.without(both).empty());
    CHECK(both.intersects(privileged_roles));
    CHECK_FALSE(Roles{Role::teacher}.intersects(privileged_roles));
    CHECK(to_string(both) == "learner,staff");
    CHECK(to_string(Roles{}).empty());
}

TEST_CASE("a sum of roles is read back within its bounds", "[user]") {
    CHECK(Roles::from_bits(0).empty());
    CHECK(Roles::from_bits(15).has(Role::admin));
    CHECK(refusal([] { return Roles::from_bits(16); }) == invalid("roles", "out_of_range", 15));
    CHECK(refusal([] { return Roles::from_bits(-1); }) == invalid("roles", "out_of_range", 15));
}

TEST_CASE("only the actor of a user has a user", "[user]") {
    CHECK(Actor{UserId{7}}.user() == UserId{7});
    Refusal const expected{ErrorCode::failed_precondition, {"actor", "not_a_user", std::nullopt}};
    CHECK(refusal([] { return Actor::guest().user(); }) == expected);
    CHECK(refusal([] { return Actor::system().user(); }) == expected);
}

}  // namespace eduplat::test
