#include "storage_contract/engines.hpp"

#include <support/catch.hpp>

#include <string>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;

namespace {

template <class Function>
std::string outcome_on(School& school, Function function) {
    return outcome([&] { school.storage().write(function); });
}

}  // namespace

TEST_CASE("a taken unique key is already_exists and names table and column", "[storage][errors]") {
    School school{GENERATE(from_range(every_engine()))};
    school.storage().write([](Connection& connection) { add_item(connection, 1, "one"); });

    auto const by_name = [](Connection& connection) { add_item(connection, 2, "one"); };
    CHECK(outcome_on(school, by_name).find("already_exists items.name:") == 0);
    auto const by_id = [](Connection& connection) { add_item(connection, 1, "two"); };
    CHECK(outcome_on(school, by_id).find("already_exists items.id:") == 0);
    CHECK(item_names(school.storage()) == "one");
}

TEST_CASE("a key of two columns is named by the first", "[storage][errors]") {
    School school{GENERATE(from_range(every_engine()))};
    auto const twice = [](Connection& connection) {
        connection.execute("CREATE TABLE pairs (a INTEGER, b INTEGER, UNIQUE (a, b))");
        connection.execute("INSERT INTO pairs VALUES (1, 2)");
        connection.execute("INSERT INTO pairs VALUES (1, 2)");
    };
    auto const result = outcome_on(school, twice);
    CHECK(result == "already_exists pairs.a:unique");
}

TEST_CASE("a reference to a row that is not there is failed_precondition", "[storage][errors]") {
    School school{GENERATE(from_range(every_engine()))};
    auto const at_once = [](Connection& connection) {
        connection.execute("INSERT INTO parts (id, item_id) VALUES (1, 7)");
    };
    CHECK(outcome_on(school, at_once).find("failed_precondition") == 0);

    school.storage().write([](Connection& connection) {
        add_item(connection, 7, "seven");
        connection.execute("INSERT INTO parts (id, item_id) VALUES (1, 7)");
    });
    auto const orphan = [](Connection& connection) {
        connection.execute("DELETE FROM items WHERE id = 7");
    };
    CHECK(outcome_on(school, orphan).find("failed_precondition") == 0);
    CHECK(item_names(school.storage()) == "seven");
}

TEST_CASE("values the schema forbids are a bug of eduplat", "[storage][errors]") {
    School school{GENERATE(from_range(every_engine()))};
    auto const negative = [](Connection& connection) { add_item(connection, 1, "one", -1); };
    CHECK(outcome_on(school, negative).find("internal") == 0);
    auto const missing = [](Connection& connection) {
        connection.execute("INSERT INTO items (id, name, amount) VALUES (1, NULL, 0)");
    };
    CHECK(outcome_on(school, missing).find("internal") == 0);
}

TEST_CASE("messages of errors hold none of the values that were bound", "[storage][errors]") {
    School school{GENERATE(from_range(every_engine()))};
    std::string message;
    try {
        school.storage().write([](Connection& connection) {
            add_item(connection, 1, "ada@example.org");
            add_item(connection, 2, "ada@example.org");
        });
    } catch (Error const& error) {
        message = error.what();
    }
    CHECK_FALSE(message.empty());
    CHECK(message.find("ada@") == std::string::npos);
}
