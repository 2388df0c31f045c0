#include "storage_contract/engines.hpp"

#include <support/catch.hpp>
#include <support/child_process.hpp>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

using namespace eduplat;
using namespace eduplat::test;
using storage::Connection;

namespace {

/// Adds items two by two until told to stop: at any moment their number is even.
class PairWriter {
  public:
    explicit PairWriter(storage::Storage& storage)
        : thread_([this, &storage] {
              for (int id = 1'000'000; !stop_; id += 2) {
                  storage.write([=](Connection& connection) {
                      add_item(connection, id, std::to_string(id));
                      add_item(connection, id + 1, std::to_string(id + 1));
                  });
                  ++written_;
              }
          }) {
        while (written_ == 0)
            std::this_thread::yield();
    }
    ~PairWriter() {
        stop_ = true;
        thread_.join();
    }

    [[nodiscard]] int written() const { return written_; }

  private:
    std::atomic<bool> stop_{false};
    std::atomic<int> written_{0};
    std::thread thread_;
};

void fill(storage::Storage& storage, int count) {
    storage.write([=](Connection& connection) {
        for (int id = 1; id <= count; ++id) {
            add_item(connection, id, std::to_string(id) + std::string(200, 'x'));
        }
    });
}

}  // namespace

TEST_CASE("check finds nothing wrong with a sound school", "[storage][care]") {
    School school{GENERATE(from_range(every_engine()))};
    fill(school.storage(), 50);
    CHECK(school.storage().check().ok());
}

TEST_CASE("check reports a reference to a row that is not there", "[storage][care]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    {
        auto const storage = storage::open_sqlite({.path = path});
        make_tables(*storage);
    }
    // What another program can do that does not ask for foreign keys.
    run_program({EDUPLAT_PROCESS_SQLITE_TOOL, "sql", path, "INSERT INTO parts VALUES (1, 77)"});
    auto const storage = storage::open_sqlite({.path = path});
    auto const report = storage->check();
    CHECK_FALSE(report.ok());
}

TEST_CASE("check reports damaged pages", "[storage][care]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    {
        auto const storage = storage::open_sqlite({.path = path});
        make_tables(*storage);
        fill(*storage, 1000);
    }
    auto const pages = static_cast<std::int64_t>(std::filesystem::file_size(path)) / 4096;
    REQUIRE(pages > 40);
    overwrite_file(path, (pages - 20) * 4096, std::string(64, '\x5a'));
    auto const storage = storage::open_sqlite({.path = path});
    auto const report = storage->check();
    CHECK_FALSE(report.ok());
    CHECK(code_of([&] { storage->backup_to(dir.file("copy.db")); }) == "data_loss");
    CHECK_FALSE(std::filesystem::exists(dir.file("copy.db")));
}

TEST_CASE("a backup opens as a school of its own", "[storage][backup]") {
    School school{GENERATE(from_range(every_engine()))};
    fill(school.storage(), 50);
    auto const copy = school.dir().file("copy.db");
    school.storage().backup_to(copy);
    school.storage().write([](Connection& connection) { add_item(connection, 51, "later"); });

    CHECK((std::filesystem::status(copy).permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK_FALSE(std::filesystem::exists(copy + ".part"));
    CHECK_FALSE(std::filesystem::exists(copy + "-wal"));
    auto const restored = storage::open_sqlite({.path = copy});
    CHECK(restored->check().ok());
    CHECK(count_items(*restored) == 50);
    CHECK(restored->schema_version() == school.storage().schema_version());
    restored->write([](Connection& connection) { add_item(connection, 52, "elsewhere"); });
    CHECK(count_items(school.storage()) == 51);
}

TEST_CASE("a backup under load ends and holds one moment's state", "[storage][backup]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    fill(school.storage(), 2000);
    PairWriter const writer{school.storage()};
    for (int round = 0; round < 3; ++round) {
        auto const copy = school.dir().file("copy" + std::to_string(round) + ".db");
        auto const least = 2 * writer.written();
        school.storage().backup_to(copy);
        auto const restored = storage::open_sqlite({.path = copy});
        CHECK(restored->check().ok());
        auto const items = count_items(*restored) - 2000;
        CHECK(items % 2 == 0);
        CHECK(items >= least);
    }
}

TEST_CASE("a backup does not replace a file", "[storage][backup]") {
    School school{GENERATE(from_range(every_engine()))};
    auto const copy = school.dir().file("copy.db");
    school.storage().backup_to(copy);
    auto const before = file_digest(copy);
    fill(school.storage(), 10);
    CHECK(outcome([&] { school.storage().backup_to(copy); }).find("already_exists destination:") ==
          0);
    CHECK(file_digest(copy) == before);
}

TEST_CASE("a backup to a folder that is not there leaves nothing", "[storage][backup]") {
    School school{GENERATE(Engine::sqlite_file, Engine::sqlite_memory)};
    auto const copy = school.dir().file("nowhere/copy.db");
    CHECK(code_of([&] { school.storage().backup_to(copy); }) != "ok");
    CHECK_FALSE(std::filesystem::exists(copy));
    fill(school.storage(), 1);
    CHECK(school.storage().check().ok());
}

TEST_CASE("the rest of an interrupted backup does not stand in the way", "[storage][backup]") {
    School school{Engine::sqlite_file};
    fill(school.storage(), 10);
    auto const copy = school.dir().file("copy.db");
    run_program({"sh", "-c", "echo left over > \"$1\"", "sh", copy + ".part"});
    school.storage().backup_to(copy);
    auto const restored = storage::open_sqlite({.path = copy});
    CHECK(count_items(*restored) == 10);
}

TEST_CASE("scrub removes deleted rows from every file of the school", "[storage][erasure]") {
    School school{Engine::sqlite_file};
    auto& storage = school.storage();
    storage.write([](Connection& connection) { add_item(connection, 1, "a-secret-name"); });
    storage.write([](Connection& connection) { connection.execute("DELETE FROM items"); });
    CHECK(storage.scrub());
    auto const grep = [&](std::string const& suffix) {
        ChildProcess child{
            {"grep", "-c", "a-secret-name", school.dir().file("school.db") + suffix}};
        return child.wait();
    };
    CHECK(grep("") == 1);
    CHECK(grep("-wal") == 1);
}

TEST_CASE("scrub gives up while a reader needs what is to go", "[storage][erasure]") {
    School school{Engine::sqlite_file};
    auto& storage = school.storage();
    storage.write([](Connection& connection) { add_item(connection, 1, "one"); });
    storage.read([&](Connection& connection) {
        CHECK(count_items(connection) == 1);
        std::thread{[&] {
            storage.write([](Connection& other) { other.execute("DELETE FROM items"); });
            CHECK_FALSE(storage.scrub());
        }}.join();
        CHECK(count_items(connection) == 1);
    });
    CHECK(storage.scrub());
}
