#include "repositories/identities.hpp"
#include "services/accounts_impl.hpp"
#include "services/identity_rules.hpp"
#include "services/paging.hpp"

#include <eduplat/core/limits.hpp>

#include <utility>

namespace eduplat {

namespace identities_table = repositories::identities;
namespace users = repositories::users;

namespace {

void check_exact(Validation& validation, std::string_view field, std::string_view value,
                 std::size_t bytes_max) {
    auto const before = validation.violations().size();
    auto const normal = validation.text(field, value, {.min_bytes = 1, .max_bytes = bytes_max});
    if (validation.violations().size() == before && normal != value) {
        validation.add(field, "not_normal");
    }
}

User known_user(storage::Connection& connection, UserId id) {
    auto user = users::find(connection, id);
    if (!user) fail(ErrorCode::not_found, "user", "unknown");
    return *std::move(user);
}

void refuse_locked_out(User const& user) {
    if (user.state == UserState::erased) fail(ErrorCode::not_found, "user", "unknown");
    if (user.state != UserState::suspended) return;
    fail(ErrorCode::permission_denied, "actor", name(user.state));
}

/// An actor for a user whom the host has recognized: its word makes an invited user active.
Actor recognize(storage::Storage& storage, User const& user, Timestamp now) {
    refuse_locked_out(user);
    if (user.state != UserState::invited) return Actor{user.id};
    return storage.write([&](auto& connection) {
        auto const current = known_user(connection, user.id);
        refuse_locked_out(current);
        if (current.state == UserState::invited) {
            static_cast<void>(users::set_state(connection, user.id, UserState::active, now));
            record(connection, {.kind = ActorKind::system}, now, "user.activated", "user",
                   user.uid);
        }
        return Actor{user.id};
    });
}

/// Who is neither admin nor the host may not lock a user out for good, himself included.
void keep_a_way_in(storage::Connection& connection, Access const& access) {
    bool const trusted =
        access.asker.kind == ActorKind::system || access.asker.roles.has(Role::admin);
    auto const id = access.target.id;
    if (trusted || !identities_table::page(connection, id, "", "", 1).empty()) return;
    auto const account = users::find_with_password(connection, id);
    if (account && account->password_hash) return;
    fail(ErrorCode::failed_precondition, "subject", "last_way_in");
}

}  // namespace

void check_identity(Validation& validation, std::string_view issuer, std::string_view subject) {
    check_exact(validation, "issuer", issuer, limits::issuer_bytes_max);
    check_exact(validation, "subject", subject, limits::subject_bytes_max);
}

void insert_identity(storage::Connection& connection, Identity const& identity) {
    if (identities_table::insert(connection, identity)) return;
    fail(ErrorCode::already_exists, "subject", "taken");
}

Actor Accounts::actor_for(UserId id) {
    auto const user =
        impl_->storage().read([&](auto& connection) { return known_user(connection, id); });
    return recognize(impl_->storage(), user, impl_->now());
}

std::optional<Actor> Accounts::identities(std::string_view issuer, std::string_view subject) {
    auto const user = impl_->storage().read([&](auto& connection) -> std::optional<User> {
        auto const id = identities_table::find_user(connection, issuer, subject);
        if (!id) return std::nullopt;
        return known_user(connection, *id);
    });
    if (!user) return std::nullopt;
    return recognize(impl_->storage(), *user, impl_->now());
}

void Accounts::link_identity(Actor const& actor, UserId user, std::string_view issuer,
                             std::string_view subject) {
    Validation validation;
    check_identity(validation, issuer, subject);
    validation.check("link_identity");
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const access = authorize(connection, actor, Call::accounts_link_identity, user, now);
        require_not_erased(access.target);
        insert_identity(connection, {std::string{issuer}, std::string{subject}, user, now});
        record(connection, access.asker, now, "user.identity_linked", "user", access.target.uid);
    });
}

void Accounts::unlink_identity(Actor const& actor, UserId user, std::string_view issuer,
                               std::string_view subject) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const access = authorize(connection, actor, Call::accounts_unlink_identity, user, now);
        if (!identities_table::remove(connection, user, issuer, subject)) {
            fail(ErrorCode::not_found, "subject", "unknown");
        }
        keep_a_way_in(connection, access);
        record(connection, access.asker, now, "user.identity_unlinked", "user", access.target.uid);
    });
}

Page<Identity> Accounts::linked_identities(Actor const& actor, UserId user,
                                           PageRequest const& request) const {
    auto const list = "identities?user=" + std::to_string(user.value());
    auto const after = keys_after<std::string, std::string>(list, request, {"", ""});
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        static_cast<void>(
            authorize(connection, actor, Call::accounts_linked_identities, user, now));
        return identities_table::page(connection, user, std::get<0>(after), std::get<1>(after),
                                      request.limit + 1);
    });
    return make_page<Identity>(list, request, std::move(rows), [](Identity const& row) {
        return std::vector<CursorKey>{row.issuer, row.subject};
    });
}

}  // namespace eduplat
