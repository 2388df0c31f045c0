#pragma once

#include "repositories/rows.hpp"

#include <eduplat/core/function_ref.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/learning.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The log of learning, its batches and the courses that wait to be swept.
namespace eduplat::repositories::learning_log {

/// An entry to be made, without its detail.
struct NewEvent {
    Timestamp at;
    std::optional<Timestamp> client_at = std::nullopt;
    std::optional<UserId> user = std::nullopt;
    std::optional<CourseId> course = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;
    std::optional<EnrollmentId> enrollment = std::nullopt;
    LearningKind kind;
    std::optional<std::int64_t> item = std::nullopt;
    std::optional<std::int64_t> a = std::nullopt;
    std::optional<std::int64_t> b = std::nullopt;
    std::optional<std::int64_t> c = std::nullopt;
};

void append(storage::Connection& connection, NewEvent const& event);
/// With a text, of the event's user, that an erasure removes.
void append(storage::Connection& connection, NewEvent const& event, std::string_view detail);

/// Appends many, with one statement that it holds.
class Appender {
  public:
    explicit Appender(storage::Connection& connection);
    void append(NewEvent const& event);

  private:
    storage::Statement statement_;
};

/// At most `limit` entries of a user in a course after `seq`, with their details.
[[nodiscard]] std::vector<LoggedEvent> page(storage::Connection& connection, UserId user,
                                            CourseId course, std::int64_t seq, int limit);

/// All entries of a user in order, without details. `take` makes no statement of this kind.
void replay(storage::Connection& connection, UserId user,
            FunctionRef<void(LoggedEvent const&)> take);

/// From an entry on, learners of an edition have this publication.
struct Published {
    std::int64_t seq;
    CourseId course;
    int edition;
    PublicationId publication;
};
/// All there were after an entry, in order.
[[nodiscard]] std::vector<Published> publications(storage::Connection& connection,
                                                  std::int64_t after);

// -- Batches

struct Batch {
    std::string key;
    Digest digest;
    std::vector<std::byte> answer;
};
[[nodiscard]] std::optional<Batch> find_batch(storage::Connection& connection, UserId user,
                                              std::string_view key);
void add_batch(storage::Connection& connection, UserId user, Batch const& batch, Timestamp at);

[[nodiscard]] std::optional<Digest> find_chunk(storage::Connection& connection,
                                               std::string_view key, std::int64_t chunk);
void add_chunk(storage::Connection& connection, std::string_view key, std::int64_t chunk,
               Digest const& digest, Timestamp at);

// -- Sweeps

struct Sweep {
    CourseId course;
    EnrollmentId after;
};
/// Has all learners of a course looked at, from the first on.
void start_sweep(storage::Connection& connection, CourseId course);
[[nodiscard]] std::optional<Sweep> next_sweep(storage::Connection& connection);
void move_sweep(storage::Connection& connection, Sweep const& sweep);
void end_sweep(storage::Connection& connection, CourseId course);

/// Has one learner looked at.
void await_check(storage::Connection& connection, EnrollmentId enrollment);
/// At most `limit` learners who wait for that, in order.
[[nodiscard]] std::vector<EnrollmentId> next_checks(storage::Connection& connection, int limit);
void end_check(storage::Connection& connection, EnrollmentId enrollment);

}  // namespace eduplat::repositories::learning_log
