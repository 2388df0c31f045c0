#include "storage_contract/engines.hpp"

#include <support/catch.hpp>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
using storage::Connection;
using storage::RunOn;
using storage::Storage;

namespace {

/// Two schools, for threads that write to both.
struct TwoSchools {
    explicit TwoSchools(std::chrono::milliseconds timeout)
        : first_(Engine::sqlite_file, {.busy_timeout = timeout}),
          second_(Engine::sqlite_file, {.busy_timeout = timeout}) {}

    School first_;
    School second_;
    Storage& a = first_.storage();
    Storage& b = second_.storage();
};

void add_named(Connection& connection, std::string const& name) {
    connection.execute("INSERT INTO items (name, amount) VALUES (?1, 0)", name);
}

// Linux tells of each thread whether it runs (R) or sleeps (S): field 3 of its stat, behind the
// name.
bool asleep(pid_t thread) {
    std::ifstream file{"/proc/self/task/" + std::to_string(thread) + "/stat"};
    std::string line;
    std::getline(file, line);
    auto const name_end = line.rfind(')');
    return name_end != std::string::npos && line.size() > name_end + 2 && line[name_end + 2] == 'S';
}

/// Runs a call on a thread of its own; once made, the call waits for the one that made it.
class QueuedCall {
  public:
    template <class Call>
    explicit QueuedCall(Call call)
        : thread_([this, call] {
              id_ = ::gettid();
              result_ = outcome(call);
          }) {
        while (id_ == 0 || !asleep(id_))
            std::this_thread::yield();
    }
    ~QueuedCall() {
        if (thread_.joinable()) thread_.join();
    }

    std::string const& result() {
        thread_.join();
        return result_;
    }

  private:
    std::atomic<pid_t> id_{0};
    std::string result_;
    std::thread thread_;
};

/// Writes `name` to one school and then, inside, to the other.
std::string write_both(Storage& outer, Storage& inner, std::string const& name,
                       std::latch* both_inside = nullptr) {
    return outcome([&] {
        outer.write(
            [&](Connection& connection) {
                add_named(connection, name);
                if (both_inside != nullptr) both_inside->arrive_and_wait();
                inner.write([&](Connection& other) { add_named(other, name); }, RunOn::this_thread);
            },
            RunOn::this_thread);
    });
}

bool has_item(Storage& storage, std::string const& name) {
    return storage.read([&](Connection& connection) {
        auto row = connection.query("SELECT 1 FROM items WHERE name = ?1", name);
        return row.step();
    });
}

/// A write to both schools is in both or in neither, as it was told.
void check_whole(TwoSchools& schools, std::string const& name, std::string const& result) {
    CAPTURE(name, result);
    CHECK((result == "ok" || result.find("unavailable path:") == 0));
    CHECK(has_item(schools.a, name) == (result == "ok"));
    CHECK(has_item(schools.b, name) == (result == "ok"));
}

void add_many(Storage& storage, std::string const& name, int count, std::atomic<int>& failures) {
    for (int i = 0; i < count; ++i) {
        auto const add = [&](Connection& connection) {
            add_named(connection, name + '-' + std::to_string(i));
        };
        if (outcome([&] { storage.write(add); }) != "ok") ++failures;
    }
}

}  // namespace

TEST_CASE("writes to one school inside writes to another end, with company on both",
          "[sqlite][two-schools]") {
    TwoSchools schools{60s};
    constexpr int steps = 25;
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        auto const name = std::to_string(i);
        threads.emplace_back([&, name] {
            for (int step = 0; step < steps; ++step) {
                auto const unique = "both-" + name + '-' + std::to_string(step);
                if (write_both(schools.a, schools.b, unique) != "ok") ++failures;
            }
        });
        auto& alone = i % 2 == 0 ? schools.a : schools.b;
        threads.emplace_back([&, name] { add_many(alone, "alone-" + name, steps, failures); });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(failures == 0);
    for (auto* const storage : {&schools.a, &schools.b}) {
        CHECK(count_items(*storage) == (4 + 2) * steps);
        CHECK(storage->check().ok());
    }
}

