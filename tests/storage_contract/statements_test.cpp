#include "storage_contract/engines.hpp"

#include <support/catch.hpp>

#include <array>
#include <chrono>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::string_view_literals;
using storage::Connection;
using storage::Statement;

namespace {

#define ON_EVERY_ENGINE                                       \
    auto const engine = GENERATE(from_range(every_engine())); \
    INFO(engine_name(engine));                                \
    School school{engine};                                    \
    auto& storage = school.storage()

void make_values(Connection& connection) {
    connection.execute(
        "CREATE TABLE samples (id INTEGER PRIMARY KEY, number INTEGER, fraction DOUBLE PRECISION,"
        " words TEXT, bytes BLOB)");
}

// Stores one value in a column and gives back what `read` finds in it.
template <class Value, class Read>
auto stored_text(storage::Storage& storage, Value const& value, Read read) {
    return storage.write([&](Connection& connection) {
        make_values(connection);
        connection.execute("INSERT INTO samples (id, words) VALUES (1, ?1)", value);
        auto result = [&] {
            auto row = connection.query("SELECT words FROM samples");
            REQUIRE(row.step());
            return read(row);
        }();
        connection.execute("DROP TABLE samples");
        return result;
    });
}

std::vector<std::byte> as_bytes(std::string_view text) {
    std::vector<std::byte> bytes;
    for (char const c : text)
        bytes.push_back(static_cast<std::byte>(c));
    return bytes;
}

enum class TestTag {};

}  // namespace

TEST_CASE("whole numbers keep all 64 bits", "[storage][statements]") {
    ON_EVERY_ENGINE;
    using Limits = std::numeric_limits<std::int64_t>;
    auto const value = GENERATE(std::int64_t{0}, std::int64_t{-1}, Limits::max(), Limits::min(),
                                (std::int64_t{1} << 53) + 1);
    auto const read = storage.write([&](Connection& connection) {
        make_values(connection);
        connection.execute("INSERT INTO samples (id, number) VALUES (1, ?1)", value);
        auto row = connection.query("SELECT number FROM samples WHERE number = ?1", value);
        REQUIRE(row.step());
        return row.int64(0);
    });
    CHECK(read == value);
}

TEST_CASE("fractions keep every bit", "[storage][statements]") {
    ON_EVERY_ENGINE;
    using Limits = std::numeric_limits<double>;
    auto const value = GENERATE(0.1, -2.5e-308, Limits::max(), Limits::denorm_min(),
                                Limits::infinity(), -Limits::infinity());
    auto const read = storage.write([&](Connection& connection) {
        make_values(connection);
        connection.execute("INSERT INTO samples (id, fraction) VALUES (1, ?1)", value);
        auto row = connection.query("SELECT fraction FROM samples");
        REQUIRE(row.step());
        return row.real(0);
    });
    CHECK(std::memcmp(&read, &value, sizeof value) == 0);
}

TEST_CASE("texts come back byte for byte", "[storage][statements]") {
    ON_EVERY_ENGINE;
    auto const text = GENERATE(""sv, "plain"sv, "na\xc3\xafve \xe4\xb8\xad\xe6\x96\x87"sv,
                               "with\0zero"sv, "\0"sv, "it's \"quoted\"; --"sv);
    CHECK(stored_text(storage, text, [](Statement& row) { return row.string(0); }) == text);
    CHECK_FALSE(stored_text(storage, text, [](Statement& row) { return row.is_null(0); }));
}

TEST_CASE("texts that are not UTF-8 come back byte for byte", "[storage][statements]") {
    auto const engine = GENERATE(Engine::sqlite_file, Engine::sqlite_memory);
    School school{engine};
    auto const text = GENERATE("\xff\xfe"sv, "cut \xe4\xb8"sv, "\xc0\xaf overlong"sv);
    CHECK(stored_text(school.storage(), text, [](Statement& row) { return row.string(0); }) ==
          text);
}

