#pragma once

#include <eduplat/core/page.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/persona.hpp>
#include <eduplat/domain/personal_data.hpp>
#include <eduplat/domain/session.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/services/accounts_types.hpp>
#include <eduplat/services/dependencies.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

/// Users: who they are, how they prove it, what they may do.
///
/// Each call is one transaction, or two around the hashing of a password; rights are read in it.
/// Calls that hash, send a message or import refuse to run inside a write of the host's
/// (failed_precondition, field "transaction", rule "not_allowed_inside").
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; for calls with an actor unauthenticated (a guest
/// without the right, an ended session, an erased user) and permission_denied (too little right;
/// field "actor", rule "suspended" or "invited" for accounts in those states); for calls about a
/// user not_found (field "user"); invalid_argument with all violations at once, under the names of
/// the arguments; failed_precondition (field "clock", rule "out_of_range") if the clock is before
/// 1970 or so late that a longest duration would end after the year 9999; of calls that hash
/// resource_exhausted (field "password", rule "busy": limits::hashes_waiting_max callers wait).
class Accounts final {
  public:
    /// Errors: invalid_argument, fields "accounts.session_idle_max" and so on.
    explicit Accounts(Dependencies const& dependencies);
    Accounts(Accounts&&) noexcept;
    Accounts& operator=(Accounts&&) noexcept;
    ~Accounts();

    // -- Registration

    /// Makes the first admin. Errors: failed_precondition (field "admin", rule "exists": there is
    /// an active one); already_exists (field "email", rule "taken").
    Actor bootstrap_admin(NewAdmin const& admin);

    /// Makes an active learner. Errors: already_exists (field "email", rule "taken").
    User register_user(Actor const& actor, NewUser const& user);

    /// Makes an active learner without password for an identity. For hosts: system or admin.
    /// Errors: already_exists (field "email" or "subject", rule "taken").
    User register_identity(Actor const& actor, NewIdentityUser const& user);

    // -- Signing in

    /// Opens a session. Answers alike, and in about the same time, to an unknown address and a
    /// wrong password; only a hash made at another cost adds its own time, until its owner signs
    /// in. Attempts are throttled per account and per source; one that ends by an exception does
    /// not count. Errors: conflict (field "password", rule "changed": again and again, while it
    /// was compared).
    SignIn sign_in(Credentials const& credentials);

    /// Who holds this token; nothing for a malformed, unknown or ended one and for users who are
    /// not active. Use moves the session's end forward, written at most once a minute; if that
    /// cannot be written the session is good all the same. Errors: those of a write, if a new token
    /// is due.
    [[nodiscard]] std::optional<Resumed> resume(std::string_view token);

    /// Ends the actor's session. Errors: failed_precondition (field "actor", rule "no_session").
    void sign_out(Actor const& actor);

    /// For hosts with a sign-in of their own: an actor for a user the host has recognized. An
    /// invited user becomes active. Errors: not_found, permission_denied (suspended).
    [[nodiscard]] Actor actor_for(UserId user);

    /// The same by identity; nothing for an unknown one.
    [[nodiscard]] std::optional<Actor> identities(std::string_view issuer,
                                                  std::string_view subject);

    // -- Sessions

    /// The sessions of a user that have not ended, oldest first.
    [[nodiscard]] Page<Session> sessions(Actor const& actor, UserId user,
                                         PageRequest const& request = {}) const;

    /// Ends one session. Errors: not_found (field "session").
    void revoke_session(Actor const& actor, SessionId session);
    void revoke_session(Actor const& actor, Uid const& session);

    /// Ends a user's sessions and returns how many of them had not ended by themselves.
    std::size_t revoke_sessions(Actor const& actor, UserId user,
                                SessionScope scope = SessionScope::all);

    // -- Passwords

    /// Sets a new password, ends the user's other sessions and gives the actor's session a new
    /// token, which is returned; the old token is dead. Errors: invalid_argument (field
    /// "old_password", rule "wrong"), resource_exhausted ("old_password", "throttled", limit:
    /// seconds to wait), failed_precondition ("old_password", "not_set": the account has none),
    /// conflict ("old_password", "changed": again and again, while it was compared).
    [[nodiscard]] std::optional<std::string> change_password(Actor const& actor,
                                                             PasswordChange const& change);

    /// Sends a token by which a new password can be set, if there is such an account. The answer is
    /// the same if there is not, and if the mailer throws, which is logged. Errors:
    /// resource_exhausted (field "email" or "source", rule "throttled", limit: seconds to wait),
    /// failed_precondition (field "mailer", rule "missing").
    void request_password_reset(PasswordResetRequest const& request);

    /// Sets the password the token stands for and ends all sessions of the user. The first password
    /// makes an invited user active. Errors: invalid_argument (field "token", rule "invalid":
    /// malformed, unknown, used or expired).
    void reset_password(PasswordReset const& reset);

    // -- Identities

    /// Errors: already_exists (field "subject", rule "taken": linked, to this user or another).
    void link_identity(Actor const& actor, UserId user, std::string_view issuer,
                       std::string_view subject);

    /// Errors: not_found (field "subject"), failed_precondition (field "subject", rule
    /// "last_way_in": without a password, and by neither the system nor an admin).
    void unlink_identity(Actor const& actor, UserId user, std::string_view issuer,
                         std::string_view subject);

    /// By issuer and subject.
    [[nodiscard]] Page<Identity> linked_identities(Actor const& actor, UserId user,
                                                   PageRequest const& request = {}) const;

    // -- Roles and states

    /// To be granted staff or admin ends all sessions of the user; after any other change they get
    /// new tokens at their next use. To grant what is had, or to revoke what is not, changes
    /// nothing. Errors: invalid_argument (field "role", rule "unknown"), failed_precondition (field
    /// "roles", rule "last_admin"; field "state", rule "erased").
    User grant_role(Actor const& actor, UserId user, Role role);
    User revoke_role(Actor const& actor, UserId user, Role role);

    /// Ends all sessions; the user may do nothing until reinstated. The reason goes, erasable, to
    /// the journal. Errors: failed_precondition (field "state"; field "roles", rule "last_admin").
    User suspend(Actor const& actor, UserId user, std::string_view reason);
    User reinstate(Actor const& actor, UserId user);

    // -- Reading and changing users

    [[nodiscard]] User get_user(Actor const& actor, UserId user) const;
    [[nodiscard]] std::optional<User> find_user(Actor const& actor, UserId user) const;
    [[nodiscard]] std::optional<User> find_user(Actor const& actor, Uid const& user) const;
    [[nodiscard]] std::optional<User> find_user_by_email(Actor const& actor,
                                                         std::string_view email) const;

    /// What is equal to what there is changes nothing. Errors: conflict (field "version", rule
    /// "changed"), already_exists (field "email", rule "taken"), permission_denied (field "email":
    /// for those who look after the user to change).
    User update_profile(Actor const& actor, UserId user, ProfileUpdate const& update);

    [[nodiscard]] Persona get_persona(Actor const& actor, UserId user) const;

    /// Replaces the whole persona. Errors: conflict (field "version", rule "changed").
    Persona set_persona(Actor const& actor, UserId user, Persona const& persona);

    /// Users by name. Every page costs the same, whatever came before it; but a search looks at all
    /// users who have its rarest word, if that occurs at most 1,000 times, and else reads users by
    /// name until the page is full: all of them, if its frequent words hardly ever go together.
    [[nodiscard]] Page<User> members(Actor const& actor, MemberFilter const& filter = {},
                                     PageRequest const& request = {}) const;

    // -- Invitation and import

    /// Sends an invited user a token that sets the first password; earlier ones are void. Errors:
    /// failed_precondition (field "state"; field "email", rule "missing"; field "mailer", rule
    /// "missing").
    void invite(Actor const& actor, UserId user);

    /// Makes invited users without password. Rows that break a rule, repeat another or take an
    /// address that is taken are reported, not thrown. A transaction for each
    /// limits::import_chunk_rows. After an error give the same rows again: those that are there by
    /// their source are left as they are, by their address rejected; a row with neither makes
    /// another user each time. Errors: failed_precondition inside a write.
    [[nodiscard]] ImportReport import_users(Actor const& actor, std::span<ImportedUser const> rows);

    // -- Privacy

    /// All that is held of a person.
    [[nodiscard]] PersonalData export_user(Actor const& actor, UserId user) const;

    /// Deletes all that is held of a person, for good; the row and its uid stay for the ledger and
    /// for aggregates. Errors: failed_precondition (field "state"; field "roles", rule
    /// "last_admin").
    [[nodiscard]] Erasure erase_user(Actor const& actor, UserId user);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