TEST_CASE("a function that another thread runs does not see that thread's transactions",
          "[sqlite][two-schools]") {
    TwoSchools schools{60s};
    auto const here = std::this_thread::get_id();
    bool was_led = false;
    bool in_other_write = true;
    bool in_own_write = false;
    std::int64_t seen = -1;
    auto const look = [&](Connection& connection) {
        was_led = std::this_thread::get_id() == here;
        in_other_write = schools.b.in_write();
        in_own_write = schools.a.in_write();
        seen = count_items(schools.b);
        connection.execute("UPDATE items SET amount = 0");
    };
    // If the group's time is over before the other is in it, that one runs its function itself.
    for (int round = 0; round < 1000 && !was_led; ++round) {
        std::optional<QueuedCall> other;
        schools.b.write(
            [&](Connection& connection) {
                connection.execute("DELETE FROM items");
                add_item(connection, 1, "uncommitted");
                schools.a.write(
                    [&](Connection&) { other.emplace([&] { schools.a.write(look); }); });
                CHECK(schools.b.in_write());
                CHECK_FALSE(schools.a.in_write());
                CHECK(count_items(schools.b) == 1);
                CHECK(other->result() == "ok");
                connection.execute("DELETE FROM items");
            },
            RunOn::this_thread);
        CHECK_FALSE(in_other_write);
        CHECK(in_own_write);
        CHECK(seen == 0);
    }
    CHECK(was_led);
}

TEST_CASE("two threads that write to two schools in opposite orders both end",
          "[sqlite][two-schools]") {
    TwoSchools schools{50ms};
    std::latch both_inside{2};
    std::string first;
    std::string second;
    std::thread one{[&] { first = write_both(schools.a, schools.b, "one", &both_inside); }};
    std::thread two{[&] { second = write_both(schools.b, schools.a, "two", &both_inside); }};
    one.join();
    two.join();
    check_whole(schools, "one", first);
    check_whole(schools, "two", second);
    CHECK((first != "ok" || second != "ok"));
    CHECK(write_both(schools.a, schools.b, "three") == "ok");
    CHECK(write_both(schools.b, schools.a, "four") == "ok");
    CHECK(schools.a.check().ok());
    CHECK(schools.b.check().ok());
}

TEST_CASE("opposite orders with company on both schools end for everybody",
          "[sqlite][two-schools]") {
    TwoSchools schools{50ms};
    constexpr int steps = 5;
    std::vector<std::vector<std::string>> results(4);
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (std::size_t i = 0; i < results.size(); ++i) {
        auto& outer = i % 2 == 0 ? schools.a : schools.b;
        auto& inner = i % 2 == 0 ? schools.b : schools.a;
        auto const name = std::to_string(i);
        threads.emplace_back([&, i, name] {
            for (int step = 0; step < steps; ++step) {
                results[i].push_back(write_both(outer, inner, name + '-' + std::to_string(step)));
            }
        });
        threads.emplace_back([&, name] { add_many(outer, "alone-" + name, steps, refused); });
    }
    for (auto& thread : threads)
        thread.join();
    for (std::size_t i = 0; i < results.size(); ++i) {
        for (std::size_t step = 0; step < results[i].size(); ++step) {
            check_whole(schools, std::to_string(i) + '-' + std::to_string(step), results[i][step]);
        }
    }
    CHECK(count_items(schools.a) + count_items(schools.b) >= 4 * steps - refused);
    CHECK(write_both(schools.a, schools.b, "last") == "ok");
}

TEST_CASE("a leader that is waited for in the school it is in waits for nobody without end",
          "[sqlite][two-schools]") {
    TwoSchools schools{50ms};
    std::optional<QueuedCall> other;
    auto const led = outcome([&] {
        schools.b.write(
            [&](Connection& connection) {
                add_named(connection, "leader");
                schools.a.write(
                    [&](Connection& inner) {
                        add_named(inner, "leader");
                        // Its function wants the school that its leader is in.
                        other.emplace([&] {
                            schools.a.write(
                                [&](Connection& outer) {
                                    add_named(outer, "member");
                                    schools.b.write(
                                        [](Connection& last) { add_named(last, "member"); });
                                },
                                RunOn::this_thread);
                        });
                    },
                    RunOn::this_thread);
            },
            RunOn::this_thread);
    });
    CHECK(led == "ok");
    check_whole(schools, "leader", led);
    check_whole(schools, "member", other->result());
}
