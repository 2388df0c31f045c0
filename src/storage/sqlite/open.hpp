#pragma once

#include "storage/sqlite/migrations.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <memory>
#include <span>

namespace eduplat::storage {

/// open_sqlite() with another chain of migrations, for tests of the machinery.
[[nodiscard]] std::unique_ptr<Storage> open_school(SqliteOptions const& options,
                                                   std::span<Migration const> migrations);

}  // namespace eduplat::storage
