#include "repositories/identities.hpp"
#include "services/accounts_impl.hpp"
#include "services/identity_rules.hpp"
#include "services/password_rules.hpp"

#include <utility>

namespace eduplat {

namespace users = repositories::users;

namespace {

void refuse_second_admin(storage::Connection& connection) {
    if (!users::has_active_admin(connection)) return;
    fail(ErrorCode::failed_precondition, "admin", "exists");
}

/// Where no name is given it is made of a valid address; a broken one is all there is to say.
Profile admin_profile(Validation& validation, NewAdmin const& admin) {
    if (!admin.display_name.empty()) {
        return normalize_profile(validation, "", admin.display_name, admin.email);
    }
    auto const email = normalize_email(validation, "email", admin.email);
    if (!email) return {};
    auto const local_part = email->text.substr(0, email->text.rfind('@'));
    return normalize_profile(validation, "", local_part, admin.email);
}

}  // namespace

Actor Accounts::bootstrap_admin(NewAdmin const& admin) {
    impl_->refuse_inside_write();
    Validation validation;
    auto const profile = admin_profile(validation, admin);
    check_password(validation, "password", admin.password);
    validation.check("bootstrap_admin");

    // Asked first, so that a later start of a host does not pay for a hash.
    impl_->storage().read([](auto& connection) { refuse_second_admin(connection); });
    auto row = new_row(impl_->new_uid(), profile, UserState::active, Role::admin);
    row.password_hash = impl_->hasher.hash(admin.password);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        refuse_second_admin(connection);
        auto const user = insert_user(connection, row, now);
        record(connection, {.kind = ActorKind::system}, now, "user.bootstrapped", "user", user.uid);
        return Actor{user.id};
    });
}

User Accounts::register_user(Actor const& actor, NewUser const& user) {
    if (user.password) impl_->refuse_inside_write();
    Validation validation;
    auto const profile = normalize_profile(validation, "", user.display_name, user.email);
    if (user.password) check_password(validation, "password", *user.password);
    validation.check("register_user");

    constexpr auto call = Call::accounts_register_user;
    auto const now = impl_->now();
    auto row = new_row(impl_->new_uid(), profile, UserState::active, Role::learner);
    if (user.password) {
        // Asked first, so that who may not does not cost a hash.
        impl_->storage().read(
            [&](auto& connection) { static_cast<void>(authorize(connection, actor, call, now)); });
        row.password_hash = impl_->hasher.hash(*user.password);
    }
    return impl_->storage().write([&](auto& connection) {
        auto const asker = authorize(connection, actor, call, now);
        auto made = insert_user(connection, row, now);
        record(connection, asker, now, "user.registered", "user", made.uid);
        return made;
    });
}

User Accounts::register_identity(Actor const& actor, NewIdentityUser const& user) {
    Validation validation;
    auto const profile = normalize_profile(validation, "", user.display_name, user.email);
    check_identity(validation, user.issuer, user.subject);
    validation.check("register_identity");

    auto const row = new_row(impl_->new_uid(), profile, UserState::active, Role::learner);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const asker = authorize(connection, actor, Call::accounts_register_identity, now);
        auto made = insert_user(connection, row, now);
        insert_identity(connection, {user.issuer, user.subject, made.id, now});
        record(connection, asker, now, "user.registered", "user", made.uid);
        return made;
    });
}

}  // namespace eduplat
