#include "support/entry_log.hpp"

namespace eduplat::test {

using storage::Connection;
using storage::Storage;

void make_entry_tables(Storage& storage) {
    storage.write([](Connection& connection) {
        connection.execute(
            "CREATE TABLE IF NOT EXISTS entries (writer INTEGER NOT NULL, n INTEGER NOT NULL,"
            " part INTEGER NOT NULL, filler BLOB NOT NULL, PRIMARY KEY (writer, n, part))");
        connection.execute(
            "CREATE TABLE IF NOT EXISTS entry_counters (writer INTEGER PRIMARY KEY, n INTEGER NOT "
            "NULL)");
    });
}

void write_entry(Storage& storage, int writer, std::int64_t n, EntryOptions const& options) {
    auto const write = [&](Connection& connection) {
        for (int part = 0; part < 3; ++part) {
            connection.execute(
                "INSERT INTO entries (writer, n, part, filler) VALUES (?1, ?2, ?3, zeroblob(?4))",
                writer, n, part, options.filler);
        }
        connection.execute(
            "INSERT INTO entry_counters (writer, n) VALUES (?1, ?2)"
            " ON CONFLICT (writer) DO UPDATE SET n = excluded.n",
            writer, n);
    };
    storage.write(write, options.run_on);
}

std::int64_t last_entry(Storage& storage, int writer) {
    return storage.read([=](Connection& connection) {
        auto row = connection.query("SELECT n FROM entry_counters WHERE writer = ?1", writer);
        return row.step() ? row.int64(0) : 0;
    });
}

std::vector<std::string> judge_entries(Storage& storage,
                                       std::map<int, std::int64_t> const& acknowledged,
                                       std::int64_t unanswered) {
    std::vector<std::string> problems;
    auto const complain = [&](int writer, std::string const& what) {
        problems.push_back("writer " + std::to_string(writer) + ": " + what);
    };
    for (auto const& [writer, least] : acknowledged) {
        auto const counter = last_entry(storage, writer);
        auto const [rows, entries, highest] = storage.read([w = writer](Connection& connection) {
            auto row = connection.query(
                "SELECT count(*), count(DISTINCT n), coalesce(max(n), 0) FROM entries"
                " WHERE writer = ?1",
                w);
            row.step();
            return std::tuple{row.int64(0), row.int64(1), row.int64(2)};
        });
        if (rows != 3 * entries) complain(writer, "an entry without some of its parts");
        if (entries != highest) complain(writer, "a gap between its entries");
        if (counter != highest) complain(writer, "a counter that differs from its entries");
        if (highest < least) {
            complain(writer, std::to_string(least) + " acknowledged, " + std::to_string(highest) +
                                 " found");
        }
        if (highest > least + unanswered) complain(writer, "an entry that nobody wrote");
    }
    return problems;
}

}  // namespace eduplat::test
