#include "services/throttle.hpp"

#include "services/tokens.hpp"

#include <algorithm>

namespace eduplat {

namespace throttles = repositories::throttles;

Throttle::Subject Throttle::subject(Kind kind, std::string_view email_key,
                                    std::string_view source) {
    auto const salt = this->salt();
    Subject subject{.kind = kind, .account = salted_hash(salt, email_key)};
    if (!source.empty()) subject.source = salted_hash(salt, source);
    return subject;
}

Throttle::Key Throttle::account_key(std::string_view email_key) {
    return salted_hash(salt(), email_key);
}

std::optional<Throttle::Refusal> Throttle::refusal(storage::Connection& connection,
                                                   Subject const& subject, Timestamp now) const {
    if (auto refused = refusal_of(connection, subject.kind, subject.account, now)) return refused;
    if (!subject.source) return std::nullopt;
    return refusal_of(connection, Kind::source, *subject.source, now);
}

std::optional<Throttle::Refusal> Throttle::attempt(storage::Connection& connection,
                                                   Subject const& subject, Timestamp now) const {
    if (auto refused = refusal(connection, subject, now)) return refused;
    auto const end = now + options_.throttle_window;
    static_cast<void>(throttles::count(connection, subject.kind, subject.account, now, end));
    if (subject.source) {
        static_cast<void>(throttles::count(connection, Kind::source, *subject.source, now, end));
    }
    return std::nullopt;
}

void Throttle::succeeded(storage::Connection& connection, Subject const& subject) const {
    throttles::remove(connection, subject.kind, subject.account);
    if (subject.source) throttles::forgive(connection, Kind::source, *subject.source);
}

void Throttle::clear(storage::Connection& connection, Key const& account) const {
    throttles::remove(connection, Kind::account, account);
    throttles::remove(connection, Kind::reset, account);
}

// Hosts' writes end in no call that asks for the salt, so a salt that was kept is durable.
Throttle::Salt Throttle::salt() {
    {
        std::lock_guard const lock{mutex_};
        if (salt_) return *salt_;
    }
    auto found = storage_->read([](auto& connection) { return throttles::find_salt(connection); });
    if (!found) {
        Salt candidate{};
        random_->fill(candidate);
        found = storage_->write(
            [&](auto& connection) { return throttles::keep_salt(connection, candidate); });
    }
    std::lock_guard const lock{mutex_};
    salt_ = found;
    return *found;
}

std::optional<Throttle::Refusal> Throttle::refusal_of(storage::Connection& connection, Kind kind,
                                                      Key const& key, Timestamp now) const {
    auto const counted = throttles::find(connection, kind, key, now);
    if (!counted || counted->failures < failures_max(kind)) return std::nullopt;
    auto const wait = std::chrono::ceil<std::chrono::seconds>(counted->window_ends_at - now);
    return Refusal{kind, std::max(wait, std::chrono::seconds{1})};
}

int Throttle::failures_max(Kind kind) const noexcept {
    return kind == Kind::source ? options_.throttle_source_failures_max
                                : options_.throttle_account_failures_max;
}

}  // namespace eduplat