TEST_CASE("blobs come back byte for byte, empty ones too", "[storage][statements]") {
    ON_EVERY_ENGINE;
    auto const content = GENERATE(""sv, "\0\1\2"sv, "\xff\xfe\x00"sv);
    auto const bytes = as_bytes(content);
    storage.write([&](Connection& connection) {
        make_values(connection);
        connection.execute("INSERT INTO samples (id, bytes) VALUES (1, ?1)",
                           std::span<std::byte const>{bytes});
        auto row = connection.query("SELECT bytes FROM samples");
        REQUIRE(row.step());
        CHECK_FALSE(row.is_null(0));
        auto const read = row.blob(0);
        CHECK(std::vector<std::byte>(read.begin(), read.end()) == bytes);
    });
}

TEST_CASE("null is told from empty", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        make_values(connection);
        connection.execute(
            "INSERT INTO samples (id, number, fraction, words, bytes) VALUES (1, ?1, ?2, ?3, ?4)",
            nullptr, std::nullopt, std::optional<std::string>{}, nullptr);
        auto row = connection.query("SELECT number, fraction, words, bytes FROM samples");
        REQUIRE(row.step());
        for (int column = 0; column < 4; ++column)
            CHECK(row.is_null(column));
        CHECK(row.optional(2, &Statement::string) == std::nullopt);
        CHECK_FALSE(row.step());
    });
}

TEST_CASE("eduplat's own types are bound and read", "[storage][statements]") {
    ON_EVERY_ENGINE;
    using TestId = Id<TestTag>;
    Uid::Bytes bytes{};
    bytes.fill(std::byte{0xa5});
    Uid const uid{bytes};
    Timestamp const at{std::chrono::microseconds{-1}};
    storage.write([&](Connection& connection) {
        make_values(connection);
        connection.execute(
            "INSERT INTO samples (id, number, fraction, bytes) VALUES (?1, ?2, ?3, ?4)", TestId{5},
            at, 0.5F, uid);
        auto row = connection.query("SELECT id, number, fraction, bytes FROM samples");
        REQUIRE(row.step());
        CHECK(row.id<TestId>(0) == TestId{5});
        CHECK(row.timestamp(1) == at);
        CHECK(row.real(2) == 0.5);
        CHECK(row.uid(3) == uid);
        CHECK(row.optional(1, &Statement::timestamp) == at);
    });
}

TEST_CASE("a uid of the wrong length is reported as data loss", "[storage][statements]") {
    ON_EVERY_ENGINE;
    auto const result = code_of([&] {
        storage.read([](Connection& connection) {
            auto row = connection.query("SELECT 'short'");
            REQUIRE(row.step());
            static_cast<void>(row.uid(0));
        });
    });
    CHECK(result == "data_loss");
}

TEST_CASE("true and false are whole numbers", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.read([](Connection& connection) {
        auto row = connection.query("SELECT ?1, ?2", true, false);
        REQUIRE(row.step());
        CHECK(row.boolean(0));
        CHECK_FALSE(row.boolean(1));
        CHECK(row.int64(0) == 1);
    });
}

TEST_CASE("one statement can be used twice at the same time", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        for (int id = 1; id <= 3; ++id)
            add_item(connection, id, std::to_string(id));
    });
    auto const pairs = storage.read([](Connection& connection) {
        constexpr storage::Sql every_id{"SELECT id FROM items ORDER BY id"};
        std::string seen;
        auto outer = connection.query(every_id);
        while (outer.step()) {
            auto inner = connection.query(every_id);
            while (inner.step()) {
                seen += std::to_string(outer.int64(0) * 10 + inner.int64(0)) + ' ';
            }
        }
        return seen;
    });
    CHECK(pairs == "11 12 13 21 22 23 31 32 33 ");
}

TEST_CASE("a statement starts afresh each time it is lent", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.read([](Connection& connection) {
        constexpr storage::Sql echo{"SELECT ?1, ?2"};
        {
            auto row = connection.query(echo, "left over", 1);
            REQUIRE(row.step());
        }
        auto row = connection.query(echo, 5);
        REQUIRE(row.step());
        CHECK(row.int64(0) == 5);
        CHECK(row.is_null(1));
    });
}

