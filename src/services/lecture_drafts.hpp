#pragma once

#include <eduplat/services/courses_types.hpp>
#include <eduplat/storage/storage.hpp>

#include <span>
#include <vector>

/// The making of lectures and their versions, inside a transaction of the caller's.
namespace eduplat {

/// How many recordings have no media of their own yet.
[[nodiscard]] std::size_t recordings_without_media(std::vector<Item> const& items) noexcept;

/// Gives each recording without media that of an equal item (kind, address, duration) of the
/// version before, every one once, else the next of `fresh`, which has enough of them.
[[nodiscard]] std::vector<Item> with_media(std::vector<Item> items, std::vector<Item> const& before,
                                           std::span<Uid const> fresh);

/// Refuses prerequisites of a lecture that are not in its course's draft, and those by which a
/// lecture would wait for itself. Errors: not_found (field "prerequisites", rule "unknown"),
/// invalid_argument (field "prerequisites" or "release", rule "cycle").
void check_order(storage::Connection& connection, Lecture const& lecture);

/// Puts lectures of a course that were removed back, each at the end of its section, or before all
/// sections if that is gone. What they waited for and is gone, they wait for no more. Errors:
/// resource_exhausted (field "lectures", rule "too_many", limit).
void restore_drafts(storage::Connection& connection, std::vector<Lecture> const& removed,
                    Timestamp now);

}  // namespace eduplat
