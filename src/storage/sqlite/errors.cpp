#include "storage/sqlite/errors.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <new>
#include <string>
#include <vector>

namespace eduplat::storage {
namespace {

using enum ErrorCode;

/// "UNIQUE constraint failed: users.email_key" or "...: identities.issuer, identities.subject": the
/// first column names the key.
std::string_view key_in(std::string_view message) {
    auto const colon = message.rfind(": ");
    if (colon == std::string_view::npos) return "key";
    auto const columns = message.substr(colon + 2);
    return columns.substr(0, columns.find(','));
}

Error constraint_error(int extended_code, std::string_view message) {
    switch (extended_code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return Error(already_exists, message, {{std::string{key_in(message)}, "unique", {}}});
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return Error(failed_precondition, message, {{"reference", "foreign_key", {}}});
        case SQLITE_CONSTRAINT_TRIGGER:
            return Error(failed_precondition, message, {{"row", "refused_by_trigger", {}}});
        default:  // CHECK, NOT NULL, a type: the code above the storage should have refused the
                  // value
            return Error(internal, message);
    }
}

Error io_error(int extended_code, std::string_view message) {
    if (extended_code == SQLITE_IOERR_SHORT_READ || extended_code == SQLITE_IOERR_CORRUPTFS) {
        return Error(data_loss, message, {{"path", "corrupt", {}}});
    }
    return Error(unavailable, message, {{"path", "io_error", {}}});
}

}  // namespace

Error to_error(int extended_code, std::string_view message) {
    switch (extended_code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return Error(unavailable, message, {{"path", "busy", {}}});
        case SQLITE_FULL:
            return Error(resource_exhausted, message, {{"path", "disk_full", {}}});
        case SQLITE_CONSTRAINT:
            return constraint_error(extended_code, message);
        case SQLITE_IOERR:
            return io_error(extended_code, message);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Error(data_loss, message, {{"path", "corrupt", {}}});
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Error(failed_precondition, message, {{"path", "read_only", {}}});
        case SQLITE_CANTOPEN:
            return Error(unavailable, message, {{"path", "cannot_open", {}}});
        case SQLITE_TOOBIG:
            return Error(invalid_argument, message, {{"value", "too_long", {}}});
        case SQLITE_INTERRUPT:
            return Error(canceled, message);
        case SQLITE_NOMEM:
            throw std::bad_alloc{};
        default:
            return Error(internal, message);
    }
}

Error to_error(SQLite::Exception const& exception) {
    // Its extended code is -1 where the exception was made without a database at hand.
    int const extended = exception.getExtendedErrorCode();
    return to_error(extended < 0 ? exception.getErrorCode() : extended, exception.what());
}

void throw_last_error(sqlite3* database) {
    throw to_error(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

}  // namespace eduplat::storage
