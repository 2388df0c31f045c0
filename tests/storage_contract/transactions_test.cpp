#include "storage_contract/engines.hpp"

#include <support/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;
using storage::RunOn;

namespace {

// Every case runs on every engine.
#define ON_EVERY_ENGINE                                       \
    auto const engine = GENERATE(from_range(every_engine())); \
    INFO(engine_name(engine));                                \
    School school{engine};                                    \
    auto& storage = school.storage()

struct HostError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace

TEST_CASE("a write that returns is kept", "[storage][transactions]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) {
        add_item(connection, 1, "one");
        add_item(connection, 2, "two");
    });
    CHECK(item_names(storage) == "one two");
}

TEST_CASE("a write that throws leaves nothing and its exception arrives unchanged",
          "[storage][transactions]") {
    ON_EVERY_ENGINE;
    auto const run_on = GENERATE(RunOn::any_thread, RunOn::this_thread);
    auto const broken = [](Connection& connection) {
        add_item(connection, 1, "one");
        throw HostError{"the host changed its mind"};
    };
    CHECK_THROWS_AS(storage.write(broken, run_on), HostError);
    CHECK(item_names(storage).empty());
    storage.write([](Connection& connection) { add_item(connection, 1, "again"); }, run_on);
    CHECK(item_names(storage) == "again");
}

TEST_CASE("read and write give back what their function returns", "[storage][transactions]") {
    ON_EVERY_ENGINE;
    auto const number = storage.write([](Connection&) { return 41; }) + 1;
    CHECK(number == 42);
    auto const owner = storage.write([](Connection&) { return std::make_unique<int>(7); });
    CHECK(*owner == 7);
    CHECK(storage.read([](Connection&) { return std::string{"text"}; }) == "text");
}

TEST_CASE("a write sees what it has written", "[storage][transactions]") {
    ON_EVERY_ENGINE;
    auto const seen = storage.write([](Connection& connection) {
        add_item(connection, 1, "one");
        return count_items(connection);
    });
    CHECK(seen == 1);
}

TEST_CASE("a read inside a write sees the write's own rows", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    auto const run_on = GENERATE(RunOn::any_thread, RunOn::this_thread);
    auto const seen = storage.write(
        [&](Connection& connection) {
            add_item(connection, 1, "one");
            return count_items(storage);
        },
        run_on);
    CHECK(seen == 1);
}

TEST_CASE("a nested write joins the outer one", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.write([&](Connection& connection) {
        add_item(connection, 1, "outer");
        storage.write([](Connection& inner) { add_item(inner, 2, "inner"); });
        add_item(connection, 3, "after");
    });
    CHECK(item_names(storage) == "outer inner after");
}

TEST_CASE("a nested write is undone with the outer one", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    auto const broken = [&](Connection&) {
        storage.write([](Connection& inner) { add_item(inner, 1, "inner"); });
        throw HostError{"outer"};
    };
    CHECK_THROWS_AS(storage.write(broken), HostError);
    CHECK(item_names(storage).empty());
}

TEST_CASE("a nested write that throws is undone alone if its error is caught",
          "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.write([&](Connection& connection) {
        add_item(connection, 1, "before");
        auto const broken = [](Connection& inner) {
            add_item(inner, 2, "lost");
            throw HostError{"inner"};
        };
        CHECK_THROWS_AS(storage.write(broken), HostError);
        add_item(connection, 3, "after");
    });
    CHECK(item_names(storage) == "before after");
}

TEST_CASE("nesting goes deep and each level can be undone by itself", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.write([&](Connection& first) {
        add_item(first, 1, "one");
        storage.write([&](Connection& second) {
            add_item(second, 2, "two");
            auto const broken = [&](Connection& third) {
                add_item(third, 3, "three");
                storage.write([](Connection& fourth) { add_item(fourth, 4, "four"); });
                throw HostError{"third"};
            };
            CHECK_THROWS_AS(storage.write(broken), HostError);
            add_item(second, 5, "five");
        });
    });
    CHECK(item_names(storage) == "one two five");
}

TEST_CASE("after a failed statement the transaction takes no other", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    auto const result = outcome([&] {
        storage.write([](Connection& connection) {
            add_item(connection, 1, "one");
            CHECK(code_of([&] { add_item(connection, 2, "one"); }) == "already_exists");
            add_item(connection, 3, "three");
        });
    });
    CHECK(result.find("failed_precondition") == 0);
    CHECK(result.find("transaction_failed") != std::string::npos);
    CHECK(item_names(storage).empty());
}

