#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <vector>

/// Which courses may be recommended to somebody.
namespace eduplat::repositories::recommendable {

/// Those of at most a page's courses that the user, or a guest, could take now: published, with a
/// seat, required courses completed; neither enrolled in (unless that was revoked and can be bought
/// again), nor ordered, nor taught by him. In the order of ids. One statement.
[[nodiscard]] std::vector<CourseId> among(storage::Connection& connection,
                                          std::vector<CourseId> const& courses,
                                          std::optional<UserId> user, Timestamp now);

/// Those of at most a page's courses that the user can see: published, or his. In the order of ids.
[[nodiscard]] std::vector<CourseId> visible(storage::Connection& connection,
                                            std::vector<CourseId> const& courses, UserId user);

/// Published courses that may be younger than a recommender: the `limit` that were published last,
/// and the `limit` that the school has known for the shortest time, which differ where drafts wait
/// and history is imported. Newest first by id.
[[nodiscard]] std::vector<CourseId> latest(storage::Connection& connection, int limit);

struct Popular {
    CourseId course;
    double weight;
};
/// At most `limit` such courses, those with the most seats taken first. It reads all published
/// courses: for schools without a recommender.
[[nodiscard]] std::vector<Popular> most_taken(storage::Connection& connection,
                                              std::optional<UserId> user, Timestamp now, int limit);

}  // namespace eduplat::repositories::recommendable
