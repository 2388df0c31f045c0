#include "property.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/registry.hpp>

#include <array>
#include <memory>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

constexpr std::array relations{Relation::none, Relation::own, Relation::other,
                               Relation::privileged};
constexpr std::array kinds{ActorKind::guest, ActorKind::user, ActorKind::system};

Call draw_call() {
    auto const count = static_cast<int>(rules().size());
    return rules()[static_cast<std::size_t>(*rc::gen::inRange(0, count))].call;
}
Relation draw_relation() {
    return *rc::gen::elementOf(relations);
}
Roles draw_roles() {
    return Roles::from_bits(*rc::gen::inRange(0, 16));
}

/// A small school in which anybody tries to change anybody.
class Walk {
  public:
    Walk() {
        people_.push_back(school_.person({Role::learner, Role::admin}));
        people_.push_back(school_.person({Role::learner, Role::admin}));
        people_.push_back(school_.person({Role::learner, Role::staff}));
        people_.push_back(school_.person());
    }

    void step(int action, std::size_t who, std::size_t whom, Role role) {
        auto const actor = people_.at(who).actor;
        auto const target = people_.at(whom).id;
        auto& accounts = school_.accounts;
        try {
            switch (action) {
                case 0:
                    return static_cast<void>(accounts.grant_role(actor, target, role));
                case 1:
                    return static_cast<void>(accounts.revoke_role(actor, target, role));
                case 2:
                    return static_cast<void>(accounts.suspend(actor, target, "x"));
                case 3:
                    return static_cast<void>(accounts.reinstate(actor, target));
                case 4:
                    return static_cast<void>(accounts.erase_user(actor, target));
                default:
                    return sign_in(who);
            }
        } catch (Error const& error) {
            RC_ASSERT(error.code() != ErrorCode::internal);
        }
    }

    [[nodiscard]] int active_admins() {
        int count = 0;
        for (auto const& person : people_) {
            auto const user = school_.accounts.get_user(Actor::system(), person.id);
            bool const counts = user.state == UserState::active && user.roles.has(Role::admin);
            count += counts ? 1 : 0;
        }
        return count;
    }

    /// Whether everybody who can read his own account is active.
    [[nodiscard]] bool only_the_active_may_act() {
        for (auto const& person : people_) {
            auto const user = school_.accounts.get_user(Actor::system(), person.id);
            if (user.state != UserState::active && may_act(person)) return false;
        }
        return true;
    }

  private:
    bool may_act(Person const& person) {
        try {
            static_cast<void>(school_.accounts.get_user(person.actor, person.id));
            return true;
        } catch (Error const&) {
            return false;
        }
    }

    void sign_in(std::size_t who) {
        auto& person = people_.at(who);
        auto const in =
            school_.accounts.sign_in({.email = person.email, .password = person.password});
        if (in) person.actor = in->actor;
    }

    std::unique_ptr<storage::Storage> storage_ = storage::open_sqlite({.path = ":memory:"});
    TestSchool school_{*storage_};
    std::vector<Person> people_;
};

}  // namespace

TEST_CASE("another role never takes a right away", "[authorization][property]") {
    holds([] {
        auto const call = draw_call();
        auto const relation = draw_relation();
        auto const few = draw_roles();
        auto const more = few.with(draw_roles());
        RC_PRE(allowed(call, few, relation, ActorKind::user));
        RC_ASSERT(allowed(call, more, relation, ActorKind::user));
    });
}

TEST_CASE("what a guest may, everybody may", "[authorization][property]") {
    holds([] {
        auto const call = draw_call();
        auto const relation = draw_relation();
        if (!allowed(call, {}, relation, ActorKind::guest)) return;
        for (auto const kind : kinds)
            RC_ASSERT(allowed(call, draw_roles(), relation, kind));
    });
}

TEST_CASE("whoever may do something to the privileged may do it to others",
          "[authorization][property]") {
    holds([] {
        auto const call = draw_call();
        auto const roles = draw_roles();
        if (!allowed(call, roles, Relation::privileged, ActorKind::user)) return;
        RC_ASSERT(allowed(call, roles, Relation::other, ActorKind::user));
    });
}

TEST_CASE("without a privileged role nobody does anything to others", "[authorization][property]") {
    holds([] {
        auto const call = draw_call();
        auto const roles = draw_roles().without(privileged_roles);
        if (rule_of(call).guest) return;
        // Teachers make courses, which are nobody's before.
        bool const makes = call == Call::courses_create && roles.has(Role::teacher);
        RC_ASSERT(makes == allowed(call, roles, Relation::other, ActorKind::user));
        RC_ASSERT(!allowed(call, roles, Relation::privileged, ActorKind::user));
    });
}

TEST_CASE("whatever anybody tries, an admin is left and only the active may act",
          "[authorization][property]") {
    holds([] {
        Walk walk;
        auto const steps = *rc::gen::inRange(1, 40);
        for (int i = 0; i < steps; ++i) {
            auto const action = *rc::gen::inRange(0, 6);
            auto const who = *rc::gen::inRange<std::size_t>(0, 4);
            auto const whom = *rc::gen::inRange<std::size_t>(0, 4);
            walk.step(action, who, whom, *rc::gen::elementOf(all_roles()));
            RC_ASSERT(walk.active_admins() >= 1);
        }
        RC_ASSERT(walk.only_the_active_may_act());
    });
}
