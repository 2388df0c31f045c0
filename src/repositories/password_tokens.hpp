#pragma once

#include "repositories/rows.hpp"

#include <eduplat/domain/actor.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

/// The table of single-use tokens that set a password.
namespace eduplat::repositories::password_tokens {

enum class Kind : std::uint8_t { invitation, password_reset };

[[nodiscard]] std::string_view name(Kind kind) noexcept;

void insert(storage::Connection& connection, Digest const& token_hash, UserId user, Kind kind,
            Timestamp expires_at);

/// Whose password a token sets that ends after `now`.
[[nodiscard]] std::optional<UserId> find_user(storage::Connection& connection,
                                              Digest const& token_hash, Timestamp now);

void remove_of_user(storage::Connection& connection, UserId user);

}  // namespace eduplat::repositories::password_tokens
