#pragma once

#include "repositories/throttles.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/ports/random.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/storage/storage.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace eduplat {

/// Counts attempts per account and per source, and says when there were too many.
///
/// An attempt is counted before it is judged, so that guesses made side by side cannot slip
/// through, and taken back if it turns out right. Accounts are counted by address, whether they
/// exist or not. Thread safety: all members may be called from any thread.
class Throttle {
  public:
    using Kind = repositories::throttles::Kind;
    using Key = repositories::Digest;

    /// What one attempt is counted under.
    struct Subject {
        Kind kind = Kind::account;  ///< account or reset
        Key account = {};
        std::optional<Key> source = std::nullopt;
    };

    /// Why and how long an attempt has to wait.
    struct Refusal {
        Kind kind;
        std::chrono::seconds wait;  ///< at least one
    };

    /// A counted attempt that is being judged. If it ends without judgement, by an exception, its
    /// count is taken back. Others that are refused only because of such attempts wait for a
    /// second, not for the end of the window.
    class Pending {
      public:
        Pending(Throttle& throttle, Subject const& subject);
        Pending(Pending const&) = delete;
        Pending& operator=(Pending const&) = delete;
        ~Pending();

        void judged() noexcept { judged_ = true; }

      private:
        Throttle& throttle_;
        Subject subject_;
        bool judged_ = false;
    };

    Throttle(storage::Storage& storage, Random& random, AccountOptions const& options)
        : storage_(&storage), random_(&random), options_(options) {}

    /// `source` may be empty. May write, once in the life of a school.
    [[nodiscard]] Subject subject(Kind kind, std::string_view email_key, std::string_view source);

    /// The key an account's attempts are counted under.
    [[nodiscard]] Key account_key(std::string_view email_key);

    [[nodiscard]] std::optional<Refusal> refusal(storage::Connection& connection,
                                                 Subject const& subject, Timestamp now) const;

    /// Counts an attempt unless it is refused.
    [[nodiscard]] std::optional<Refusal> attempt(storage::Connection& connection,
                                                 Subject const& subject, Timestamp now) const;

    /// The attempt was right: the account's count ends, the source's loses this one.
    void succeeded(storage::Connection& connection, Subject const& subject) const;

    /// Ends all counts of the account.
    void clear(storage::Connection& connection, Key const& account) const;

    /// The same for an address, whose key `email_key` is, in any transaction.
    void clear_address(storage::Connection& connection, std::string_view email_key) const;

  private:
    using Salt = repositories::throttles::Salt;

    [[nodiscard]] Salt salt();
    [[nodiscard]] std::optional<Refusal> refusal_of(storage::Connection& connection, Kind kind,
                                                    Key const& key, Timestamp now) const;
    [[nodiscard]] int failures_max(Kind kind) const noexcept;

    [[nodiscard]] std::int64_t pending(Kind kind, Key const& key) const;
    void add_pending(Subject const& subject);
    void remove_pending(Subject const& subject) noexcept;
    void take_back(Subject const& subject) noexcept;

    storage::Storage* storage_;
    Random* random_;
    AccountOptions options_;
    mutable std::mutex mutex_;
    std::optional<Salt> salt_;                     // guarded by mutex_
    std::multiset<std::pair<Kind, Key>> pending_;  // guarded by mutex_
};

}  // namespace eduplat
