#pragma once

#include <eduplat/domain/user.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Lists of users, and the words by which they are found.
namespace eduplat::repositories::members {

/// The place after which a page begins: the keys of the row before it.
struct After {
    std::string name_key = {};
    std::int64_t id = 0;
};

struct Filter {
    std::optional<Role> role = std::nullopt;
    std::optional<UserState> state = std::nullopt;
    /// Beginnings of words that all must occur, at most four.
    std::vector<std::string> terms = {};
};

struct Member {
    User user;
    std::string name_key;
};

/// At most `limit` users by name. One statement, with terms two.
[[nodiscard]] std::vector<Member> page(storage::Connection& connection, Filter const& filter,
                                       After const& after, int limit);

/// Makes a user found by exactly these words.
void add_terms(storage::Connection& connection, UserId user, std::vector<std::string> const& terms);
void remove_terms(storage::Connection& connection, UserId user);

}  // namespace eduplat::repositories::members
