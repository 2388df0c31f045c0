#pragma once

#include "repositories/rows.hpp"

#include <eduplat/domain/journal.hpp>
#include <eduplat/storage/storage.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The journal and its erasable details.
namespace eduplat::repositories::journal {

struct NewEntry {
    Timestamp at;
    ActorKind actor_kind;
    std::optional<Uid> actor;
    std::string_view action;
    std::string_view object_kind;
    Uid object;
    std::optional<Digest> digest = std::nullopt;  ///< salted, of the detail, where there is one
};

/// Personal detail of an entry, which goes when the person goes.
struct Detail {
    UserId user;
    std::array<std::byte, 16> salt;
    std::string_view text;
};

void add(storage::Connection& connection, NewEntry const& entry);
/// The same, and returns the entry's number, which costs more.
std::int64_t append(storage::Connection& connection, NewEntry const& entry);
void append_detail(storage::Connection& connection, std::int64_t seq, Detail const& detail);

/// At most `limit` entries with numbers above `seq`, in order.
[[nodiscard]] std::vector<JournalEntry> changes_since(storage::Connection& connection,
                                                      std::int64_t seq, int limit);

}  // namespace eduplat::repositories::journal
