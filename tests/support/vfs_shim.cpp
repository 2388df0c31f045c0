#include "support/vfs_shim.hpp"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>
#include <utility>

namespace eduplat::test {

struct VfsShim::State {
    mutable std::mutex mutex;
    std::string name;
    sqlite3_vfs vfs{};
    sqlite3_vfs* real = nullptr;
    std::array<std::array<std::int64_t, 3>, 6> counts{};
    std::optional<FileFault> fault;
    std::int64_t matched = 0;
    std::int64_t failures = 0;
    std::function<void(FileKind)> sync_callback;

    // Counts a call and tells what it must return; SQLITE_OK to let it through.
    int enter(FileCall call, FileKind kind) {
        std::lock_guard const lock{mutex};
        ++counts.at(static_cast<std::size_t>(call)).at(static_cast<std::size_t>(kind));
        if (!fault || fault->call != call || (fault->kind && *fault->kind != kind))
            return SQLITE_OK;
        ++matched;
        bool const past = fault->times != 0 && matched >= fault->from + fault->times;
        if (matched < fault->from || past) return SQLITE_OK;
        if (fault->code == 0) std::raise(SIGKILL);
        ++failures;
        return fault->code;
    }
};

namespace {

// The real file lies in memory right behind this one: sqlite3_vfs.szOsFile asks for room for both.
struct ShimFile {
    sqlite3_file base;
    VfsShim::State* state;
    FileKind kind;
};

ShimFile& shim(sqlite3_file* file) {
    return *reinterpret_cast<ShimFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<ShimFile*>(file) + 1);
}

int close_file(sqlite3_file* file) {
    return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
    int const fault = shim(file).state->enter(FileCall::read, shim(file).kind);
    return fault != SQLITE_OK ? fault : real(file)->pMethods->xRead(real(file), to, amount, offset);
}

int write_file(sqlite3_file* file, void const* from, int amount, sqlite3_int64 offset) {
    int const fault = shim(file).state->enter(FileCall::write, shim(file).kind);
    return fault != SQLITE_OK ? fault
                              : real(file)->pMethods->xWrite(real(file), from, amount, offset);
}

int truncate_to(sqlite3_file* file, sqlite3_int64 size) {
    int const fault = shim(file).state->enter(FileCall::truncate, shim(file).kind);
    return fault != SQLITE_OK ? fault : real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
    auto& state = *shim(file).state;
    int const fault = state.enter(FileCall::sync, shim(file).kind);
    std::function<void(FileKind)> callback;
    {
        std::lock_guard const lock{state.mutex};
        callback = state.sync_callback;
    }
    if (callback) callback(shim(file).kind);
    return fault != SQLITE_OK ? fault : real(file)->pMethods->xSync(real(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved(sqlite3_file* file, int* result) {
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
int control(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    int const fault = shim(file).state->enter(FileCall::shm_map, shim(file).kind);
    return fault != SQLITE_OK
               ? fault
               : real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
    real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: with shared memory, which WAL needs, and without memory mapping, which eduplat turns
// off.
constexpr sqlite3_io_methods io_methods{
    2,         close_file,  read_file,      write_file, truncate_to, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, control,    sector_size, characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,      nullptr,    nullptr};

FileKind kind_of(int flags) {
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return FileKind::db;
    if ((flags & SQLITE_OPEN_WAL) != 0) return FileKind::wal;
    return FileKind::other;
}

VfsShim::State& state_of(sqlite3_vfs* vfs) {
    return *static_cast<VfsShim::State*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, char const* name, sqlite3_file* file, int flags, int* out_flags) {
    auto& state = state_of(vfs);
    file->pMethods = nullptr;
    shim(file).state = &state;
    shim(file).kind = kind_of(flags);
    if (int const fault = state.enter(FileCall::open, shim(file).kind); fault != SQLITE_OK) {
        return fault;
    }
    int const result = state.real->xOpen(state.real, name, real(file), flags, out_flags);
    if (real(file)->pMethods != nullptr) file->pMethods = &io_methods;
    return result;
}

int delete_file(sqlite3_vfs* vfs, char const* name, int sync_folder) {
    auto* const next = state_of(vfs).real;
    return next->xDelete(next, name, sync_folder);
}
int access_file(sqlite3_vfs* vfs, char const* name, int flags, int* result) {
    auto* const next = state_of(vfs).real;
    return next->xAccess(next, name, flags, result);
}
int full_path(sqlite3_vfs* vfs, char const* name, int size, char* out) {
    auto* const next = state_of(vfs).real;
    return next->xFullPathname(next, name, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
    auto* const next = state_of(vfs).real;
    return next->xRandomness(next, size, out);
}
int sleep_for(sqlite3_vfs* vfs, int microseconds) {
    auto* const next = state_of(vfs).real;
    return next->xSleep(next, microseconds);
}
int current_time(sqlite3_vfs* vfs, double* now) {
    auto* const next = state_of(vfs).real;
    return next->xCurrentTime(next, now);
}
int last_error(sqlite3_vfs* vfs, int size, char* text) {
    auto* const next = state_of(vfs).real;
    return next->xGetLastError(next, size, text);
}
int current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* now) {
    auto* const next = state_of(vfs).real;
    return next->xCurrentTimeInt64(next, now);
}

std::string unique_name() {
    static std::atomic<int> number{0};
    return "shim-" + std::to_string(++number);
}

}  // namespace

VfsShim::VfsShim() : state_(std::make_unique<State>()) {
    state_->real = sqlite3_vfs_find(nullptr);
    state_->name = unique_name();
    auto& vfs = state_->vfs;
    vfs.iVersion = 2;
    vfs.szOsFile = static_cast<int>(sizeof(ShimFile)) + state_->real->szOsFile;
    vfs.mxPathname = state_->real->mxPathname;
    vfs.zName = state_->name.c_str();
    vfs.pAppData = state_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep_for;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    vfs.xCurrentTimeInt64 = current_time_int64;
    sqlite3_vfs_register(&vfs, 0);
}

VfsShim::~VfsShim() {
    sqlite3_vfs_unregister(&state_->vfs);
}

std::string const& VfsShim::name() const noexcept {
    return state_->name;
}

std::int64_t VfsShim::count(FileCall call, FileKind kind) const {
    std::lock_guard const lock{state_->mutex};
    return state_->counts.at(static_cast<std::size_t>(call)).at(static_cast<std::size_t>(kind));
}

std::int64_t VfsShim::count(FileCall call) const {
    return count(call, FileKind::db) + count(call, FileKind::wal) + count(call, FileKind::other);
}

void VfsShim::reset_counts() {
    std::lock_guard const lock{state_->mutex};
    state_->counts = {};
}

void VfsShim::inject(FileFault const& fault) {
    std::lock_guard const lock{state_->mutex};
    state_->fault = fault;
    state_->matched = 0;
    state_->failures = 0;
}

void VfsShim::heal() {
    std::lock_guard const lock{state_->mutex};
    state_->fault.reset();
}

std::int64_t VfsShim::failures() const {
    std::lock_guard const lock{state_->mutex};
    return state_->failures;
}

void VfsShim::on_sync(std::function<void(FileKind)> callback) {
    std::lock_guard const lock{state_->mutex};
    state_->sync_callback = std::move(callback);
}

}  // namespace eduplat::test
