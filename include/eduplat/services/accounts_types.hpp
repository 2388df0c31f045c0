#pragma once

#include <eduplat/core/error.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/persona.hpp>
#include <eduplat/domain/session.hpp>
#include <eduplat/domain/user.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What Accounts takes and gives. Texts are trimmed and kept in NFC; their bounds are in
/// core/limits.hpp.
namespace eduplat {

struct NewAdmin {
    std::string email = {};
    std::string password = {};
    std::string display_name = {};  ///< empty: what stands before the "@"
};

struct NewUser {
    std::string email = {};
    std::string display_name = {};
    std::optional<std::string> password = std::nullopt;  ///< none: signs in by an identity
};

/// An account for somebody a host's own sign-in system knows.
struct NewIdentityUser {
    std::string issuer = {};
    std::string subject = {};
    std::string display_name = {};
    std::optional<std::string> email = std::nullopt;
};

struct Credentials {
    std::string email = {};
    std::string password = {};
    std::string source =
        {};                  ///< where the attempt comes from, as a network address; empty: unknown
    std::string label = {};  ///< what the user will know the session by
};

struct SignedIn {
    Actor actor;
    std::string
        token;  ///< proves the session to Accounts::resume: give it to the client, nobody else
    Session session;
};

enum class SignInFailure : std::uint8_t {
    wrong_credentials,  ///< no such account, or another password: they are not told apart
    throttled,          ///< too many failures: try again after retry_after()
    suspended,          ///< the credentials were right
};

[[nodiscard]] std::string_view name(SignInFailure reason) noexcept;

/// The outcome of a sign-in: a session, or the reason why there is none.
class [[nodiscard]] SignIn {
  public:
    SignIn(SignedIn signed_in) : signed_in_(std::move(signed_in)) {}  // NOLINT(*-explicit-*)
    SignIn(SignInFailure reason, std::chrono::seconds retry_after = {}) noexcept
        : reason_(reason), retry_after_(retry_after) {}

    [[nodiscard]] explicit operator bool() const noexcept { return signed_in_.has_value(); }
    /// Errors: failed_precondition (field "sign_in", rule: the reason's name) if it failed.
    [[nodiscard]] SignedIn const& operator*() const;
    [[nodiscard]] SignedIn const* operator->() const { return &**this; }

    /// Precondition: the sign-in failed.
    [[nodiscard]] SignInFailure reason() const noexcept { return reason_; }
    /// How long the lock-out lasts; zero for other reasons.
    [[nodiscard]] std::chrono::seconds retry_after() const noexcept { return retry_after_; }

  private:
    std::optional<SignedIn> signed_in_;
    SignInFailure reason_ = SignInFailure::wrong_credentials;
    std::chrono::seconds retry_after_{};
};

struct Resumed {
    Actor actor;
    /// Where there is one, the token given is dead and this one takes its place.
    std::optional<std::string> new_token = std::nullopt;
};

enum class SessionScope : std::uint8_t {
    all,
    all_but_current,  ///< all but the session of the asking actor
};

struct PasswordChange {
    std::string old_password = {};
    std::string new_password = {};
};

struct PasswordResetRequest {
    std::string email = {};
    std::string source = {};  ///< as in Credentials
};

struct PasswordReset {
    std::string token = {};
    std::string new_password = {};
};

struct ProfileUpdate {
    std::int64_t version = 0;                                ///< User::version as read
    std::optional<std::string> display_name = std::nullopt;  ///< none: stays
    std::optional<std::string> email = std::nullopt;         ///< none: stays; not for its owner
};

struct MemberFilter {
    /// Words of the name or the address, each by its beginning, in any order; a Chinese, Japanese
    /// or Korean name by any part. Of more than four words the four longest count. Empty: no
    /// filter.
    std::string search = {};
    std::optional<Role> role = std::nullopt;
    std::optional<UserState> state = std::nullopt;  ///< none: all but the erased
};

struct ImportedUser {
    std::string source = {};     ///< the system the row comes from,
    std::string source_id = {};  ///< and its name there: both or neither
    std::string display_name = {};
    std::optional<std::string> email = std::nullopt;
    Roles roles = Role::learner;
    std::optional<Persona> persona = std::nullopt;  ///< its version does not count
};

struct ImportReport {
    struct Rejected {
        std::size_t row;                    ///< place in the span, from 0
        std::vector<Violation> violations;  ///< fields begin with "rows[3]."

        friend bool operator==(Rejected const&, Rejected const&) = default;
    };

    std::size_t created = 0;
    std::size_t unchanged = 0;  ///< known by (source, source_id): left as they are
    std::vector<Rejected> rejected = {};

    friend bool operator==(ImportReport const&, ImportReport const&) = default;
};

}  // namespace eduplat
