#pragma once

#include <eduplat/domain/course.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Reviews, and for each course how many there are and their stars together.
namespace eduplat::repositories::reviews {

/// The place after which a page begins: the keys of the review before it.
struct Before {
    std::int64_t created_at;
    std::int64_t user;
};

[[nodiscard]] std::optional<Review> find(storage::Connection& connection, CourseId course,
                                         UserId user);
/// At most `limit`, newest first.
[[nodiscard]] std::vector<Review> page(storage::Connection& connection, CourseId course,
                                       Before const& before, int limit);

/// `before` is the user's review that this one replaces.
void save(storage::Connection& connection, CourseId course, UserId user, int rating,
          std::string_view body, std::optional<Review> const& before, Timestamp at);
void remove(storage::Connection& connection, Review const& review);

}  // namespace eduplat::repositories::reviews
