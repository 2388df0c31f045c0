#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/errors.hpp"
#include "storage/sqlite/files.hpp"
#include "storage/sqlite/maintenance.hpp"

#include <eduplat/core/error.hpp>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

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

/// "<destination>.part", which only one backup at a time has; gone unless it was published.
class PartFile {
  public:
    explicit PartFile(std::string const& destination) : path_(destination + ".part") {
        int const flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
        descriptor_ = ::open(path_.c_str(), flags, 0600);
        if (descriptor_ < 0) refuse("cannot_open", std::generic_category().message(errno));
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor_);
            refuse("locked", "another backup writes it");
        }
        // What a killed backup left is not continued.
        if (::ftruncate(descriptor_, 0) != 0) refuse("cannot_open", "cannot be emptied");
    }
    PartFile(PartFile const&) = delete;
    PartFile& operator=(PartFile const&) = delete;
    ~PartFile() {
        if (!published_) remove_file(path_);
        ::close(descriptor_);
    }

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

    [[nodiscard]] bool publish_as(std::string const& destination) {
        sync_file(path_);
        published_ = publish_file(path_, destination);
        return published_;
    }

  private:
    [[noreturn]] void refuse(std::string_view rule, std::string_view why) const {
        throw Error(ErrorCode::unavailable, fmt::format("{}: {}", path_, why),
                    {{"destination", std::string{rule}, {}}});
    }

    std::string path_;
    int descriptor_ = -1;
    bool published_ = false;
};

void copy_pages(SqliteConnection& source, std::string const& part, std::string const& vfs) {
    // The snapshot must span all steps: a backup without it starts over whenever somebody writes.
    Snapshot const snapshot{source};
    SqliteConnection target{part, Access::create, 0ms, vfs};
    try {
        SQLite::Backup backup{target.database(), source.database()};
        backup.executeStep(-1);
    } catch (SQLite::Exception const& e) {
        throw to_error(e);
    }
}

void verify_copy(std::string const& part, std::string const& vfs) {
    SqliteConnection copy{part, Access::write, 0ms, vfs};
    auto const report = check_school(copy);
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
    if (destination.empty() || destination.find('\0') != std::string_view::npos) {
        fail(ErrorCode::invalid_argument, "destination", "malformed");
    }
    std::string const target{destination};
    if (exists(target)) refuse_existing();
    PartFile part{target};
    copy_pages(source, part.path(), vfs);
    verify_copy(part.path(), vfs);
    if (!part.publish_as(target)) refuse_existing();
}

}  // namespace eduplat::storage
