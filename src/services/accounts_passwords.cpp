#include "repositories/password_tokens.hpp"
#include "repositories/sessions.hpp"
#include "services/accounts_impl.hpp"
#include "services/password_rules.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <utility>

namespace eduplat {

namespace sessions_table = repositories::sessions;
namespace tokens_table = repositories::password_tokens;
namespace users = repositories::users;

namespace {

[[noreturn]] void fail_throttled(std::string_view field, Throttle::Refusal const& refusal) {
    fail(ErrorCode::resource_exhausted, field, "throttled", refusal.wait.count());
}

[[noreturn]] void fail_token() {
    fail(ErrorCode::invalid_argument, "token", "invalid");
}

/// A user with a password and an address, as change_password() needs one.
users::WithPassword holder(storage::Connection& connection, UserId user) {
    auto account = users::find_with_password(connection, user);
    if (!account || !account->password_hash || !account->user.email) {
        fail(ErrorCode::failed_precondition, "old_password", "not_set");
    }
    return *std::move(account);
}

/// How often the old password is compared if its hash keeps changing.
constexpr int comparisons_max = 3;

/// What came of an attempt to replace a password.
struct Change {
    bool done = false;  ///< if not, its hash was another by then
    std::optional<std::string> token = std::nullopt;
};

void replace_password(storage::Connection& connection, Asker const& asker, User const& user,
                      std::string_view new_hash, Timestamp now) {
    users::set_password(connection, user.id, new_hash);
    tokens_table::remove_of_user(connection, user.id);
    sessions_table::remove_of_user(connection, user.id, asker.session);
    record(connection, asker, now, "user.password_changed", "user", user.uid);
}

/// Nothing that goes wrong here may tell whether there is such an account.
void send_quietly(Mailer& mailer, LogSink& log, Mail const& mail) noexcept {
    try {
        mailer.send(mail);
    } catch (...) {
        log.write(LogLevel::error, "the mailer failed to send a password reset");
    }
}

/// The user whose password a token sets; nothing if it sets none.
std::optional<User> user_of_token(storage::Connection& connection, TokenHash const& hash,
                                  Timestamp now) {
    auto const id = tokens_table::find_user(connection, hash, now);
    return id ? users::find(connection, *id) : std::nullopt;
}

bool may_reset(std::optional<User> const& user) {
    return user && (user->state == UserState::active || user->state == UserState::invited);
}

}  // namespace

std::optional<std::string> Accounts::change_password(Actor const& actor,
                                                     PasswordChange const& change) {
    impl_->refuse_inside_write();
    Validation validation;
    check_given_password(validation, "old_password", change.old_password);
    check_password(validation, "new_password", change.new_password);
    validation.check("change_password");

    constexpr auto call = Call::accounts_change_password;
    auto const now = impl_->now();
    auto& throttle = impl_->throttle;
    auto const held = [&](auto& connection) {
        auto const asker = authorize_own(connection, actor, call, now);
        return holder(connection, *asker.user);
    };
    auto account = impl_->storage().read(held);
    auto const subject =
        throttle.subject(Throttle::Kind::account, text::fold(*account.user.email), {});
    auto const refusal = impl_->storage().write(
        [&](auto& connection) { return throttle.attempt(connection, subject, now); });
    if (refusal) fail_throttled("old_password", *refusal);

    Throttle::Pending pending{throttle, subject};
    std::optional<std::string> new_hash;
    auto const token = make_token(impl_->dependencies.random);
    for (int compared = 0; compared < comparisons_max; ++compared) {
        if (!impl_->hasher.verify(*account.password_hash, change.old_password)) {
            pending.judged();
            fail(ErrorCode::invalid_argument, "old_password", "wrong");
        }
        if (!new_hash) new_hash = impl_->hasher.hash(change.new_password);
        auto const outcome = impl_->storage().write([&](auto& connection) {
            auto const asker = authorize_own(connection, actor, call, now);
            auto const current = holder(connection, *asker.user);
            if (current.password_hash != account.password_hash) return Change{};
            replace_password(connection, asker, current.user, *new_hash, now);
            throttle.clear(connection, subject.account);
            if (!asker.session) return Change{.done = true};
            sessions_table::replace_token(connection, *asker.session, token.hash);
            return Change{.done = true, .token = token.text};
        });
        if (outcome.done) {
            pending.judged();
            return outcome.token;
        }
        account = impl_->storage().read(held);
    }
    fail(ErrorCode::conflict, "old_password", "changed");
}

void Accounts::request_password_reset(PasswordResetRequest const& request) {
    impl_->refuse_inside_write();
    auto& mailer = impl_->mailer();
    Validation validation;
    auto const email = normalize_email(validation, "email", request.email);
    auto const source =
        validation.text("source", request.source, {.max_bytes = limits::throttle_source_bytes_max});
    validation.check("request_password_reset");

    auto const now = impl_->now();
    auto const subject = impl_->throttle.subject(Throttle::Kind::reset, email->key, source);
    auto const token = make_token(impl_->dependencies.random);
    auto const expires_at = now + impl_->options().password_reset_valid;
    struct Outcome {
        std::optional<Throttle::Refusal> refusal = std::nullopt;
        std::optional<User> addressee = std::nullopt;
    };
    auto const outcome = impl_->storage().write([&](auto& connection) {
        Outcome result{.refusal = impl_->throttle.attempt(connection, subject, now)};
        if (result.refusal) return result;
        auto user = users::find_by_email(connection, email->key);
        if (!may_reset(user)) return result;
        tokens_table::insert(connection, token.hash, user->id, tokens_table::Kind::password_reset,
                             expires_at);
        record(connection, {}, now, "user.password_reset_requested", "user", user->uid);
        result.addressee = std::move(user);
        return result;
    });
    if (outcome.refusal) {
        bool const by_source = outcome.refusal->kind == Throttle::Kind::source;
        fail_throttled(by_source ? "source" : "email", *outcome.refusal);
    }
    if (!outcome.addressee) return;
    send_quietly(mailer, impl_->dependencies.log,
                 {.kind = MailKind::password_reset,
                  .to = *outcome.addressee->email,
                  .display_name = outcome.addressee->display_name,
                  .token = token.text,
                  .token_expires_at = expires_at});
}

void Accounts::reset_password(PasswordReset const& reset) {
    impl_->refuse_inside_write();
    Validation validation;
    auto const hash = hash_of_token(reset.token);
    if (!hash) validation.add("token", "invalid");
    check_password(validation, "new_password", reset.new_password);
    validation.check("reset_password");

    auto const now = impl_->now();
    // Asked first, so that guessed tokens do not cost a password hash each.
    auto const found = impl_->storage().read(
        [&](auto& connection) { return user_of_token(connection, *hash, now); });
    if (!may_reset(found)) fail_token();
    std::optional<Throttle::Key> account;
    if (found->email) account = impl_->throttle.account_key(text::fold(*found->email));
    auto const new_hash = impl_->hasher.hash(reset.new_password);

    impl_->storage().write([&](auto& connection) {
        auto user = user_of_token(connection, *hash, now);
        if (!may_reset(user)) fail_token();
        users::set_password(connection, user->id, new_hash);
        tokens_table::remove_of_user(connection, user->id);
        sessions_table::remove_of_user(connection, user->id);
        if (account) impl_->throttle.clear(connection, *account);
        record(connection, self(*user), now, "user.password_reset", "user", user->uid);
        if (user->state != UserState::invited) return;
        static_cast<void>(users::set_state(connection, user->id, UserState::active, now));
        record(connection, self(*user), now, "user.activated", "user", user->uid);
    });
}

}  // namespace eduplat
