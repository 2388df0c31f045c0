#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The table of users.
namespace eduplat::repositories::users {

/// What a users row needs to be made, all texts normalized.
struct NewRow {
    Uid uid;
    std::optional<std::string> source = std::nullopt;
    std::optional<std::string> source_id = std::nullopt;
    UserState state = UserState::active;
    Roles roles = {};
    std::string display_name = {};
    std::string name_key = {};
    std::optional<std::string> email = std::nullopt;
    std::optional<std::string> email_key = std::nullopt;
    std::optional<std::string> password_hash = std::nullopt;
};

/// What rights are read from.
struct Standing {
    Uid uid;
    UserState state;
    Roles roles;
    std::optional<Timestamp> session_expires_at;  ///< none: no such session of this user
};

struct WithPassword {
    User user;
    std::optional<std::string> password_hash;
};

/// The columns of a row as a User, in table order from column 0.
[[nodiscard]] User read(storage::Statement const& row);

/// Nothing if the e-mail address is taken.
[[nodiscard]] std::optional<User> insert(storage::Connection& connection, NewRow const& row,
                                         Timestamp at);

/// Nothing if the e-mail address or the source is taken.
[[nodiscard]] std::optional<UserId> import(storage::Connection& connection, NewRow const& row,
                                           Timestamp at);

[[nodiscard]] std::optional<Standing> standing(storage::Connection& connection, UserId user,
                                               std::optional<SessionId> session);

[[nodiscard]] std::optional<User> find(storage::Connection& connection, UserId user);
[[nodiscard]] std::optional<User> find(storage::Connection& connection, Uid const& uid);
[[nodiscard]] std::optional<User> find_by_email(storage::Connection& connection,
                                                std::string_view email_key);
[[nodiscard]] std::optional<User> find_by_source(storage::Connection& connection,
                                                 std::string_view source,
                                                 std::string_view source_id);
[[nodiscard]] std::optional<WithPassword> find_with_password(storage::Connection& connection,
                                                             UserId user);
[[nodiscard]] std::optional<WithPassword> find_with_password(storage::Connection& connection,
                                                             std::string_view email_key);

/// Whether anybody who may act is an admin.
[[nodiscard]] bool has_active_admin(storage::Connection& connection);
/// Whether an active admin would be left without this one.
[[nodiscard]] bool has_other_active_admin(storage::Connection& connection, UserId but);

/// Each changes one row, raises its version and returns it as it is then.
[[nodiscard]] User set_state(storage::Connection& connection, UserId user, UserState state,
                             Timestamp at);
[[nodiscard]] User set_roles(storage::Connection& connection, UserId user, Roles roles,
                             Timestamp at);
[[nodiscard]] User set_profile(storage::Connection& connection, UserId user, NewRow const& profile,
                               Timestamp at);

void set_password(storage::Connection& connection, UserId user, std::string_view password_hash);

}  // namespace eduplat::repositories::users
