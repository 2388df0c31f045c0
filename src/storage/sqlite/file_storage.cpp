#include "storage/sqlite/file_storage.hpp"

#include "storage/sqlite/frame.hpp"
#include "storage/sqlite/maintenance.hpp"

#include <eduplat/core/error.hpp>

namespace eduplat::storage {

FileStorage::FileStorage(std::string path, SqliteOptions options, Access access,
                         std::unique_ptr<FileLock> lock, int schema_version,
                         std::chrono::milliseconds group_time_max)
    : path_(std::move(path)),
      options_(std::move(options)),
      access_(access),
      schema_version_(schema_version),
      lock_(std::move(lock)),
      readers_(std::make_unique<ReaderPool>(path_, access, options_)) {
    if (options_.read_only) return;
    writer_ = std::make_unique<Writer>(this, path_, *lock_, options_, group_time_max);
}

FileStorage::~FileStorage() {
    if (lock_->forked()) {  // the connections are the parent's: to close one here could empty its
                            // WAL
        static_cast<void>(readers_.release());
        static_cast<void>(writer_.release());
        return;
    }
    readers_.reset();
    if (writer_) writer_->close();
}

void FileStorage::run_read(FunctionRef<void(Connection&)> fn) {
    lock_->refuse_if_forked();
    if (auto* const frame = Frame::of(this)) return fn(frame->connection());
    readers_->read(this, fn);
}

void FileStorage::run_write(FunctionRef<void(Connection&)> fn, RunOn run_on) {
    lock_->refuse_if_forked();
    if (!writer_) fail(ErrorCode::failed_precondition, "path", "read_only");
    auto* const frame = Frame::of(this);
    if (frame == nullptr) return writer_->write(fn, run_on);
    if (!frame->writes()) fail(ErrorCode::failed_precondition, "transaction", "read_only");
    frame->connection().run_in_savepoint(fn, true);
}

bool FileStorage::in_write() const noexcept {
    auto const* const frame = Frame::of(this);
    return frame != nullptr && frame->writes();
}

void FileStorage::refuse_inside_transaction() const {
    lock_->refuse_if_forked();
    if (Frame::of(this) != nullptr) {
        fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
    }
}

std::unique_ptr<SqliteConnection> FileStorage::separate_reader() const {
    return std::make_unique<SqliteConnection>(path_, access_, options_.busy_timeout, options_.vfs);
}

CheckReport FileStorage::check() {
    refuse_inside_transaction();
    return check_school(*separate_reader());
}

void FileStorage::backup_to(std::string_view destination) {
    refuse_inside_transaction();
    backup_school(*separate_reader(), destination, options_.vfs);
}

bool FileStorage::scrub() {
    refuse_inside_transaction();
    if (!writer_) fail(ErrorCode::failed_precondition, "path", "read_only");
    return writer_->scrub();
}

Statistics FileStorage::statistics() const {
    Statistics statistics;
    statistics.statements = readers_->statements_run();
    statistics.reads = readers_->reads();
    if (writer_) {
        statistics.statements += writer_->statements_run();
        statistics.writes = writer_->writes();
        statistics.commits = writer_->commits();
        statistics.checkpoints = writer_->checkpoints();
    }
    return statistics;
}

}  // namespace eduplat::storage
