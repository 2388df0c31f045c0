#include "storage_contract/engines.hpp"
#include "storage_contract/group.hpp"

#include <sqlite3.h>
#include <support/catch.hpp>
#include <support/vfs_shim.hpp>

#include <atomic>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;
using storage::RunOn;

namespace {

constexpr int group_size = 5;

/// A school whose file layer the case controls. All that wait make one group, however slow the
/// machine is.
struct ShimmedSchool {
    VfsShim shim;
    School school{Engine::sqlite_file, {.vfs = shim.name()}, std::chrono::hours{1}};
    storage::Storage& storage = school.storage();
};

void add_one(Connection& connection, int id) {
    add_item(connection, id, "item-" + std::to_string(id));
}

/// Members 0 ... 4 add an item each; member `odd_one` does `what` instead.
std::vector<GroupMember> group_with(int odd_one, GroupMember const& what,
                                    RunOn others = RunOn::any_thread) {
    std::vector<GroupMember> members;
    for (int id = 0; id < group_size; ++id) {
        members.push_back({[id](Connection& connection) { add_one(connection, id); }, others});
    }
    members.at(static_cast<std::size_t>(odd_one)) = what;
    return members;
}

std::string names_without(int missing) {
    std::string names;
    for (int id = 0; id < group_size; ++id) {
        if (id != missing) names += (names.empty() ? "item-" : " item-") + std::to_string(id);
    }
    return names;
}

/// Runs the group and sees that all but one member are kept. Returns how that one ended.
std::string fate_of(storage::Storage& storage, int odd_one, GroupMember const& what,
                    RunOn others = RunOn::any_thread) {
    auto const before = storage.statistics();
    auto results = write_as_group(storage, group_with(odd_one, what, others));
    auto const fate = results.at(static_cast<std::size_t>(odd_one));
    results.erase(results.begin() + odd_one);
    CHECK(results == std::vector<std::string>(group_size - 1, "ok"));
    CHECK(item_names(storage) == names_without(odd_one));
    CHECK(storage.statistics().commits - before.commits == 1);
    CHECK(storage.statistics().writes - before.writes == group_size - 1);
    CHECK(storage.check().ok());
    return fate;
}

/// Enough to make SQLite write pages before the commit.
void add_much(Connection& connection) {
    auto insert = connection.query("INSERT INTO items (id, name, amount) VALUES (?1, ?2, 0)");
    for (int id = 1000; id < 1800; ++id) {
        auto const name = std::to_string(id) + std::string(20000, 'x');
        insert.bind_all(id, name);
        insert.step();
        insert.reset();
    }
}

#define FOR_EACH_ODD_ONE                                                 \
    auto const odd_one = GENERATE(range(0, group_size));                 \
    auto const run_on = GENERATE(RunOn::any_thread, RunOn::this_thread); \
    CAPTURE(odd_one, static_cast<int>(run_on));                          \
    ShimmedSchool school;                                                \
    auto& storage = school.storage

}  // namespace

TEST_CASE("a group of writes shares one commit and one sync", "[sqlite][group-commit]") {
    auto const run_on = GENERATE(RunOn::any_thread, RunOn::this_thread);
    ShimmedSchool school;
    auto const before = school.storage.statistics();
    school.shim.reset_counts();
    auto const add_first = [](Connection& connection) { add_one(connection, 0); };
    auto const results = write_as_group(school.storage, group_with(0, {add_first, run_on}, run_on));
    CHECK(results == std::vector<std::string>(group_size, "ok"));
    CHECK(item_names(school.storage) == names_without(-1));
    CHECK(school.storage.statistics().commits - before.commits == 1);
    CHECK(school.shim.count(FileCall::sync) == 1);
}

TEST_CASE("a lone write is one commit and one sync", "[sqlite][group-commit]") {
    ShimmedSchool school;
    school.storage.write([](Connection& connection) { add_one(connection, 0); });
    school.shim.reset_counts();
    auto const before = school.storage.statistics();
    for (int id = 1; id <= 10; ++id) {
        school.storage.write([&](Connection& connection) { add_one(connection, id); });
    }
    CHECK(school.storage.statistics().commits - before.commits == 10);
    CHECK(school.shim.count(FileCall::sync, FileKind::wal) == 10);
    CHECK(school.shim.count(FileCall::sync) == 10);
}

TEST_CASE("eight threads need at most a quarter of a sync for a write", "[sqlite][group-commit]") {
    constexpr int threads = 8;
    constexpr int writes_each = 50;
    ShimmedSchool school;
    std::atomic<int> working{threads};
    std::atomic<int> in_write{0};
    // A sync ends when all other callers have come: as on a slow disk, whatever the speed of this
    // one.
    school.shim.on_sync([&](FileKind) {
        while (in_write < working)
            std::this_thread::yield();
    });
    school.shim.reset_counts();
    std::vector<std::thread> callers;
    for (int thread = 0; thread < threads; ++thread) {
        callers.emplace_back([&, thread] {
            for (int i = 0; i < writes_each; ++i) {
                ++in_write;
                school.storage.write(
                    [=](Connection& connection) { add_one(connection, thread * writes_each + i); });
                --in_write;
            }
            --working;
        });
    }
    for (auto& caller : callers)
        caller.join();
    school.shim.on_sync({});
    CHECK(count_items(school.storage) == threads * writes_each);
    auto const syncs = static_cast<double>(school.shim.count(FileCall::sync));
    auto const per_write = syncs / (threads * writes_each);
    std::cout << "syncs per acknowledged write with 8 threads: " << per_write << '\n';
    CHECK(per_write <= 0.25);
}

