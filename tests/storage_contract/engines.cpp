#include "storage_contract/engines.hpp"

namespace eduplat::test {

using storage::Connection;
using storage::Storage;

std::vector<Engine> every_engine() {
    return {Engine::sqlite_file, Engine::sqlite_memory, Engine::sqlite_file_twice,
            Engine::sqlite_memory_twice};
}

std::string_view engine_name(Engine engine) noexcept {
    switch (engine) {
        case Engine::sqlite_file:
            return "SQLite in a file";
        case Engine::sqlite_memory:
            return "SQLite in memory";
        case Engine::sqlite_file_twice:
            return "SQLite in a file, every write twice";
        case Engine::sqlite_memory_twice:
            return "SQLite in memory, every write twice";
    }
    return "";
}

School::School(Engine engine, storage::SqliteOptions options,
               std::chrono::milliseconds group_time_max)
    : engine_(engine) {
    options.path = reads_beside_writes() ? dir_.file("school.db") : ":memory:";
    inner_ = storage::open_school(options, storage::school_migrations(), group_time_max);
    make_tables(*inner_);
    if (engine == Engine::sqlite_file_twice || engine == Engine::sqlite_memory_twice) {
        twice_.emplace(*inner_);
    }
}

Storage& School::storage() noexcept {
    if (twice_) return *twice_;
    return *inner_;
}

bool School::reads_beside_writes() const noexcept {
    return engine_ == Engine::sqlite_file || engine_ == Engine::sqlite_file_twice;
}

void make_tables(Storage& storage) {
    storage.write([](Connection& connection) {
        connection.execute(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
            " amount INTEGER NOT NULL CHECK (amount >= 0))");
        connection.execute(
            "CREATE TABLE parts (id INTEGER PRIMARY KEY,"
            " item_id INTEGER NOT NULL REFERENCES items (id))");
        connection.execute(
            "CREATE TABLE loose_parts (id INTEGER PRIMARY KEY,"
            " item_id INTEGER NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED)");
    });
}

void add_item(Connection& connection, std::int64_t id, std::string_view name, std::int64_t amount) {
    connection.execute("INSERT INTO items (id, name, amount) VALUES (?1, ?2, ?3)", id, name,
                       amount);
}

std::int64_t count_items(Connection& connection) {
    auto row = connection.query("SELECT count(*) FROM items");
    row.step();
    return row.int64(0);
}

std::int64_t count_items(Storage& storage) {
    return storage.read([](Connection& connection) { return count_items(connection); });
}

std::string item_names(Storage& storage) {
    return storage.read([](Connection& connection) {
        std::string names;
        auto rows = connection.query("SELECT name FROM items ORDER BY id");
        while (rows.step()) {
            if (!names.empty()) names += ' ';
            names += rows.text(0);
        }
        return names;
    });
}

}  // namespace eduplat::test
