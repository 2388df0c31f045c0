#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The table of periodic work. A job is run by whoever holds its lease. The lease is known by its
/// end: while the clock goes forward it is later than that of any lease of the job before.
namespace eduplat::repositories::jobs {

/// Enters a job that is not known yet, due at `due_at`.
void add(storage::Connection& connection, std::string_view name, Timestamp due_at);

/// Makes a job due at `at`, if it is not due before; also one that is being run: it is run again.
void make_due(storage::Connection& connection, std::string_view name, Timestamp at);

/// When a job is due, and until when somebody has it.
struct Entry {
    std::string name;
    Timestamp due_at;
    std::optional<Timestamp> leased_until = std::nullopt;
};

/// The longest due first.
[[nodiscard]] std::vector<Entry> all(storage::Connection& connection);

[[nodiscard]] std::optional<Entry> find(storage::Connection& connection, std::string_view name);

/// Leases a job until `until`, whoever had it. Whether it is to be had is for the caller to find
/// out, in the same transaction. A job whose holder dies is due again when the lease ends.
void lease(storage::Connection& connection, std::string_view name, Timestamp until);

/// Moves the end of a lease; false if it was lost.
[[nodiscard]] bool renew(storage::Connection& connection, std::string_view name, Timestamp lease,
                         Timestamp until);

/// How a holder gives a job back.
struct End {
    Timestamp lease;
    Timestamp next_due_at;  ///< unless it was made due meanwhile
    std::optional<Timestamp> finished_at = std::nullopt;
    std::optional<std::string> error = std::nullopt;
};
void release(storage::Connection& connection, std::string_view name, End const& end);

/// Deletes up to `rows_max` each of the sessions, single-use tokens and counts of failed attempts
/// that have ended at `at`. Returns whether there may be more.
[[nodiscard]] bool delete_expired(storage::Connection& connection, Timestamp at,
                                  std::int64_t rows_max);

}  // namespace eduplat::repositories::jobs
