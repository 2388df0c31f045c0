#pragma once

#include <eduplat/core/error.hpp>

#include <string_view>

struct sqlite3;

namespace SQLite {
class Exception;
}

namespace eduplat::storage {

/// What a result code of SQLite means to a caller. `extended_code` as sqlite3_extended_errcode
/// gives it.
[[nodiscard]] Error to_error(int extended_code, std::string_view message);

[[nodiscard]] Error to_error(SQLite::Exception const& exception);

/// Throws what went wrong last on `database`.
[[noreturn]] void throw_last_error(sqlite3* database);

}  // namespace eduplat::storage