TEST_CASE("a statement can be reset, bound anew and run again", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        auto insert = connection.query("INSERT INTO items (id, name, amount) VALUES (?1, ?2, 0)");
        for (int id = 1; id <= 100; ++id) {
            auto const name = std::to_string(id);
            insert.bind_all(id, name);
            CHECK_FALSE(insert.step());
            insert.reset();
        }
    });
    CHECK(count_items(storage) == 100);
}

TEST_CASE("a statement that has ended does not run again by itself", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        auto insert =
            connection.query("INSERT INTO items (name, amount) VALUES ('one', 0) RETURNING id");
        CHECK(insert.step());
        CHECK_FALSE(insert.step());
        CHECK_FALSE(insert.step());
        CHECK_FALSE(insert.step());
    });
    CHECK(item_names(storage) == "one");
}

TEST_CASE("a statement kept past its transaction is of no more use and does no harm",
          "[storage][statements]") {
    auto const engine = GENERATE(Engine::sqlite_file, Engine::sqlite_memory);
    School school{engine};
    auto& storage = school.storage();
    constexpr storage::Sql by_id{"SELECT id FROM items ORDER BY id"};
    storage.write([](Connection& connection) {
        add_item(connection, 1, "one");
        add_item(connection, 2, "two");
    });
    {
        std::optional<Statement> kept;
        static_cast<void>(outcome([&] {
            storage.read([&](Connection& connection) {
                kept.emplace(connection.query(by_id));
                kept->step();
            });
        }));
        storage.write([](Connection& connection) { add_item(connection, 3, "three"); });
        CHECK(code_of([&] { kept->step(); }) != "ok");
    }
    storage.read([&](Connection& connection) {
        auto rows = connection.query(by_id);
        int seen = 0;
        while (rows.step())
            ++seen;
        CHECK(seen == 3);
    });
    CHECK(storage.scrub());
}

TEST_CASE("a row read only in part does not keep the transaction open", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        add_item(connection, 1, "one");
        add_item(connection, 2, "two");
    });
    storage.read([](Connection& connection) {
        auto rows = connection.query("SELECT id FROM items ORDER BY id");
        REQUIRE(rows.step());
    });
    storage.write([](Connection& connection) { connection.execute("DELETE FROM items"); });
    CHECK(count_items(storage) == 0);
    CHECK(storage.scrub());
}

TEST_CASE("execute tells how many rows it changed", "[storage][statements]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        for (int id = 1; id <= 5; ++id)
            add_item(connection, id, std::to_string(id));
        CHECK(connection.execute("UPDATE items SET amount = 1 WHERE id > ?1", 2) == 3);
        CHECK(connection.execute("UPDATE items SET amount = 1 WHERE id > ?1", 99) == 0);
        CHECK(connection.execute("DELETE FROM items WHERE id <= ?1", 2) == 2);
    });
}

TEST_CASE("RETURNING gives the rows that were written", "[storage][statements]") {
    ON_EVERY_ENGINE;
    auto const id = storage.write([](Connection& connection) {
        auto row = connection.query(
            "INSERT INTO items (name, amount) VALUES (?1, 3) RETURNING id, amount", "one");
        REQUIRE(row.step());
        CHECK(row.int64(1) == 3);
        return row.int64(0);
    });
    CHECK(id == 1);
    CHECK(item_names(storage) == "one");
}

TEST_CASE("a broken statement is a bug of eduplat", "[storage][statements]") {
    ON_EVERY_ENGINE;
    auto const read = [](Connection& connection) { connection.execute("SELECT FROM WHERE"); };
    CHECK(code_of([&] { storage.read(read); }) == "internal");
    CHECK(code_of([&] { storage.write(read); }) == "internal");
    CHECK(count_items(storage) == 0);
}
