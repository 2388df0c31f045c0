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

// Without a salt nothing was counted yet.
void Throttle::clear_address(storage::Connection& connection, std::string_view email_key) const {
    auto const salt = throttles::find_salt(connection);
    if (salt) clear(connection, salted_hash(*salt, email_key));
}

Throttle::Pending::Pending(Throttle& throttle, Subject const& subject)
    : throttle_(throttle), subject_(subject) {
    throttle_.add_pending(subject_);
}

Throttle::Pending::~Pending() {
    if (!judged_) throttle_.take_back(subject_);
    throttle_.remove_pending(subject_);
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
    auto const window_ends_at = now + options_.throttle_window;
    auto const counted = throttles::find(connection, kind, key, now, window_ends_at);
    if (!counted || counted->failures < failures_max(kind)) return std::nullopt;
    if (counted->failures - pending(kind, key) < failures_max(kind)) {
        return Refusal{kind, std::chrono::seconds{1}};
    }
    auto const wait = std::chrono::ceil<std::chrono::seconds>(counted->window_ends_at - now);
    return Refusal{kind, std::max(wait, std::chrono::seconds{1})};
}

int Throttle::failures_max(Kind kind) const noexcept {
    return kind == Kind::source ? options_.throttle_source_failures_max
                                : options_.throttle_account_failures_max;
}

std::int64_t Throttle::pending(Kind kind, Key const& key) const {
    std::lock_guard const lock{mutex_};
    return static_cast<std::int64_t>(pending_.count({kind, key}));
}

void Throttle::add_pending(Subject const& subject) {
    std::lock_guard const lock{mutex_};
    auto const account = pending_.emplace(subject.kind, subject.account);
    if (!subject.source) return;
    try {
        pending_.emplace(Kind::source, *subject.source);
    } catch (...) {
        pending_.erase(account);
        throw;
    }
}

void Throttle::remove_pending(Subject const& subject) noexcept {
    std::lock_guard const lock{mutex_};
    auto const remove_one = [this](Kind kind, Key const& key) {
        auto const found = pending_.find({kind, key});
        if (found != pending_.end()) pending_.erase(found);
    };
    remove_one(subject.kind, subject.account);
    if (subject.source) remove_one(Kind::source, *subject.source);
}

void Throttle::take_back(Subject const& subject) noexcept {
    try {
        storage_->write([&](auto& connection) {
            throttles::forgive(connection, subject.kind, subject.account);
            if (subject.source) throttles::forgive(connection, Kind::source, *subject.source);
        });
    } catch (...) {  // NOLINT(bugprone-empty-catch): it stays counted, which is the safe side
    }
}

}  // namespace eduplat
