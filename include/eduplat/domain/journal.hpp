#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace eduplat {

/// Who did what to which object. Entries never change and hold no personal detail: what has to be
/// said of a person lies in an erasable side table, and here only as a salted digest.
struct JournalEntry {
    std::int64_t seq;  ///< grows by time of commit, with gaps
    Timestamp at;
    ActorKind actor_kind;
    std::optional<Uid> actor;  ///< of a user
    std::string action;        ///< "user.registered"
    std::string object_kind;   ///< "user"
    Uid object;
    std::optional<std::array<std::byte, 32>> digest;

    friend bool operator==(JournalEntry const&, JournalEntry const&) = default;
};

}  // namespace eduplat
