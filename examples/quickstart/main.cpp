// A school in one file: its first admin, a learner who signs in and becomes a teacher.
// Run it twice: the second run finds what the first one made.
#include <eduplat/eduplat.hpp>

#include <cstdio>
#include <string>

namespace edu = eduplat;

static int report(edu::SignInFailure reason) {
    std::printf("not signed in: %s\n", std::string{edu::name(reason)}.c_str());
    return 1;
}

int main() try {
    auto school = edu::Platform::open({.path = "school.db"});
    auto& accounts = school.accounts();

    if (!accounts.find_user_by_email(edu::Actor::system(), "ada@example.org")) {
        auto admin = accounts.bootstrap_admin(
            {.email = "root@example.org", .password = "a long pass phrase"});
        auto ada =
            accounts.register_user(edu::Actor::guest(), {.email = "ada@example.org",
                                                         .display_name = "Ada",
                                                         .password = "correct horse battery"});
        accounts.grant_role(admin, ada.id, edu::Role::teacher);
    }

    auto in = accounts.sign_in({.email = "Ada@Example.org", .password = "correct horse battery"});
    // A wrong password, a lock-out, a suspension: outcomes, not exceptions.
    if (!in) return report(in.reason());

    auto me = accounts.get_user(in->actor, in->actor.user());
    std::printf("%s is signed in as %s\n", me.display_name.c_str(),
                edu::to_string(me.roles).c_str());

    for (auto const& user : accounts.members(edu::Actor::system()).items) {
        std::printf("  %s  %-8s %s\n", edu::to_string(user.uid).c_str(), user.display_name.c_str(),
                    edu::to_string(user.roles).c_str());
    }
    for (auto const& change : school.journal().changes_since(edu::Actor::system(), 0)) {
        std::printf("  #%lld %s\n", static_cast<long long>(change.seq), change.action.c_str());
    }
} catch (edu::Error const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
