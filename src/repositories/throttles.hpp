#pragma once

#include "repositories/rows.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/storage/storage.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// The table of failed attempts, counted in windows of fixed length, and the school's salt under
/// which names are hashed there.
namespace eduplat::repositories::throttles {

enum class Kind : std::uint8_t {
    account,  ///< attempts at an account's password
    source,   ///< attempts from one place, of any kind
    reset,    ///< requests to reset an account's password
};

[[nodiscard]] std::string_view name(Kind kind) noexcept;

struct Count {
    std::int64_t failures;
    Timestamp window_ends_at;
};

/// What was counted in a window that has not ended at `now`, when one that begins ends at
/// `window_ends_at`. A window that lies ahead because the clock was set back has ended.
[[nodiscard]] std::optional<Count> find(storage::Connection& connection, Kind kind,
                                        Digest const& key, Timestamp now, Timestamp window_ends_at);

/// Counts an attempt, in a new window up to `window_ends_at` if none is open at `now`.
[[nodiscard]] Count count(storage::Connection& connection, Kind kind, Digest const& key,
                          Timestamp now, Timestamp window_ends_at);

/// Takes one attempt back.
void forgive(storage::Connection& connection, Kind kind, Digest const& key);
void remove(storage::Connection& connection, Kind kind, Digest const& key);

using Salt = std::array<std::byte, 32>;

[[nodiscard]] std::optional<Salt> find_salt(storage::Connection& connection);
/// Keeps `candidate` unless there is a salt already. Returns the one that holds.
[[nodiscard]] Salt keep_salt(storage::Connection& connection, Salt const& candidate);

}  // namespace eduplat::repositories::throttles
