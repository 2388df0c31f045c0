#include <eduplat/domain/authorization.hpp>

#include <array>
#include <cstddef>

namespace eduplat {
namespace {

using enum Call;
using enum Role;

// Calls that only the host makes, or that a secret in their argument opens, name nobody but, where
// anybody may try, guests.
constexpr std::array table{
    Rule{.call = accounts_bootstrap_admin},
    Rule{.call = accounts_register_user, .others = staff, .guest = true},
    Rule{.call = accounts_register_identity},
    Rule{.call = accounts_sign_in, .guest = true},
    Rule{.call = accounts_resume, .guest = true},
    Rule{.call = accounts_sign_out, .own = true},
    Rule{.call = accounts_actor_for},
    Rule{.call = accounts_identities},
    Rule{.call = accounts_sessions, .others = staff, .own = true},
    Rule{.call = accounts_revoke_session, .others = staff, .own = true},
    Rule{.call = accounts_revoke_sessions, .others = staff, .own = true},
    Rule{.call = accounts_change_password, .own = true},
    Rule{.call = accounts_request_password_reset, .guest = true},
    Rule{.call = accounts_reset_password, .guest = true},
    Rule{.call = accounts_link_identity},
    Rule{.call = accounts_unlink_identity, .others = staff, .own = true},
    Rule{.call = accounts_linked_identities, .others = staff, .own = true},
    Rule{.call = accounts_grant_role, .others = staff},
    Rule{.call = accounts_revoke_role, .others = staff},
    Rule{.call = accounts_suspend, .others = staff},
    Rule{.call = accounts_reinstate, .others = staff},
    Rule{.call = accounts_get_user, .others = staff, .privileged = staff, .own = true},
    Rule{.call = accounts_find_user, .others = staff, .privileged = staff, .own = true},
    Rule{.call = accounts_find_user_by_email, .others = staff, .privileged = staff, .own = true},
    Rule{.call = accounts_update_profile, .others = staff, .own = true},
    Rule{.call = accounts_get_persona, .others = staff, .own = true},
    Rule{.call = accounts_set_persona, .own = true},
    Rule{.call = accounts_members, .others = staff},
    Rule{.call = accounts_invite, .others = staff},
    Rule{.call = accounts_import_users, .others = staff},
    Rule{.call = accounts_export_user, .own = true},
    Rule{.call = accounts_erase_user, .own = true},
    Rule{.call = journal_changes_since},
    Rule{.call = jobs_run_due},
};

constexpr std::array<std::string_view, table.size()> names{
    "accounts_bootstrap_admin",
    "accounts_register_user",
    "accounts_register_identity",
    "accounts_sign_in",
    "accounts_resume",
    "accounts_sign_out",
    "accounts_actor_for",
    "accounts_identities",
    "accounts_sessions",
    "accounts_revoke_session",
    "accounts_revoke_sessions",
    "accounts_change_password",
    "accounts_request_password_reset",
    "accounts_reset_password",
    "accounts_link_identity",
    "accounts_unlink_identity",
    "accounts_linked_identities",
    "accounts_grant_role",
    "accounts_revoke_role",
    "accounts_suspend",
    "accounts_reinstate",
    "accounts_get_user",
    "accounts_find_user",
    "accounts_find_user_by_email",
    "accounts_update_profile",
    "accounts_get_persona",
    "accounts_set_persona",
    "accounts_members",
    "accounts_invite",
    "accounts_import_users",
    "accounts_export_user",
    "accounts_erase_user",
    "journal_changes_since",
    "jobs_run_due",
};

constexpr bool table_is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].call) != i || names[i].empty()) return false;
    }
    return true;
}
static_assert(table_is_in_order());

constexpr std::array<std::string_view, 4> relation_names{"none", "own", "other", "privileged"};

}  // namespace

std::span<Rule const> rules() noexcept {
    return table;
}

Rule const& rule_of(Call call) noexcept {
    return table[static_cast<std::size_t>(call)];
}

std::string_view name(Call call) noexcept {
    return names[static_cast<std::size_t>(call)];
}

std::string_view name(Relation relation) noexcept {
    return relation_names[static_cast<std::size_t>(relation)];
}

bool allowed(Call call, Roles roles, Relation relation, ActorKind kind) noexcept {
    auto const& rule = rule_of(call);
    if (kind == ActorKind::system || rule.guest) return true;
    if (kind == ActorKind::guest) return false;
    if (roles.has(Role::admin)) return true;
    switch (relation) {
        case Relation::none:
        case Relation::other:
            return rule.others.intersects(roles);
        case Relation::own:
            return rule.own;
        case Relation::privileged:
            return rule.privileged.intersects(roles);
    }
    return false;
}

}  // namespace eduplat