TEST_CASE("a write whose failed statement was swallowed is not committed", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    auto const result = outcome([&] {
        storage.write([](Connection& connection) {
            add_item(connection, 1, "one");
            CHECK(code_of([&] { add_item(connection, 2, "one"); }) == "already_exists");
        });
    });
    CHECK(result.find("transaction_failed") != std::string::npos);
    CHECK(item_names(storage).empty());
}

TEST_CASE("a failed statement kills only the innermost nested write", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.write([&](Connection& connection) {
        add_item(connection, 1, "one");
        auto const clash = [](Connection& inner) {
            add_item(inner, 2, "two");
            add_item(inner, 3, "one");
        };
        CHECK(code_of([&] { storage.write(clash); }) == "already_exists");
        add_item(connection, 4, "four");
    });
    CHECK(item_names(storage) == "one four");
}

TEST_CASE("a read inside a read shares its snapshot", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.write([](Connection& connection) { add_item(connection, 1, "one"); });
    storage.read([&](Connection& outer) {
        CHECK(count_items(outer) == 1);
        CHECK(count_items(storage) == 1);
        CHECK(count_items(outer) == 1);
    });
}

TEST_CASE("a write inside a read is refused", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.read([&](Connection&) {
        auto const write = [](Connection& connection) { add_item(connection, 1, "one"); };
        CHECK(code_of([&] { storage.write(write); }) == "failed_precondition");
    });
    CHECK(item_names(storage).empty());
}

TEST_CASE("a statement that writes is refused inside a read", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    auto const result = code_of(
        [&] { storage.read([](Connection& connection) { add_item(connection, 1, "one"); }); });
    CHECK(result == "failed_precondition");
    CHECK(item_names(storage).empty());
    storage.write([](Connection& connection) { add_item(connection, 1, "one"); });
    CHECK(item_names(storage) == "one");
}

TEST_CASE("in_write tells whether the calling thread is inside a write", "[storage][nesting]") {
    ON_EVERY_ENGINE;
    CHECK_FALSE(storage.in_write());
    storage.read([&](Connection&) { CHECK_FALSE(storage.in_write()); });
    storage.write([&](Connection&) {
        CHECK(storage.in_write());
        storage.read([&](Connection&) { CHECK(storage.in_write()); });
        storage.write([&](Connection&) { CHECK(storage.in_write()); });
        CHECK(storage.in_write());
    });
    CHECK_FALSE(storage.in_write());
    CHECK_THROWS_AS(storage.write([](Connection&) { throw HostError{"gone"}; }), HostError);
    CHECK_FALSE(storage.in_write());
}

TEST_CASE("in_write belongs to one storage", "[storage][nesting]") {
    auto const engine = GENERATE(Engine::sqlite_file, Engine::sqlite_memory);
    School school{engine};
    School other{engine};
    auto& storage = school.storage();
    storage.write([&](Connection&) {
        CHECK_FALSE(other.storage().in_write());
        other.storage().write([&](Connection& connection) { add_item(connection, 1, "one"); });
    });
    CHECK(item_names(other.storage()) == "one");
}

TEST_CASE("a deferred foreign key is judged when the write ends", "[storage][transactions]") {
    ON_EVERY_ENGINE;
    auto const loose_part = [](Connection& connection) {
        connection.execute("INSERT INTO loose_parts (id, item_id) VALUES (1, 7)");
    };
    CHECK(code_of([&] { storage.write(loose_part); }) == "failed_precondition");
    storage.write([&](Connection& connection) {
        loose_part(connection);
        add_item(connection, 7, "seven");
    });
    CHECK(item_names(storage) == "seven");
}

TEST_CASE("an unchecked foreign key of a nested write may be satisfied by the outer one",
          "[storage][nesting]") {
    ON_EVERY_ENGINE;
    storage.write([&](Connection& connection) {
        storage.write([](Connection& inner) {
            inner.execute("INSERT INTO loose_parts (id, item_id) VALUES (1, 7)");
        });
        add_item(connection, 7, "seven");
    });
    CHECK(item_names(storage) == "seven");
}

TEST_CASE("statistics count statements, reads and writes", "[storage][statistics]") {
    auto const engine = GENERATE(Engine::sqlite_file, Engine::sqlite_memory);
    School school{engine};
    auto& storage = school.storage();
    auto const before = storage.statistics();
    storage.write([](Connection& connection) {
        add_item(connection, 1, "one");
        add_item(connection, 2, "two");
    });
    CHECK(count_items(storage) == 2);
    CHECK_THROWS_AS(storage.write([](Connection&) { throw HostError{"undone"}; }), HostError);
    auto const after = storage.statistics();
    CHECK(after.statements - before.statements == 3);
    CHECK(after.reads - before.reads == 1);
    CHECK(after.writes - before.writes == 1);
    CHECK(after.commits - before.commits == 1);
}
