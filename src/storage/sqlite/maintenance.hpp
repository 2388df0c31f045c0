#pragma once

#include <eduplat/storage/storage.hpp>

#include <string>
#include <string_view>

namespace eduplat::storage {

class SqliteConnection;

/// Reads all of the school on one snapshot and reports what is broken.
[[nodiscard]] CheckReport check_school(SqliteConnection& connection);

/// Copies one snapshot of `source` to a new file. See Storage::backup_to.
void backup_school(SqliteConnection& source, std::string_view destination, std::string const& vfs);

}  // namespace eduplat::storage
