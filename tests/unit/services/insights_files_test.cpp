#include "insights_platform.hpp"
#include "services/insights_frames.hpp"

#include <eduplat/storage/sqlite.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <support/faulty_storage.hpp>
#include <unit/core/refusal.hpp>

#include <fstream>

using namespace eduplat;
using namespace eduplat::test;
namespace fs = std::filesystem;

namespace {

/// A school with three events, two of which the stored frame has.
struct KeptFrame : FileSchool {
    KeptFrame() {
        auto school = open();
        ada = learner(school, "ada");
        learn(school, *ada);
        learn(school, *ada);
        run_jobs(school);
        REQUIRE(fs::exists(frame()));
        learn(school, *ada);
    }

    std::optional<Actor> ada;
};

void cut(std::string const& path, std::uintmax_t bytes) {
    fs::resize_file(path, fs::file_size(path) - bytes);
}

void flip(std::string const& path, std::uintmax_t from_end) {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    auto const place = static_cast<std::streamoff>(fs::file_size(path) - from_end);
    file.seekg(place);
    auto const byte = static_cast<char>(file.get());
    file.seekp(place);
    file.put(static_cast<char>(byte ^ 1));
}

}  // namespace

TEST_CASE("a kept frame serves the next run, with what came after it", "[insights]") {
    KeptFrame files;
    auto school = files.open();
    CHECK(files.events(school) == 3);
    CHECK(!files.told());
    files.learn(school, *files.ada);
    CHECK(files.events(school) == 4);
}

TEST_CASE("what recurs and what buyers brought is told without the frame", "[insights]") {
    KeptFrame files;
    flip(files.frame(), 100);
    auto school = files.open();
    auto const system = Actor::system();
    std::vector const edges{files.clock->now() - 1h, files.clock->now()};
    CHECK(school.insights().monthly_recurring(system, {.moments = edges}).empty());
    CHECK(school.insights().cohort_revenue(system, {.edges = edges}).empty());
    CHECK(!files.told());  // what is wrong with the frame
    static_cast<void>(school.insights().status(system));
    CHECK(files.told());
}

TEST_CASE("the job keeps the frame only if it says something new", "[insights]") {
    KeptFrame files;
    auto school = files.open();
    files.run_jobs(school);
    auto const written = fs::last_write_time(files.frame());
    fs::last_write_time(files.frame(), written - 10s);
    files.run_jobs(school);
    CHECK(fs::last_write_time(files.frame()) == written - 10s);
    CHECK(files.events(school) == 3);
    files.run_jobs(school);
    CHECK(fs::last_write_time(files.frame()) == written - 10s);
    files.learn(school, *files.ada);
    files.run_jobs(school);
    CHECK(fs::last_write_time(files.frame()) != written - 10s);
}

TEST_CASE("a frame cut short, spoiled or of something else is made anew and told once",
          "[insights]") {
    KeptFrame files;
    SECTION("cut short") {
        cut(files.frame(), 5);
    }
    SECTION("empty") {
        cut(files.frame(), fs::file_size(files.frame()));
    }
    SECTION("spoiled") {
        flip(files.frame(), 3);
    }
    SECTION("no frame at all") {
        std::ofstream{files.frame()} << "a text that somebody wrote";
    }
    SECTION("a folder") {
        fs::remove(files.frame());
        fs::create_directory(files.frame());
    }
    auto school = files.open();
    CHECK(files.events(school) == 3);
    CHECK(files.told());
    auto const lines = files.log->lines().size();
    CHECK(files.events(school) == 3);
    CHECK(files.log->lines().size() == lines);
}

TEST_CASE("a frame of another school is not taken for this one's", "[insights]") {
    KeptFrame files;
    FileSchool others;
    {
        auto other = others.open();
        auto const ben = others.learner(other, "ben");
        for (int i = 0; i < 2; ++i)
            others.learn(other, ben);
        others.run_jobs(other);
    }
    fs::copy_file(others.frame(), files.frame(), fs::copy_options::overwrite_existing);
    CHECK(files.events(files.open()) == 3);
    CHECK(files.told());
}

