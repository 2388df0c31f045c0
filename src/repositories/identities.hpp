#pragma once

#include <eduplat/domain/session.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <string_view>
#include <vector>

/// The table of identities: accounts at hosts' own sign-in systems.
namespace eduplat::repositories::identities {

/// False if the identity is linked already.
[[nodiscard]] bool insert(storage::Connection& connection, Identity const& identity);

[[nodiscard]] std::optional<UserId> find_user(storage::Connection& connection,
                                              std::string_view issuer, std::string_view subject);

/// At most `limit` identities of a user by issuer and subject, after those given.
[[nodiscard]] std::vector<Identity> page(storage::Connection& connection, UserId user,
                                         std::string_view after_issuer,
                                         std::string_view after_subject, int limit);

/// False if it was not linked to this user.
[[nodiscard]] bool remove(storage::Connection& connection, UserId user, std::string_view issuer,
                          std::string_view subject);

}  // namespace eduplat::repositories::identities
