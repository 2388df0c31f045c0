#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/entry_log.hpp>
#include <support/temp_dir.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using Problems = std::vector<std::string>;
using Acknowledged = std::map<int, std::int64_t>;

long kills_wanted() {
    return environment_number("EDUPLAT_CRASH_KILLS", 100);
}

/// The moments of this run. EDUPLAT_CRASH_SEED repeats one.
std::mt19937_64 seeded_random(std::string_view of_what) {
    static auto const seed = static_cast<std::uint64_t>(
        environment_number("EDUPLAT_CRASH_SEED", static_cast<long>(std::random_device{}() >> 1U)));
    std::cout << of_what << ": EDUPLAT_CRASH_SEED=" << seed << '\n';
    return std::mt19937_64{seed};
}

long pick(std::mt19937_64& random, long least, long most) {
    return std::uniform_int_distribution<long>{least, most}(random);
}

using Command = std::vector<std::string>;

/// A victim's command; half of the victims die by themselves at a random write, sync or truncate.
Command victim(std::mt19937_64& random, Command rest, long calls) {
    rest.insert(rest.begin(), EDUPLAT_PROCESS_VICTIM);
    if (pick(random, 0, 1) == 0) return rest;
    static std::vector<std::string> const kinds{"write", "sync", "truncate"};
    auto const kind = static_cast<std::size_t>(pick(random, 0, 2));
    auto const most = kind == 0 ? calls : std::max(1L, calls / 8);
    rest.insert(rest.end(), {"shim", kinds[kind], std::to_string(pick(random, 1, most))});
    return rest;
}

/// Two writers on one school. Each is killed after a random number of acknowledged writes, or
/// kills itself; the other goes on meanwhile. Adds what they were told to `acknowledged`.
void write_and_kill(std::mt19937_64& random, std::string const& path, Acknowledged& acknowledged) {
    std::vector<ChildProcess> writers;
    for (auto const& [writer, unused] : acknowledged) {
        writers.emplace_back(victim(random, {"write", path, std::to_string(writer)}, 400));
    }
    auto const hear = [&](int writer, std::vector<std::string> const& lines) {
        for (auto const& line : lines) {
            if (line == "ready") continue;
            CHECK(line.find_first_not_of("0123456789") == std::string::npos);
            acknowledged[writer] = std::stol(line);
        }
    };
    for (int writer = 0; writer < 2; ++writer) {
        auto& process = writers.at(static_cast<std::size_t>(writer));
        auto const enough = pick(random, 0, 12);
        for (long heard = 0; heard <= enough; ++heard) {
            auto line = process.read_line();
            if (!line) break;
            hear(writer, {*line});
        }
        std::this_thread::sleep_for(std::chrono::microseconds{pick(random, 0, 3000)});
        process.kill();
        hear(writer, process.read_lines());
        CHECK(process.wait() < 0);
    }
}

/// Opens the school as the next user would, and judges it.
void judge(std::string const& path, Acknowledged& acknowledged) {
    auto const storage = storage::open_sqlite({.path = path});
    make_entry_tables(*storage);
    CHECK(judge_entries(*storage, acknowledged, 1) == Problems{});
    auto const report = storage->check();
    for (auto const& problem : report.problems)
        UNSCOPED_INFO(problem);
    CHECK(report.ok());
    for (auto& [writer, n] : acknowledged)
        n = last_entry(*storage, writer);
}

}  // namespace

TEST_CASE("processes killed while they write and checkpoint lose nothing they acknowledged",
          "[crash]") {
    auto random = seeded_random("kills while writing");
    auto const wanted = kills_wanted() * 7 / 10;
    long kills = 0;
    while (kills < wanted) {
        TempDir const dir;
        auto const path = dir.file("school.db");
        Acknowledged acknowledged{{0, 0}, {1, 0}};
        // The same school survives several rounds of kills.
        for (int round = 0; round < 10 && kills < wanted; ++round, kills += 2) {
            CAPTURE(kills);
            write_and_kill(random, path, acknowledged);
            judge(path, acknowledged);
        }
    }
    std::cout << kills << " kills while writing\n";
}

TEST_CASE("a process killed while it creates a school leaves none or a whole one", "[crash]") {
    auto random = seeded_random("kills while creating");
    auto const wanted = kills_wanted() * 3 / 10;
    long died = 0;
    while (died < wanted) {
        TempDir const dir;
        auto const path = dir.file("school.db");
        {
            ChildProcess process{victim(random, {"create", path}, 40)};
            std::this_thread::sleep_for(std::chrono::microseconds{pick(random, 0, 12'000)});
            process.kill();
            bool const created = process.read_line() == "created";
            if (process.wait() < 0) ++died;
            if (created) CHECK(std::filesystem::exists(path));
        }
        CAPTURE(died);
        // Whoever comes first after the kill: one who only reads finds none or a whole one,
        if (std::filesystem::exists(path)) {
            CHECK(storage::open_sqlite({.path = path, .read_only = true})->check().ok());
        }
        // and one who writes always gets a school.
        auto const storage = storage::open_sqlite({.path = path});
        CHECK(storage->check().ok());
        make_entry_tables(*storage);
        write_entry(*storage, 1, 1);
        for (auto const& entry : std::filesystem::directory_iterator{dir.path()}) {
            CHECK(entry.path().filename().string().find(".new-") == std::string::npos);
        }
    }
    std::cout << died << " kills while creating\n";
}
