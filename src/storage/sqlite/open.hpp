#pragma once

#include "storage/sqlite/migrations.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <chrono>
#include <memory>
#include <span>

namespace eduplat::storage {

/// How long a group commit takes in more members; its first waits so long for its commit.
inline constexpr std::chrono::milliseconds group_time_max_default{50};

/// open_sqlite() with another chain of migrations or another time of groups, for tests of the
/// machinery.
[[nodiscard]] std::unique_ptr<Storage> open_school(
    SqliteOptions const& options, std::span<Migration const> migrations,
    std::chrono::milliseconds group_time_max = group_time_max_default);

}  // namespace eduplat::storage
