#include "repositories/sessions.hpp"
#include "services/accounts_impl.hpp"
#include "services/password_rules.hpp"

#include <eduplat/core/limits.hpp>

#include <array>
#include <chrono>
#include <utility>

namespace eduplat {

namespace sessions_table = repositories::sessions;
namespace users = repositories::users;

namespace {

/// Credentials as they are compared and stored.
struct Attempt {
    Email email;
    std::string source;
    std::string label;
};

Attempt checked(Credentials const& credentials) {
    Validation validation;
    auto email = normalize_email(validation, "email", credentials.email);
    auto source = validation.text("source", credentials.source,
                                  {.max_bytes = limits::throttle_source_bytes_max});
    auto label =
        validation.text("label", credentials.label, {.max_bytes = limits::session_label_bytes_max});
    check_given_password(validation, "password", credentials.password);
    validation.check("sign_in");
    return {*std::move(email), std::move(source), std::move(label)};
}

/// What an attempt found before its password was compared.
struct Found {
    std::optional<Throttle::Refusal> refusal = std::nullopt;
    std::optional<users::WithPassword> account = std::nullopt;
};

/// Compares in about the same time whether there is an account with a password or not. Where the
/// hash was made at another cost, its own time comes on top.
bool is_right(PasswordHasher& hasher, std::optional<users::WithPassword> const& account,
              std::string_view password) {
    bool const has_hash = account && account->password_hash;
    if (has_hash && hasher.verify(*account->password_hash, password)) return true;
    if (!has_hash || hasher.needs_rehash(*account->password_hash)) hasher.verify_dummy(password);
    return false;
}

/// How often a password is compared if its hash keeps changing.
constexpr int comparisons_max = 3;

}  // namespace

std::string_view name(SignInFailure reason) noexcept {
    constexpr std::array<std::string_view, 3> names{"wrong_credentials", "throttled", "suspended"};
    auto const place = static_cast<std::size_t>(reason);
    return place < names.size() ? names[place] : std::string_view{};
}

SignedIn const& SignIn::operator*() const {
    if (!signed_in_) fail(ErrorCode::failed_precondition, "sign_in", name(reason_));
    return *signed_in_;
}

SignIn Accounts::sign_in(Credentials const& credentials) {
    impl_->refuse_inside_write();
    auto const attempt = checked(credentials);
    auto const now = impl_->now();
    auto& throttle = impl_->throttle;
    auto const subject =
        throttle.subject(Throttle::Kind::account, attempt.email.key, attempt.source);
    // Most attempts under a lock-out end here, without a write.
    auto refusal = impl_->storage().read(
        [&](auto& connection) { return throttle.refusal(connection, subject, now); });
    if (refusal) return {SignInFailure::throttled, refusal->wait};

    auto const found = impl_->storage().write([&](auto& connection) {
        Found result{.refusal = throttle.attempt(connection, subject, now)};
        if (!result.refusal) {
            result.account = users::find_with_password(connection, attempt.email.key);
        }
        return result;
    });
    if (found.refusal) return {SignInFailure::throttled, found.refusal->wait};

    Throttle::Pending pending{throttle, subject};
    auto account = found.account;
    for (int compared = 0; compared < comparisons_max; ++compared) {
        if (!is_right(impl_->hasher, account, credentials.password)) {
            pending.judged();
            return SignInFailure::wrong_credentials;
        }
        auto answer =
            impl_->open_session(*account, subject, credentials.password, attempt.label, now);
        if (answer) {
            pending.judged();
            return *std::move(answer);
        }
        // The hash changed meanwhile: another sign-in made it anew, or the password is another.
        account = impl_->storage().read([&](auto& connection) {
            return users::find_with_password(connection, found.account->user.id);
        });
    }
    fail(ErrorCode::conflict, "password", "changed");
}

std::optional<SignIn> Accounts::Impl::open_session(users::WithPassword const& account,
                                                   Throttle::Subject const& subject,
                                                   std::string_view password,
                                                   std::string_view label, Timestamp now) const {
    std::optional<std::string> new_hash;
    if (hasher.needs_rehash(*account.password_hash)) new_hash = hasher.hash(password);
    auto const token = make_token(dependencies.random);
    auto const absolute_end = now + options().session_absolute_max;
    auto const uid = new_uid();
    return storage().write([&](auto& connection) -> std::optional<SignIn> {
        auto const current = users::find_with_password(connection, account.user.id);
        if (!current || current->password_hash != account.password_hash) return std::nullopt;
        throttle.succeeded(connection, subject);
        if (current->user.state != UserState::active) return SignInFailure::suspended;
        if (new_hash) users::set_password(connection, current->user.id, *new_hash);
        auto const session =
            sessions_table::insert(connection, {.uid = uid,
                                                .user = current->user.id,
                                                .token_hash = token.hash,
                                                .label = std::string{label},
                                                .created_at = now,
                                                .expires_at = session_end(now, absolute_end),
                                                .absolute_expires_at = absolute_end});
        record(connection, self(current->user), now, "session.opened", "session", uid);
        return SignedIn{Actor{current->user.id, session.id}, token.text, session};
    });
}

}  // namespace eduplat
