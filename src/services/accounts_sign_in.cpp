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

/// Compares in about the same time whether there is an account with a password or not.
bool is_right(PasswordHasher& hasher, std::optional<users::WithPassword> const& account,
              std::string_view password) {
    if (account && account->password_hash) return hasher.verify(*account->password_hash, password);
    hasher.verify_dummy(password);
    return false;
}

}  // namespace

std::string_view name(SignInFailure reason) noexcept {
    constexpr std::array<std::string_view, 3> names{"wrong_credentials", "throttled", "suspended"};
    return names[static_cast<std::size_t>(reason)];
}

SignedIn const& SignIn::operator*() const {
    if (!signed_in_) fail(ErrorCode::failed_precondition, "sign_in", name(reason_));
    return *signed_in_;
}

SignIn Accounts::sign_in(Credentials const& credentials) {
    impl_->refuse_inside_write();
    auto attempt = checked(credentials);
    auto const& throttle = impl_->throttle;
    auto const subject =
        impl_->throttle.subject(Throttle::Kind::account, attempt.email.key, attempt.source);
    auto const now = impl_->now();
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
    if (!is_right(impl_->hasher, found.account, credentials.password)) {
        return SignInFailure::wrong_credentials;
    }

    auto const& hash = *found.account->password_hash;
    std::optional<std::string> new_hash;
    if (impl_->hasher.needs_rehash(hash)) new_hash = impl_->hasher.hash(credentials.password);
    auto token = make_token(impl_->dependencies.random);
    auto const absolute_end = now + impl_->options().session_absolute_max;
    auto const uid = impl_->new_uid();
    return impl_->storage().write([&](auto& connection) -> SignIn {
        auto const current = users::find_with_password(connection, found.account->user.id);
        if (!current || current->password_hash != hash) return SignInFailure::wrong_credentials;
        throttle.succeeded(connection, subject);
        if (current->user.state != UserState::active) return SignInFailure::suspended;
        if (new_hash) users::set_password(connection, current->user.id, *new_hash);
        auto const session =
            sessions_table::insert(connection, {.uid = uid,
                                                .user = current->user.id,
                                                .token_hash = token.hash,
                                                .label = attempt.label,
                                                .created_at = now,
                                                .expires_at = impl_->session_end(now, absolute_end),
                                                .absolute_expires_at = absolute_end});
        record(connection, self(current->user), now, "session.opened", "session", uid);
        return SignedIn{Actor{current->user.id, session.id}, token.text, session};
    });
}

}  // namespace eduplat