TEST_CASE("a frame of before a backup was restored is made anew", "[insights]") {
    bool const erased = GENERATE(false, true);
    bool const goes_on = GENERATE(false, true);
    CAPTURE(erased, goes_on);
    KeptFrame files;
    auto const backup = files.dir.file("backup.db");
    files.open().backup_to(backup);
    {
        auto school = files.open();
        if (erased) {
            static_cast<void>(school.accounts().erase_user(Actor::system(), files.ada->user()));
        } else {
            files.learn(school, *files.ada);
        }
        files.run_jobs(school);
        CHECK(files.events(school) == (erased ? 0 : 4));
    }
    fs::copy_file(backup, files.dir.file("school.db"), fs::copy_options::overwrite_existing);
    if (goes_on) {
        auto school = files.open("school.db", {.frame_path = ""});
        auto const ben = files.learner(school, "ben");
        for (int i = 0; i < 5; ++i)
            files.learn(school, ben);
    }
    auto const again = files.open();
    CHECK(files.events(again) == (goes_on ? 8 : 3));
    CHECK(again.insights().status(Actor::system()).learners == (goes_on ? 2 : 1));
    CHECK(files.told());
}

TEST_CASE("a copied school makes a frame of its own", "[insights]") {
    KeptFrame files;
    files.open().backup_to(files.dir.file("copy.db"));
    auto copy = files.open("copy.db");
    CHECK(files.events(copy) == 3);
    files.run_jobs(copy);
    CHECK(fs::exists(files.dir.file("copy.db.frame")));
    // The same log up to there: the one's frame is the other's.
    fs::copy_file(files.dir.file("copy.db.frame"), files.frame(),
                  fs::copy_options::overwrite_existing);
    CHECK(files.events(files.open()) == 3);
    CHECK(!files.told());
}

TEST_CASE("no frame is kept where none is wanted or can be", "[insights]") {
    KeptFrame files;
    fs::remove(files.frame());
    {
        auto school = files.open("school.db", {.frame_path = ""});
        CHECK(files.events(school) == 3);
        files.run_jobs(school);
    }
    auto reader = Platform::open({.path = files.dir.file("school.db"), .read_only = true});
    CHECK(files.events(reader) == 3);
    CHECK(!fs::exists(files.frame()));

    auto const elsewhere = files.dir.file("kept elsewhere");
    auto school = files.open("school.db", {.frame_path = elsewhere});
    files.run_jobs(school);
    CHECK(fs::exists(elsewhere));
    CHECK(!fs::exists(files.frame()));
}

TEST_CASE("a frame that cannot be kept is told, and calls go on", "[insights]") {
    FileSchool files;
    auto school = files.open("school.db", {.frame_path = files.dir.file("none/of/these")});
    auto const ada = files.learner(school, "ada");
    files.learn(school, ada);
    CHECK(files.events(school) == 1);
    files.run_jobs(school);
    CHECK(files.told());
    CHECK(files.events(school) == 1);
}

TEST_CASE("a failing school is not taken for a frame that cannot be read or kept", "[insights]") {
    KeptFrame files;
    auto const inner = storage::open_sqlite({.path = files.dir.file("school.db")});
    FaultyStorage storage{*inner};
    testing::SeededRandom random{1};
    Dependencies const school{.storage = storage,
                              .clock = *files.clock,
                              .random = random,
                              .mailer = nullptr,
                              .log = *files.log,
                              .insights = {.frame_path = files.frame()}};
    auto const told_of_each_fault = [&](auto call) {
        for (int k = 1;; ++k) {
            storage.fail_at(k, "path");
            auto const failed = refusal([&] { call(); });
            if (!storage.fired()) return k;
            CHECK(failed == Refusal{ErrorCode::unavailable, {"path", "injected", std::nullopt}});
        }
    };
    CHECK(told_of_each_fault([&] { static_cast<void>(Insights{school}.status(Actor::system())); }) >
          100);  // the log is compared with what the frame says of it
    CHECK(told_of_each_fault(
              [&] { static_cast<void>(InsightFrames{school.insights}.save(school)); }) > 100);
    CHECK(!files.told());
}

TEST_CASE("a school with a frame beside it is whole, and opens", "[insights]") {
    KeptFrame files;
    auto school = files.open();
    CHECK(school.check().ok());
    school.backup_to(files.dir.file("backup.db"));
    CHECK(!fs::exists(files.dir.file("backup.db.frame")));
    auto const first = files.open("backup.db");
    CHECK(files.events(first) == 3);
}