TEST_CASE("a member that throws fails alone", "[sqlite][group-commit]") {
    FOR_EACH_ODD_ONE;
    auto const throws = [](Connection& connection) {
        add_one(connection, 77);
        throw std::runtime_error{"the host's own"};
    };
    CHECK(fate_of(storage, odd_one, {throws, run_on}) == "thrown");
}

TEST_CASE("a member whose statement fails fails alone", "[sqlite][group-commit]") {
    FOR_EACH_ODD_ONE;
    auto const clashes = [](Connection& connection) {
        add_item(connection, 77, "twice");
        add_item(connection, 78, "twice");
    };
    CHECK(fate_of(storage, odd_one, {clashes, run_on}, run_on) ==
          "already_exists items.name:unique");
}

TEST_CASE("a member that swallows a failed statement's error fails alone",
          "[sqlite][group-commit]") {
    FOR_EACH_ODD_ONE;
    auto const swallows = [](Connection& connection) {
        add_item(connection, 77, "twice");
        static_cast<void>(outcome([&] { add_item(connection, 78, "twice"); }));
    };
    CHECK(fate_of(storage, odd_one, {swallows, run_on}).find("transaction_failed") !=
          std::string::npos);
}

namespace {

/// How often each member of a group ran whose last throws.
std::vector<int> runs_before_failure(storage::Storage& storage, int first_id, RunOn run_on) {
    std::vector<int> runs(group_size - 1, 0);
    std::vector<GroupMember> members;
    for (auto& count : runs) {
        int const id = first_id + static_cast<int>(&count - runs.data());
        members.push_back({[&count, id](Connection& connection) {
                               ++count;
                               add_one(connection, id);
                           },
                           run_on});
    }
    members.push_back({[](Connection&) { throw std::runtime_error{"the last"}; }});
    CHECK(write_as_group(storage, members).back() == "thrown");
    return runs;
}

}  // namespace

TEST_CASE("a failure makes the others run again, and for a while only once",
          "[sqlite][group-commit]") {
    ShimmedSchool school;
    std::vector<int> const twice(group_size - 1, 2);
    std::vector<int> const once(group_size - 1, 1);
    CHECK(runs_before_failure(school.storage, 0, RunOn::any_thread) == twice);
    CHECK(runs_before_failure(school.storage, 100, RunOn::any_thread) == once);
    for (int id = 200; id < 240; ++id)
        school.storage.write([&](Connection& connection) { add_one(connection, id); });
    CHECK(runs_before_failure(school.storage, 300, RunOn::any_thread) == twice);
    CHECK(count_items(school.storage) == 3 * (group_size - 1) + 40);
}

TEST_CASE("a host's function does not run again because another failed", "[sqlite][group-commit]") {
    ShimmedSchool school;
    CHECK(runs_before_failure(school.storage, 0, RunOn::this_thread) ==
          std::vector<int>(group_size - 1, 1));
    CHECK(count_items(school.storage) == group_size - 1);
}

TEST_CASE("a member that ends the transaction fails alone", "[sqlite][group-commit]") {
    FOR_EACH_ODD_ONE;
    auto const kind = GENERATE(0, 1, 2, 3);
    auto const ends = [&](Connection& connection) {
        add_one(connection, 77);
        if (kind == 0) connection.execute("COMMIT");
        if (kind == 1) connection.execute("ROLLBACK");
        if (kind == 2) connection.execute("END");
        if (kind == 3) connection.execute("INSERT OR ROLLBACK INTO items VALUES (77, 'x', 0)");
    };
    CHECK(fate_of(storage, odd_one, {ends, run_on}) != "ok");
}

TEST_CASE("a member that ends the transaction and says nothing fails alone",
          "[sqlite][group-commit]") {
    FOR_EACH_ODD_ONE;
    auto const ends = [](Connection& connection) {
        add_one(connection, 77);
        static_cast<void>(outcome(
            [&] { connection.execute("INSERT OR ROLLBACK INTO items VALUES (77, 'x', 0)"); }));
    };
    CHECK(fate_of(storage, odd_one, {ends, run_on}).find("failed_precondition") == 0);
}

TEST_CASE("a member that leaves a reference without its row fails alone",
          "[sqlite][group-commit]") {
    FOR_EACH_ODD_ONE;
    auto const dangles = [](Connection& connection) {
        connection.execute("INSERT INTO loose_parts (id, item_id) VALUES (1, 7777)");
    };
    CHECK(fate_of(storage, odd_one, {dangles, run_on}).find("failed_precondition") == 0);
}

