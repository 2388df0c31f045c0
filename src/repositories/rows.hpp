#pragma once

#include <eduplat/core/error.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/storage/storage.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

/// What all repositories need to read rows.
namespace eduplat::repositories {

/// A hash as stored: of a token, of a throttled name, of a journal entry's detail.
using Digest = std::array<std::byte, 32>;

/// Errors: data_loss if the column does not hold 32 bytes.
[[nodiscard]] inline Digest read_digest(storage::Statement const& row, int column) {
    auto const bytes = row.blob(column);
    Digest digest{};
    if (bytes.size() != digest.size()) fail(ErrorCode::data_loss, "digest", "malformed");
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

[[nodiscard]] inline int read_int(storage::Statement const& row, int column) {
    return static_cast<int>(row.int64(column));
}

[[nodiscard]] inline std::optional<int> optional_int(storage::Statement const& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return read_int(row, column);
}

/// What a column's text names. Errors: data_loss if it names nothing.
template <class Value>
[[nodiscard]] Value known(std::optional<Value> value, std::string_view column) {
    if (!value) fail(ErrorCode::data_loss, column, "unknown_value");
    return *value;
}

inline constexpr std::array<std::string_view, 3> actor_kind_names{"guest", "user", "system"};

[[nodiscard]] constexpr std::string_view name_of(ActorKind kind) noexcept {
    return actor_kind_names[static_cast<std::size_t>(kind)];
}

/// Errors: data_loss if the column names no kind.
[[nodiscard]] inline ActorKind read_actor_kind(storage::Statement const& row, int column) {
    auto const* const found =
        std::find(actor_kind_names.begin(), actor_kind_names.end(), row.text(column));
    if (found == actor_kind_names.end()) fail(ErrorCode::data_loss, "actor_kind", "unknown_value");
    return static_cast<ActorKind>(found - actor_kind_names.begin());
}

}  // namespace eduplat::repositories
