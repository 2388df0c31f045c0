#include "storage_contract/engines.hpp"

#include <support/catch.hpp>
#include <support/faulty_storage.hpp>
#include <support/twice_storage.hpp>

#include <string>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;

namespace {

void two_items(storage::Storage& storage) {
    storage.write([&](Connection& connection) {
        add_item(connection, 1, "one");
        storage.write([](Connection& inner) { add_item(inner, 2, "two"); });
        auto const seen = count_items(storage);
        CHECK(seen == 2);
    });
}

}  // namespace

TEST_CASE("under TwiceStorage every write runs twice and counts once", "[storage][support]") {
    School school{Engine::sqlite_memory};
    TwiceStorage twice{school.storage()};
    int runs = 0;
    auto const result = twice.write([&](Connection& connection) {
        add_item(connection, 1, "one");
        return ++runs;
    });
    CHECK(result == 2);
    CHECK(item_names(school.storage()) == "one");
    CHECK(code_of([&] { two_items(twice); }) == "already_exists");
}

TEST_CASE("under FaultyStorage each call fails once and nothing is half-written",
          "[storage][support]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    FaultyStorage faulty{school.storage()};
    std::int64_t call = 0;
    for (bool fired = true; fired;) {
        faulty.fail_at(++call);
        auto const result = outcome([&] { two_items(faulty); });
        fired = faulty.fired();
        CAPTURE(call);
        CHECK(result == (fired ? "unavailable storage:injected" : "ok"));
        CHECK(item_names(school.storage()) == (fired ? "" : "one two"));
    }
    // Two begins of writes, two inserts, a read with its statement, two ends, and the run that went
    // through.
    CHECK(call == 9);
}

TEST_CASE("after its fault FaultyStorage takes no further statement", "[storage][support]") {
    School school{Engine::sqlite_memory};
    FaultyStorage faulty{school.storage()};
    faulty.fail_at(2);
    auto const result = outcome([&] {
        faulty.write([](Connection& connection) {
            static_cast<void>(outcome([&] { add_item(connection, 1, "one"); }));
            add_item(connection, 2, "two");
        });
    });
    CHECK(result == "failed_precondition storage:transaction_failed");
    CHECK(item_names(school.storage()).empty());
}

TEST_CASE("FaultyStorage passes on what the engine does", "[storage][support]") {
    School school{Engine::sqlite_memory};
    FaultyStorage faulty{school.storage()};
    faulty.write([](Connection& connection) {
        CHECK(connection.execute("INSERT INTO items VALUES (1, 'one', 0), (2, 'two', 0)") == 2);
        auto row = connection.query("SELECT name, amount, NULL FROM items WHERE id = ?1", 2);
        REQUIRE(row.step());
        CHECK(row.text(0) == "two");
        CHECK(row.int64(1) == 0);
        CHECK(row.is_null(2));
    });
    CHECK(faulty.calls() == 4);
}
