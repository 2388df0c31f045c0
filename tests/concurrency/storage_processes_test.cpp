#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/entry_log.hpp>
#include <support/temp_dir.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::RunOn;

namespace {

using Problems = std::vector<std::string>;

std::unique_ptr<storage::Storage> new_school(std::string const& path) {
    auto storage = storage::open_sqlite({.path = path});
    make_entry_tables(*storage);
    return storage;
}

std::string try_write(std::string const& path, int writer) {
    ChildProcess child{{EDUPLAT_PROCESS_STORAGE_PROCESS, "try", path, std::to_string(writer)}};
    return child.read_line().value_or("nothing");
}

}  // namespace

TEST_CASE("four processes write one school, and each gets its share", "[storage][processes]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = new_school(path);

    std::vector<ChildProcess> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back(std::vector<std::string>{EDUPLAT_PROCESS_STORAGE_PROCESS, "write",
                                                      path, std::to_string(writer), "20"});
    }
    for (auto& writer : writers)
        REQUIRE(writer.read_line() == "ready");
    for (auto& writer : writers)
        writer.send_line("go");

    std::map<int, std::int64_t> acknowledged;
    std::vector<std::int64_t> of_process;
    for (int writer = 0; writer < 4; ++writer) {
        auto& process = writers.at(static_cast<std::size_t>(writer));
        auto const first = std::stol(process.read_line().value());
        auto const second = std::stol(process.read_line().value());
        acknowledged[2 * writer] = first;
        acknowledged[2 * writer + 1] = second;
        of_process.push_back(first + second);
        CHECK(process.wait() == 0);
    }
    auto const total = std::accumulate(of_process.begin(), of_process.end(), std::int64_t{0});
    std::cout << "four processes in 20 s:";
    for (auto const count : of_process)
        std::cout << ' ' << count;
    std::cout << " writes\n";
    CHECK(*std::min_element(of_process.begin(), of_process.end()) * 10 >= total);
    CHECK(judge_entries(*storage, acknowledged) == Problems{});
    CHECK(storage->check().ok());
}

TEST_CASE("a process that only reads sees whole writes while another writes",
          "[storage][processes]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = new_school(path);
    ChildProcess reader{{EDUPLAT_PROCESS_STORAGE_PROCESS, "read", path, "1"}};
    REQUIRE(reader.read_line() == "ready");
    for (int n = 1; n <= 50; ++n) {
        write_entry(*storage, 1, n);
        if (n % 10 == 0) static_cast<void>(storage->scrub());
    }
    CHECK(reader.read_line() == "0");
    CHECK(reader.wait() == 0);
}

TEST_CASE("while one process writes, another waits and then gives up", "[storage][processes]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = new_school(path);
    storage->write([&](storage::Connection&) { CHECK(try_write(path, 7) == "unavailable"); },
                   RunOn::this_thread);
    CHECK(try_write(path, 7) == "written");
    CHECK(judge_entries(*storage, {{7, 1}}) == Problems{});
}
