#pragma once

#include "repositories/users.hpp"
#include "services/access.hpp"
#include "services/password_hasher.hpp"
#include "services/throttle.hpp"
#include "services/tokens.hpp"

#include <eduplat/core/uid.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/domain/email.hpp>
#include <eduplat/services/accounts.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

/// What the parts of Accounts share.
class Accounts::Impl {
  public:
    explicit Impl(Dependencies const& dependencies);

    [[nodiscard]] storage::Storage& storage() const noexcept { return dependencies.storage; }
    /// Errors: failed_precondition (field "clock", rule "out_of_range") before 1970 and where the
    /// longest of the durations would end after the year 9999.
    [[nodiscard]] Timestamp now() const;
    [[nodiscard]] AccountOptions const& options() const noexcept { return dependencies.accounts; }
    [[nodiscard]] Uid new_uid() const;
    [[nodiscard]] std::array<std::byte, 16> new_salt() const;
    [[nodiscard]] Timestamp session_end(Timestamp seen_at, Timestamp absolute_end) const;

    /// For calls that hash or send: errors: failed_precondition (field "transaction", rule
    /// "not_allowed_inside").
    void refuse_inside_write() const;
    /// Errors: failed_precondition (field "mailer", rule "missing").
    [[nodiscard]] Mailer& mailer() const;

    /// Errors: failed_precondition (field "roles", rule "last_admin") if `user` is the last active
    /// admin.
    static void keep_an_admin(storage::Connection& connection, User const& user);

    /// Opens a session if the account's hash is still the one that was compared; nothing if not.
    [[nodiscard]] std::optional<SignIn> open_session(
        repositories::users::WithPassword const& account, Throttle::Subject const& subject,
        std::string_view password, std::string_view label, Timestamp now) const;

    /// Notes that a session was used, and rotates its token if that is due.
    [[nodiscard]] std::optional<Resumed> use_session(TokenHash const& hash, Timestamp now) const;

    Dependencies dependencies;
    mutable PasswordHasher hasher;
    mutable Throttle throttle;
};

/// A name and an address as they are stored.
struct Profile {
    std::string display_name = {};
    std::string name_key = {};
    std::optional<Email> email = std::nullopt;
};

/// Add "unknown" for what is no role.
void check_role(Validation& validation, std::string_view field, Role role);
void check_roles(Validation& validation, std::string_view field, Roles roles);

/// Broken rules go to `validation`. `path` stands before the field names: "rows[3].".
[[nodiscard]] Profile normalize_profile(Validation& validation, std::string_view path,
                                        std::string_view display_name,
                                        std::optional<std::string> const& email);

/// The row of a new user, without source and password.
[[nodiscard]] repositories::users::NewRow new_row(Uid const& uid, Profile const& profile,
                                                  UserState state, Roles roles);

/// The words by which a user is found, each once.
[[nodiscard]] std::vector<std::string> search_terms(std::string_view display_name,
                                                    std::optional<std::string> const& email);
[[nodiscard]] std::vector<std::string> search_terms(User const& user);

/// Makes the user and the words that find it; nothing if the e-mail address is taken.
[[nodiscard]] std::optional<User> try_insert_user(storage::Connection& connection,
                                                  repositories::users::NewRow const& row,
                                                  Timestamp at);
/// The same. Errors: already_exists (field "email", rule "taken").
[[nodiscard]] User insert_user(storage::Connection& connection,
                               repositories::users::NewRow const& row, Timestamp at);

/// Errors: failed_precondition (field "state", rule "erased").
void require_not_erased(User const& user);

/// What stands for a user in the journal who acts by a secret, not by a session.
[[nodiscard]] Asker self(User const& user);

}  // namespace eduplat
