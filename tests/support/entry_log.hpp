#pragma once

#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace eduplat::test {

/// A workload whose every write can be judged afterwards. Writer w's n-th write, n = 1, 2, ...,
/// adds the parts 0, 1, 2 of entry (w, n) and sets w's counter to n. So a half-written one, a lost
/// one and one written twice all show.
void make_entry_tables(storage::Storage& storage);

struct EntryOptions {
    /// Bytes in each part.
    std::int64_t filler = 64;
    storage::RunOn run_on = storage::RunOn::any_thread;
};

void write_entry(storage::Storage& storage, int writer, std::int64_t n,
                 EntryOptions const& options = {});

/// The last n of a writer; 0 if it has none.
[[nodiscard]] std::int64_t last_entry(storage::Storage& storage, int writer);

/// What is wrong with the entries: half-written ones, gaps, a counter that lags, or fewer than were
/// acknowledged. For each writer, what lies beyond `acknowledged` may be at most `unanswered`
/// writes: those that a killed process had begun.
[[nodiscard]] std::vector<std::string> judge_entries(
    storage::Storage& storage, std::map<int, std::int64_t> const& acknowledged,
    std::int64_t unanswered = 0);

}  // namespace eduplat::test
