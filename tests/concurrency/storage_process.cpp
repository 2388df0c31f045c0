// Another process on the same school: storage_process COMMAND PATH ...
#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/entry_log.hpp>

#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

using Arguments = std::vector<std::string>;

void say(std::string const& line) {
    std::cout << line << std::endl;
}

void wait_for_line() {
    std::string line;
    std::getline(std::cin, line);
}

// write PATH WRITER SECONDS: two threads write as fast as they can. Says how many writes each was
// acknowledged.
int run_write(Arguments const& arguments) {
    auto const storage = storage::open_sqlite({.path = arguments.at(2), .busy_timeout = 60s});
    int const first = std::stoi(arguments.at(3)) * 2;
    std::chrono::duration<double> const length{std::stod(arguments.at(4))};
    say("ready");
    wait_for_line();
    auto const end = std::chrono::steady_clock::now() + length;
    std::vector<std::int64_t> acknowledged(2);
    auto const work = [&](int thread) {
        auto& n = acknowledged.at(static_cast<std::size_t>(thread));
        auto const run_on = thread == 0 ? storage::RunOn::any_thread : storage::RunOn::this_thread;
        while (std::chrono::steady_clock::now() < end) {
            write_entry(*storage, first + thread, n + 1, {.filler = 64, .run_on = run_on});
            ++n;
        }
    };
    std::thread second{work, 1};
    work(0);
    second.join();
    for (auto const n : acknowledged)
        say(std::to_string(n));
    return 0;
}

// read PATH WRITER: reads until it has seen the writer's 50th entry; says how often something was
// half-written.
int run_read(Arguments const& arguments) {
    auto const storage = storage::open_sqlite({.path = arguments.at(2), .read_only = true});
    int const writer = std::stoi(arguments.at(3));
    say("ready");
    int wrong = 0;
    std::int64_t seen = 0;
    while (seen < 50) {
        storage->read([&](storage::Connection& connection) {
            auto row = connection.query(
                "SELECT count(*), coalesce(max(n), 0) FROM entries WHERE writer = ?1", writer);
            row.step();
            if (row.int64(0) != 3 * row.int64(1) || row.int64(1) < seen) ++wrong;
            seen = row.int64(1);
        });
    }
    say(std::to_string(wrong));
    return 0;
}

// try PATH WRITER: one write that does not wait long. Says "written" or the error's code.
int run_try(Arguments const& arguments) {
    try {
        auto const storage = storage::open_sqlite({.path = arguments.at(2), .busy_timeout = 50ms});
        int const writer = std::stoi(arguments.at(3));
        write_entry(*storage, writer, last_entry(*storage, writer) + 1);
        say("written");
    } catch (Error const& error) {
        say(std::string{name(error.code())});
    }
    return 0;
}

}  // namespace

int main(int count, char** values) {
    Arguments const arguments(values, values + count);
    auto const& command = arguments.at(1);
    if (command == "write") return run_write(arguments);
    if (command == "read") return run_read(arguments);
    if (command == "try") return run_try(arguments);
    return 1;
}
