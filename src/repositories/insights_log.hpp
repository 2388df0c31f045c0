#pragma once

#include <eduplat/core/function_ref.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/learning.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <vector>

/// The log of learning as a frame of events is made from it, and what tells one log from another.
namespace eduplat::repositories::insights_log {

/// An entry of a user. item, a, b and c are read where events of the kind are told apart by them:
/// opened, watched and answered.
struct Entry {
    UserId user;
    Timestamp at;
    LearningKind kind;
    std::optional<CourseId> course = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;
    std::optional<std::int64_t> item = std::nullopt;
    std::optional<std::int64_t> a = std::nullopt;
    std::optional<std::int64_t> b = std::nullopt;
    std::optional<std::int64_t> c = std::nullopt;
};

/// What of the log was looked at.
struct Piece {
    std::int64_t seq;  ///< of the last entry; the given one if there was none
    int entries;       ///< also those that were not taken
};

/// Whether an entry of a user is a mark that somebody else, or the system, set or took back.
[[nodiscard]] constexpr bool is_mark_of_another(LearningKind kind, UserId user,
                                                std::optional<std::int64_t> b) noexcept {
    return kind == LearningKind::marked && b && *b != user.value();
}

/// At most `limit` entries after `seq`, in order. Entries of no user, marks of another, and entries
/// of a kind that only a newer build knows are looked at but not taken.
[[nodiscard]] Piece read(storage::Connection& connection, std::int64_t seq, int limit,
                         FunctionRef<void(Entry const&)> take);

/// Where the logs of learning and of the school end; 0 where they are empty.
struct Ends {
    std::int64_t seq;
    std::int64_t journal_seq;

    friend bool operator==(Ends const&, Ends const&) = default;
};
[[nodiscard]] Ends ends(storage::Connection& connection);

/// In ascending order.
[[nodiscard]] std::vector<UserId> erased_users(storage::Connection& connection);
/// Whether somebody was erased after an entry of the journal.
[[nodiscard]] bool erased_since(storage::Connection& connection, std::int64_t journal_seq);

/// By which files beside the school know it; none until it is first kept.
[[nodiscard]] std::optional<Uid> find_school_uid(storage::Connection& connection);
/// Keeps `candidate` unless there is one already.
void keep_school_uid(storage::Connection& connection, Uid const& candidate);

/// All numbers of some entries of both logs up to these: of the last ones, and of others evenly
/// spread. Two logs of which one does not begin with the other differ in them, but for a chance
/// that only somebody who makes it so can have.
[[nodiscard]] std::vector<std::int64_t> sample(storage::Connection& connection, Ends const& ends);

}  // namespace eduplat::repositories::insights_log
