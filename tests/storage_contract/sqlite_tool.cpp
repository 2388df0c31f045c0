// What the cases need done in another process: raw SQL, a school held open, a call without the
// rights of root, a death at a chosen moment.
#include "storage_contract/engines.hpp"
#include "storage_contract/synthetic_chain.hpp"

#include <sqlite3.h>
#include <storage/sqlite/connection.hpp>
#include <storage/sqlite/migrations.hpp>
#include <support/vfs_shim.hpp>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;

namespace {

using Arguments = std::vector<std::string>;

// sql PATH SCRIPT [keep-wal | kill]: through SQLite itself, without eduplat.
int run_sql(Arguments const& arguments) {
    sqlite3* database = nullptr;
    if (sqlite3_open(arguments.at(2).c_str(), &database) != SQLITE_OK) return 2;
    auto const print_row = [](void*, int count, char** values, char**) {
        for (int i = 0; i < count; ++i) {
            std::cout << (i > 0 ? "|" : "") << (values[i] != nullptr ? values[i] : "null");
        }
        std::cout << '\n';
        return 0;
    };
    char* message = nullptr;
    if (sqlite3_exec(database, arguments.at(3).c_str(), print_row, nullptr, &message) !=
        SQLITE_OK) {
        std::cerr << message << '\n';
        return 3;
    }
    std::cout.flush();
    auto const end = arguments.size() > 4 ? arguments[4] : "";
    if (end == "kill") std::raise(SIGKILL);
    if (end == "keep-wal") {
        sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
    sqlite3_close(database);
    return 0;
}

// unprivileged PATH (read-only | writing): opens, reads and writes as a user who is not root.
int run_unprivileged(Arguments const& arguments) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 2;
    std::unique_ptr<storage::Storage> storage;
    storage::SqliteOptions options{.path = arguments.at(2)};
    options.read_only = arguments.at(3) == "read-only";
    std::cout << outcome([&] { storage = storage::open_sqlite(options); }) << '\n';
    if (!storage) return 0;
    std::cout << outcome([&] { std::cout << item_names(*storage) << '\n'; }) << '\n';
    auto const add = [](Connection& connection) { add_item(connection, 99, "ninety-nine"); };
    std::cout << outcome([&] { storage->write(add); }) << '\n';
    return 0;
}

// hold PATH: opens the school, says so, and for each line it is sent writes an item of that name.
int run_hold(Arguments const& arguments) {
    auto const storage = storage::open_sqlite({.path = arguments.at(2)});
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        storage->write([&](Connection& connection) {
            connection.execute("INSERT INTO items (name, amount) VALUES (?1, 0)", line);
        });
        std::cout << "written" << std::endl;
    }
    return 0;
}

// migrate PATH CALL N: takes the synthetic chain to its end and dies at the N-th write or sync.
int run_migrate(Arguments const& arguments) {
    VfsShim shim;
    shim.inject({.call = arguments.at(3) == "sync" ? FileCall::sync : FileCall::write,
                 .from = std::stol(arguments.at(4)),
                 .code = 0});
    storage::SqliteConnection connection{arguments.at(2), storage::Access::write,
                                         std::chrono::seconds{1}, shim.name()};
    storage::migrate(connection, synthetic_chain(), Timestamp{});
    connection.execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
    return 0;
}

}  // namespace

int main(int count, char** values) {
    Arguments const arguments(values, values + count);
    auto const& command = arguments.at(1);
    if (command == "sql") return run_sql(arguments);
    if (command == "unprivileged") return run_unprivileged(arguments);
    if (command == "hold") return run_hold(arguments);
    if (command == "migrate") return run_migrate(arguments);
    return 1;
}
