#pragma once

#include "storage_contract/engines.hpp"

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace eduplat::test {

using Names = std::set<std::string>;

[[nodiscard]] inline Names files_in(TempDir const& dir) {
    Names names;
    for (auto const& entry : std::filesystem::directory_iterator{dir.path()}) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

/// What a folder holds: names and contents, but for locks and indexes, which only coordinate.
[[nodiscard]] inline Names contents_of(TempDir const& dir) {
    Names contents;
    for (auto const& name : files_in(dir)) {
        if (name.ends_with("-lock") || name.ends_with("-shm")) continue;
        auto const digest = file_digest(dir.file(name));
        contents.insert(std::string{name}.append(" ").append(digest));
    }
    return contents;
}

[[nodiscard]] inline mode_t mode_of(std::string const& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

inline void make_file(std::string const& path, std::string_view bytes = {}) {
    run_program({"touch", "--", path});
    if (!bytes.empty()) overwrite_file(path, 0, bytes);
}

/// Makes a school with items 1 ... `items` in it.
[[nodiscard]] inline std::unique_ptr<storage::Storage> new_school(
    storage::SqliteOptions const& options, int items = 1) {
    auto storage = storage::open_sqlite(options);
    make_tables(*storage);
    storage->write([=](storage::Connection& connection) {
        for (int id = 1; id <= items; ++id)
            add_item(connection, id, "item-" + std::to_string(id));
    });
    return storage;
}

}  // namespace eduplat::test
