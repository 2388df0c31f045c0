#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/errors.hpp"
#include "storage/sqlite/files.hpp"
#include "storage/sqlite/maintenance.hpp"
#include "storage/sqlite/migrations.hpp"

#include <eduplat/core/error.hpp>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace eduplat::storage {
namespace {

using namespace std::chrono_literals;

/// A read transaction that is open, snapshot taken, for as long as this lives.
class Snapshot {
  public:
    explicit Snapshot(SqliteConnection& connection) : connection_(connection) {
        connection_.begin_read();
        static_cast<void>(connection_.query_text("SELECT count(*) FROM sqlite_schema"));
    }
    Snapshot(Snapshot const&) = delete;
    Snapshot& operator=(Snapshot const&) = delete;
    ~Snapshot() { connection_.rollback(); }

  private:
    SqliteConnection& connection_;
};

void copy_pages(SqliteConnection& source, std::string const& part, std::string const& vfs) {
    // The snapshot must span all steps: a backup without it starts over whenever somebody writes.
    Snapshot const snapshot{source};
    SqliteConnection target{part, Access::create, 0ms, vfs};
    try {
        SQLite::Backup backup{target.database(), source.database()};
        if (backup.executeStep(-1) != SQLITE_DONE) {
            fail(ErrorCode::unavailable, "destination", "busy");
        }
    } catch (SQLite::Exception const& e) {
        throw to_error(e);
    }
}

void verify_copy(std::string const& part, int version, std::string const& vfs) {
    SqliteConnection copy{part, Access::write, 0ms, vfs};
    auto report = check_school(copy);
    if (copy.query_int64("PRAGMA application_id") != school_application_id ||
        schema_version_of(copy) != version) {
        report.problems.emplace_back("it is not the school");
    }
    copy.set_checkpoint_on_close(true);  // leaves no -wal beside the copy
    if (!report.ok()) {
        throw Error(ErrorCode::data_loss, "the copy is damaged: " + report.problems.front(),
                    {{"destination", "corrupt", {}}});
    }
}

[[noreturn]] void refuse_existing() {
    fail(ErrorCode::already_exists, "destination", "exists");
}

}  // namespace

CheckReport check_school(SqliteConnection& connection) {
    CheckReport report;
    try {
        Snapshot const snapshot{connection};
        report.problems = connection.query_rows("PRAGMA integrity_check");
        if (report.problems == std::vector<std::string>{"ok"}) report.problems.clear();
        for (auto const& row : connection.query_rows("PRAGMA foreign_key_check")) {
            report.problems.push_back("a reference without its row (table, row, parent, key): " +
                                      row);
        }
    } catch (Error const& e) {
        if (e.code() != ErrorCode::data_loss) throw;
        report.problems.emplace_back(e.message());
    }
    return report;
}

void backup_school(SqliteConnection& source, std::string_view destination, std::string const& vfs) {
    auto const target = resolve_path(std::string{destination}, vfs, "destination");
    // A WAL or journal that stayed behind would be taken for the copy's.
    for (auto const* const suffix : {"", "-wal", "-journal"}) {
        if (exists(target + suffix)) refuse_existing();
    }
    remove_unfinished(target, backup_mark);
    UnfinishedFile part{target, backup_mark};
    copy_pages(source, part.path(), vfs);
    verify_copy(part.path(), schema_version_of(source), vfs);
    if (!part.publish_as(target)) refuse_existing();
}

}  // namespace eduplat::storage
