#include "storage_contract/engines.hpp"

#include <support/catch.hpp>

#include <atomic>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
using storage::Connection;
using storage::RunOn;

namespace {

/// Holds a storage inside a read or a write, on a thread of its own, until it is let go.
class Holder {
  public:
    template <class Enter>
    explicit Holder(Enter enter)
        : thread_([this, enter] {
              enter([this](Connection&) {
                  inside_.set_value();
                  let_go_.get_future().wait();
              });
          }) {
        inside_.get_future().wait();
    }
    ~Holder() {
        let_go_.set_value();
        thread_.join();
    }

  private:
    std::promise<void> inside_;
    std::promise<void> let_go_;
    std::thread thread_;
};

std::int64_t sum_of_amounts(Connection& connection) {
    auto row = connection.query("SELECT sum(amount) FROM items");
    row.step();
    return row.int64(0);
}

void move_amount(storage::Storage& storage, std::int64_t from, std::int64_t to) {
    storage.write([=](Connection& connection) {
        connection.execute("UPDATE items SET amount = amount + 1 WHERE id = ?1", to);
        connection.execute("UPDATE items SET amount = amount - 1 WHERE id = ?1", from);
    });
}

}  // namespace

TEST_CASE("a read keeps its snapshot while others write", "[storage][isolation]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_file_twice)};
    auto& storage = school.storage();
    storage.write([](Connection& connection) { add_item(connection, 1, "one"); });
    storage.read([&](Connection& connection) {
        CHECK(count_items(connection) == 1);
        std::thread{[&] {
            storage.write([](Connection& other) { add_item(other, 2, "two"); });
            CHECK(count_items(storage) == 2);
        }}.join();
        CHECK(count_items(connection) == 1);
        CHECK(count_items(storage) == 1);
    });
    CHECK(count_items(storage) == 2);
}

TEST_CASE("nobody sees what a write has not yet committed", "[storage][isolation]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_file_twice)};
    auto& storage = school.storage();
    storage.write([&](Connection& connection) {
        add_item(connection, 1, "one");
        std::thread{[&] { CHECK(count_items(storage) == 0); }}.join();
    });
    CHECK(count_items(storage) == 1);
}

TEST_CASE("a write that has returned is seen by every later read", "[storage][isolation]") {
    School school{GENERATE(from_range(every_engine()))};
    auto& storage = school.storage();
    for (int id = 1; id <= 20; ++id) {
        storage.write(
            [=](Connection& connection) { add_item(connection, id, std::to_string(id)); });
        std::thread{[&] { CHECK(count_items(storage) == id); }}.join();
        CHECK(count_items(storage) == id);
    }
}

TEST_CASE("reads always see whole writes", "[storage][isolation]") {
    School school{GENERATE(from_range(every_engine()))};
    auto& storage = school.storage();
    storage.write([](Connection& connection) {
        add_item(connection, 1, "one", 500);
        add_item(connection, 2, "two", 500);
    });
    std::atomic<int> wrong{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 3; ++reader) {
        readers.emplace_back([&] {
            while (!done) {
                if (storage.read(sum_of_amounts) != 1000) ++wrong;
            }
        });
    }
    for (int step = 0; step < 200; ++step)
        move_amount(storage, 1 + step % 2, 2 - step % 2);
    done = true;
    for (auto& reader : readers)
        reader.join();
    CHECK(wrong == 0);
}

TEST_CASE("writes of many threads do not lose each other's work", "[storage][isolation]") {
    School school{GENERATE(from_range(every_engine()))};
    auto& storage = school.storage();
    storage.write([](Connection& connection) { add_item(connection, 1, "one", 0); });
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back(
            [&, run_on = writer % 2 == 0 ? RunOn::any_thread : RunOn::this_thread] {
                for (int step = 0; step < 25; ++step) {
                    storage.write(
                        [](Connection& connection) {
                            // Read, then write: the pattern that fails under a plain BEGIN.
                            auto const amount = sum_of_amounts(connection);
                            connection.execute("UPDATE items SET amount = ?1", amount + 1);
                        },
                        run_on);
                }
            });
    }
    for (auto& writer : writers)
        writer.join();
    CHECK(storage.read(sum_of_amounts) == 100);
}

TEST_CASE("more readers than connections wait for a free one", "[storage][isolation]") {
    School school{Engine::sqlite_file, {.readers_max = 2}};
    auto& storage = school.storage();
    std::atomic<int> right{0};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 8; ++reader) {
        readers.emplace_back([&] {
            for (int step = 0; step < 20; ++step) {
                if (count_items(storage) == 0) ++right;
            }
        });
    }
    for (auto& reader : readers)
        reader.join();
    CHECK(right == 160);
}

TEST_CASE("no free reader within the time-out is unavailable", "[storage][isolation]") {
    School school{Engine::sqlite_file, {.busy_timeout = 20ms, .readers_max = 1}};
    auto& storage = school.storage();
    {
        Holder const holder{[&](auto wait) { storage.read(wait); }};
        CHECK(code_of([&] { static_cast<void>(count_items(storage)); }) == "unavailable");
        storage.write([](Connection& connection) { add_item(connection, 1, "one"); });
    }
    CHECK(count_items(storage) == 1);
}

TEST_CASE("a file that another storage writes is unavailable after the time-out",
          "[storage][isolation]") {
    School school{Engine::sqlite_file};
    auto const other =
        storage::open_sqlite({.path = school.dir().file("school.db"), .busy_timeout = 20ms});
    auto const add = [](Connection& connection) { add_item(connection, 1, "one"); };
    {
        Holder const holder{[&](auto wait) { school.storage().write(wait, RunOn::this_thread); }};
        CHECK(code_of([&] { other->write(add); }) == "unavailable");
        CHECK(code_of([&] { other->write(add, RunOn::this_thread); }) == "unavailable");
        CHECK(count_items(*other) == 0);
    }
    other->write(add);
    CHECK(count_items(school.storage()) == 1);
}

TEST_CASE("a function for its caller's thread runs there", "[storage][isolation]") {
    School school{GENERATE(from_range(every_engine()))};
    auto& storage = school.storage();
    std::atomic<int> elsewhere{0};
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 6; ++writer) {
        writers.emplace_back([&, writer] {
            auto const caller = std::this_thread::get_id();
            auto const host = [&](Connection&) {
                if (std::this_thread::get_id() != caller) ++elsewhere;
            };
            for (int step = 0; step < 20; ++step) {
                if (writer % 2 == 0) {
                    storage.write(host, RunOn::this_thread);
                } else {
                    storage.write([](Connection& connection) {
                        connection.execute("UPDATE items SET amount = 0");
                    });
                }
            }
        });
    }
    for (auto& writer : writers)
        writer.join();
    CHECK(elsewhere == 0);
}