TEST_CASE("a member that fills the disk fails alone", "[sqlite][group-commit][faults]") {
    FOR_EACH_ODD_ONE;
    auto const fills = [&](Connection& connection) {
        school.shim.inject({FileCall::write, FileKind::wal, 1, 0, SQLITE_FULL});
        try {
            add_much(connection);
        } catch (...) {
            school.shim.heal();
            throw;
        }
        FAIL("nothing was written before the commit");
    };
    CHECK(fate_of(storage, odd_one, {fills, run_on}) == "resource_exhausted path:disk_full");
}

TEST_CASE("a member that meets an I/O error fails alone", "[sqlite][group-commit][faults]") {
    FOR_EACH_ODD_ONE;
    auto const fails = [&](Connection& connection) {
        school.shim.inject({FileCall::write, FileKind::wal, 3, 1, SQLITE_IOERR_WRITE});
        try {
            add_much(connection);
        } catch (...) {
            school.shim.heal();
            throw;
        }
        FAIL("nothing was written before the commit");
    };
    CHECK(fate_of(storage, odd_one, {fails, run_on}).find("unavailable path:") == 0);
}

TEST_CASE("a failed commit is outcome_unknown to every member and the storage works on",
          "[sqlite][group-commit][faults]") {
    auto const run_on = GENERATE(RunOn::any_thread, RunOn::this_thread);
    auto const call = GENERATE(FileCall::write, FileCall::sync);
    auto const code = GENERATE(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC);
    CAPTURE(static_cast<int>(run_on), static_cast<int>(call), code);
    ShimmedSchool school;
    auto& storage = school.storage;
    auto const before = storage.statistics();
    // The last member's function breaks the disk, so the commit of the group is what meets it.
    auto members = group_with(0, {[](Connection& c) { add_one(c, 0); }, run_on}, run_on);
    members.back().fn = [&](Connection& connection) {
        add_one(connection, 4);
        school.shim.inject({call, FileKind::wal, 1, 1, code});
    };
    auto const results = write_as_group(storage, members);
    for (auto const& result : results)
        CHECK(result.find("outcome_unknown") == 0);
    CHECK(school.shim.failures() == 1);
    school.shim.heal();
    CHECK(storage.statistics().commits == before.commits);

    auto const names = item_names(storage);
    CHECK((names.empty() || names == names_without(-1)));
    storage.write([](Connection& connection) { add_one(connection, 50); });
    CHECK(count_items(storage) == (names.empty() ? 1 : group_size + 1));
    CHECK(storage.check().ok());
    // And so says whoever opens it next.
    auto const other = storage::open_sqlite({.path = school.school.dir().file("school.db")});
    CHECK(item_names(*other) == item_names(storage));
}

TEST_CASE("a transaction that cannot begin is an error to every member",
          "[sqlite][group-commit][faults]") {
    ShimmedSchool school;
    auto& storage = school.storage;
    auto const other = storage::open_sqlite({.path = school.school.dir().file("school.db"),
                                             .busy_timeout = std::chrono::milliseconds{20}});
    std::vector<std::string> results;
    storage.write(
        [&](Connection&) {
            std::vector<std::thread> callers;
            std::vector<std::string> ended(3);
            for (std::size_t i = 0; i < ended.size(); ++i) {
                callers.emplace_back([&, i] {
                    auto const add = [=](Connection& c) { add_one(c, static_cast<int>(i)); };
                    ended[i] = code_of([&] { other->write(add); });
                });
            }
            for (auto& caller : callers)
                caller.join();
            results = ended;
        },
        RunOn::this_thread);
    CHECK(results == std::vector<std::string>(3, "unavailable"));
    CHECK(item_names(storage).empty());
    other->write([](Connection& connection) { add_one(connection, 1); });
    CHECK(count_items(storage) == 1);
}

TEST_CASE("a group is bounded and all its callers are served", "[sqlite][group-commit]") {
    ShimmedSchool school;
    std::vector<GroupMember> members;
    for (int id = 0; id < 300; ++id) {
        members.push_back({[id](Connection& connection) { add_one(connection, id); }});
    }
    auto const before = school.storage.statistics();
    auto const results = write_as_group(school.storage, members);
    CHECK(results == std::vector<std::string>(300, "ok"));
    CHECK(count_items(school.storage) == 300);
    CHECK(school.storage.statistics().commits - before.commits == 2);
}

TEST_CASE("a group takes nobody in when its time is over", "[sqlite][group-commit]") {
    School school{Engine::sqlite_file, {}, std::chrono::milliseconds{0}};
    auto const before = school.storage().statistics();
    auto const add_first = [](Connection& connection) { add_one(connection, 0); };
    auto const results = write_as_group(school.storage(), group_with(0, {add_first}));
    CHECK(results == std::vector<std::string>(group_size, "ok"));
    CHECK(item_names(school.storage()) == names_without(-1));
    CHECK(school.storage().statistics().commits - before.commits == group_size);
}
