#include "storage_contract/engines.hpp"
#include "storage_contract/group.hpp"

#include <support/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;
using storage::RunOn;
using storage::Statement;
using storage::Storage;

namespace {

constexpr int group_size = 5;
constexpr storage::Sql by_id{"SELECT id FROM items ORDER BY id"};
constexpr storage::Sql insert{"INSERT INTO items (name, amount) VALUES (?1, 0) RETURNING id"};

enum class Kept { bound, running, writing, ended, twin };

/// Takes a statement that outlives the function that asks for it.
void keep(Connection& connection, Kept how, std::optional<Statement>& kept) {
    static std::string const name = "kept";
    if (how == Kept::twin) {
        auto const original = connection.query(by_id);
        kept.emplace(connection.query(by_id));
        kept->step();
        return;
    }
    bool const writes = how == Kept::writing;
    kept.emplace(writes ? connection.query(insert, name) : connection.query(by_id));
    if (how != Kept::bound) kept->step();
    while (how == Kept::ended && kept->step()) {
    }
}

void add_numbered(Connection& connection, int id) {
    add_item(connection, id, "item-" + std::to_string(id));
}

/// Members 0 ... 4 add an item each; member `odd_one` keeps a statement too.
std::vector<std::string> write_group(Storage& storage, int odd_one, RunOn run_on, Kept how,
                                     std::optional<Statement>& kept) {
    std::vector<GroupMember> members;
    for (int id = 0; id < group_size; ++id) {
        members.push_back({[=, &kept](Connection& connection) {
                               add_numbered(connection, id);
                               if (id == odd_one) keep(connection, how, kept);
                           },
                           run_on});
    }
    return write_as_group(storage, members);
}

std::string names_without(int missing) {
    std::string names;
    for (int id = 0; id < group_size; ++id) {
        if (id != missing) names += (names.empty() ? "item-" : " item-") + std::to_string(id);
    }
    return names;
}

}  // namespace

TEST_CASE("a member that keeps a statement fails alone", "[sqlite][statements][group-commit]") {
    auto const odd_one = GENERATE(0, 2, group_size - 1);
    auto const run_on = GENERATE(RunOn::any_thread, RunOn::this_thread);
    auto const how = GENERATE(Kept::bound, Kept::running, Kept::writing, Kept::ended, Kept::twin);
    CAPTURE(odd_one, static_cast<int>(run_on), static_cast<int>(how));
    School school{Engine::sqlite_file};
    std::optional<Statement> kept;
    std::vector<std::string> expected(group_size, "ok");
    expected.at(static_cast<std::size_t>(odd_one)) = "internal";
    CHECK(write_group(school.storage(), odd_one, run_on, how, kept) == expected);
    CHECK(item_names(school.storage()) == names_without(odd_one));
    school.storage().write([](Connection& connection) { add_numbered(connection, 50); });
    CHECK(item_names(school.storage()) == names_without(odd_one) + " item-50");
    CHECK(school.storage().check().ok());
}

TEST_CASE("a kept statement does not disturb another's running one",
          "[sqlite][statements][group-commit]") {
    auto const how = GENERATE(Kept::bound, Kept::running, Kept::writing, Kept::twin);
    CAPTURE(static_cast<int>(how));
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto& storage = school.storage();
    storage.write([](Connection& connection) {
        for (int id = 1; id <= 3; ++id)
            add_numbered(connection, id);
    });
    std::optional<Statement> kept;
    CHECK(outcome([&] { storage.write([&](Connection& c) { keep(c, how, kept); }); }) ==
          "internal");
    storage.write([&](Connection& connection) {
        auto rows = connection.query(by_id);
        REQUIRE(rows.step());
        CHECK(outcome([&] { kept->step(); }) ==
              "failed_precondition transaction:transaction_ended");
        CHECK(rows.int64(0) == 1);
        REQUIRE(rows.step());
        kept->reset();
        CHECK(outcome([&] { kept->step(); }) ==
              "failed_precondition transaction:transaction_ended");
        CHECK(rows.int64(0) == 2);
        kept.reset();
        REQUIRE(rows.step());
        CHECK(rows.int64(0) == 3);
        CHECK_FALSE(rows.step());
    });
    CHECK(item_names(storage) == "item-1 item-2 item-3");
    CHECK(storage.scrub());
}

TEST_CASE("a kept statement of a read is of no use in another read", "[sqlite][statements]") {
    School school{Engine::sqlite_file, {.readers_max = 1}};
    auto& storage = school.storage();
    storage.write([](Connection& connection) {
        add_numbered(connection, 1);
        add_numbered(connection, 2);
    });
    std::optional<Statement> kept;
    auto const how = GENERATE(Kept::bound, Kept::running, Kept::twin);
    CHECK(outcome([&] { storage.read([&](Connection& c) { keep(c, how, kept); }); }) == "internal");
    storage.read([&](Connection& connection) {
        auto rows = connection.query(by_id);
        REQUIRE(rows.step());
        CHECK(outcome([&] { kept->step(); }) ==
              "failed_precondition transaction:transaction_ended");
        kept.reset();
        REQUIRE(rows.step());
        CHECK(rows.int64(0) == 2);
    });
    storage.write([](Connection& connection) { connection.execute("DELETE FROM items"); });
    CHECK(storage.scrub());
}

TEST_CASE("a statement that has ended runs again only after a reset", "[storage][statements]") {
    School school{GENERATE(from_range(every_engine()))};
    INFO(engine_name(school.engine()));
    bool const returning = GENERATE(false, true);
    school.storage().write([&](Connection& connection) {
        auto add =
            returning
                ? connection.query("INSERT INTO items (name, amount) VALUES (?1, 0) RETURNING id")
                : connection.query("INSERT INTO items (name, amount) VALUES (?1, 0)");
        std::string const first = "one";
        std::string const second = "two";
        add.bind_all(first);
        CHECK(add.step() == returning);
        for (int again = 0; again < 3; ++again)
            CHECK_FALSE(add.step());
        CHECK(count_items(connection) == 1);
        add.reset();
        add.bind_all(second);
        CHECK(add.step() == returning);
        CHECK_FALSE(add.step());
        CHECK(count_items(connection) == 2);
    });
    CHECK(item_names(school.storage()) == "one two");
}

TEST_CASE("a select that has ended starts over only after a reset", "[storage][statements]") {
    School school{GENERATE(from_range(every_engine()))};
    INFO(engine_name(school.engine()));
    school.storage().write([](Connection& connection) { add_numbered(connection, 1); });
    school.storage().read([](Connection& connection) {
        auto rows = connection.query(by_id);
        CHECK(rows.step());
        CHECK_FALSE(rows.step());
        CHECK_FALSE(rows.step());
        rows.reset();
        CHECK(rows.step());
        CHECK(rows.int64(0) == 1);
    });
}
