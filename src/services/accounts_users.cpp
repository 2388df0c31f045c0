#include "repositories/members.hpp"
#include "repositories/password_tokens.hpp"
#include "repositories/personas.hpp"
#include "services/accounts_impl.hpp"

#include <eduplat/core/text.hpp>

#include <utility>

namespace eduplat {

namespace members_table = repositories::members;
namespace users = repositories::users;

namespace {

/// What `find` finds, if the actor may see it. Who may see only himself learns nothing of what else
/// there is.
template <class Find>
std::optional<User> visible(storage::Connection& connection, Actor const& actor, Call call,
                            Timestamp now, Find find) {
    auto const asker = identify(connection, actor, now);
    std::optional<User> user = find();
    bool const own = user && asker.is(user->id);
    if (!own) require(asker, call, Relation::other);
    if (!own && user && user->roles.intersects(privileged_roles)) {
        require(asker, call, Relation::privileged);
    }
    return user;
}

struct CheckedUpdate {
    std::optional<std::string> display_name;
    std::optional<Email> email;
};

/// Only what is to change is checked, under the caller's names.
CheckedUpdate checked(ProfileUpdate const& update) {
    Validation validation;
    CheckedUpdate result;
    auto const name = update.display_name.value_or("-");
    auto profile = normalize_profile(validation, "", name, update.email);
    validation.check("update_profile");
    if (update.display_name) result.display_name = std::move(profile.display_name);
    result.email = std::move(profile.email);
    return result;
}

/// An address is a way into an account, so its owner's session is not enough to change it.
void check_new_email(storage::Connection& connection, Access const& access, Email const& email) {
    bool const own = access.asker.is(access.target.id);
    if (own && !access.asker.roles.has(Role::admin)) {
        fail(ErrorCode::permission_denied, "email", "not_by_owner");
    }
    auto const taken_by = users::find_by_email(connection, email.key);
    if (taken_by && taken_by->id != access.target.id) {
        fail(ErrorCode::already_exists, "email", "taken");
    }
}

/// Tokens went to the old address, and attempts at it were counted under it.
void leave_address(storage::Connection& connection, Throttle const& throttle, User const& before) {
    repositories::password_tokens::remove_of_user(connection, before.id);
    if (before.email) throttle.clear_address(connection, text::fold(*before.email));
}

}  // namespace

User Accounts::get_user(Actor const& actor, UserId user) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return authorize(connection, actor, Call::accounts_get_user, user, now).target;
    });
}

std::optional<User> Accounts::find_user(Actor const& actor, UserId user) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return visible(connection, actor, Call::accounts_find_user, now,
                       [&] { return users::find(connection, user); });
    });
}

std::optional<User> Accounts::find_user(Actor const& actor, Uid const& user) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return visible(connection, actor, Call::accounts_find_user, now,
                       [&] { return users::find(connection, user); });
    });
}

std::optional<User> Accounts::find_user_by_email(Actor const& actor, std::string_view email) const {
    Validation validation;
    auto const address = normalize_email(validation, "email", email);
    validation.check("find_user_by_email");
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return visible(connection, actor, Call::accounts_find_user_by_email, now,
                       [&] { return users::find_by_email(connection, address->key); });
    });
}

User Accounts::update_profile(Actor const& actor, UserId user, ProfileUpdate const& update) {
    auto const change = checked(update);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const access = authorize(connection, actor, Call::accounts_update_profile, user, now);
        auto const& target = access.target;
        require_not_erased(target);
        if (target.version != update.version) fail(ErrorCode::conflict, "version", "changed");
        bool const new_email = change.email && change.email->text != target.email;
        bool const new_name = change.display_name && *change.display_name != target.display_name;
        if (!new_email && !new_name) return target;
        if (new_email) check_new_email(connection, access, *change.email);

        Validation known_good;
        auto profile =
            normalize_profile(known_good, "", change.display_name.value_or(target.display_name),
                              change.email ? change.email->text : target.email);
        auto const row = new_row(target.uid, profile, target.state, target.roles);
        auto changed = users::set_profile(connection, user, row, now);
        members_table::remove_terms(connection, user);
        members_table::add_terms(connection, user, search_terms(changed));
        if (new_email) leave_address(connection, impl_->throttle, target);
        record(connection, access.asker, now, "user.profile_changed", "user", target.uid);
        return changed;
    });
}

Persona Accounts::get_persona(Actor const& actor, UserId user) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::accounts_get_persona, user, now));
        return repositories::personas::find(connection, user);
    });
}

Persona Accounts::set_persona(Actor const& actor, UserId user, Persona const& persona) {
    Validation validation;
    auto normal = normalize_persona(validation, persona);
    validation.check("set_persona");
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const access = authorize(connection, actor, Call::accounts_set_persona, user, now);
        require_not_erased(access.target);
        if (!repositories::personas::save(connection, user, normal, now)) {
            fail(ErrorCode::conflict, "version", "changed");
        }
        record(connection, access.asker, now, "user.persona_changed", "user", access.target.uid);
    });
    ++normal.version;
    return normal;
}

}  // namespace eduplat
