#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/entry_log.hpp>
#include <support/temp_dir.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using storage::RunOn;

namespace {

using Problems = std::vector<std::string>;

/// A fork of this process that runs a function and then waits until it is let go. It leaves by
/// _exit, so that nothing of the test runs twice.
class Fork {
  public:
    explicit Fork(std::function<int()> const& in_child) {
        REQUIRE(::pipe(to_child_.data()) == 0);
        REQUIRE(::pipe(from_child_.data()) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) live_as_child(in_child);
        ::close(to_child_[0]);
        ::close(from_child_[1]);
        char result = 0;
        REQUIRE(::read(from_child_[0], &result, 1) == 1);
        result_ = result;
    }
    ~Fork() {
        ::close(to_child_[1]);
        ::close(from_child_[0]);
        ::waitpid(pid_, nullptr, 0);
    }

    [[nodiscard]] int result() const noexcept { return result_; }

  private:
    [[noreturn]] void live_as_child(std::function<int()> const& in_child) {
        ::close(to_child_[1]);
        auto const result = static_cast<char>(in_child());
        static_cast<void>(!::write(from_child_[1], &result, 1));
        char end = 0;
        static_cast<void>(!::read(to_child_[0], &end, 1));
        ::_exit(0);
    }

    std::array<int, 2> to_child_{};
    std::array<int, 2> from_child_{};
    pid_t pid_ = -1;
    int result_ = -1;
};

bool is_refused(std::function<void()> const& call) {
    try {
        call();
    } catch (Error const& error) {
        return error.code() == ErrorCode::failed_precondition && !error.violations().empty() &&
               error.violations()[0].rule == "forked";
    }
    return false;
}

/// How many of the calls on a storage opened before the fork are not refused.
int calls_let_through(storage::Storage& storage, std::string const& copy) {
    auto const nothing = [](storage::Connection&) {};
    std::vector<std::function<void()>> const calls{
        [&] { storage.read(nothing); },
        [&] { storage.write(nothing); },
        [&] { storage.write(nothing, RunOn::this_thread); },
        [&] { static_cast<void>(storage.check()); },
        [&] { storage.backup_to(copy); },
        [&] { static_cast<void>(storage.scrub()); },
    };
    int let_through = 0;
    for (auto const& call : calls)
        let_through += is_refused(call) ? 0 : 1;
    return let_through;
}

std::string try_write(std::string const& path, int writer) {
    ChildProcess child{{EDUPLAT_PROCESS_STORAGE_PROCESS, "try", path, std::to_string(writer)}};
    return child.read_line().value_or("nothing");
}

}  // namespace

TEST_CASE("in a forked child every call is refused, and the parent goes on", "[storage][fork]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto storage = storage::open_sqlite({.path = path});
    make_entry_tables(*storage);
    write_entry(*storage, 1, 1);
    {
        Fork const child{[&] {
            int const let_through = calls_let_through(*storage, dir.file("copy.db"));
            storage.reset();
            return let_through;
        }};
        CHECK(child.result() == 0);
        // The child lives on. It must neither hold the parent's lock nor have taken it away.
        write_entry(*storage, 1, 2);
        storage->write([&](storage::Connection&) { CHECK(try_write(path, 2) == "unavailable"); },
                       RunOn::this_thread);
        CHECK(try_write(path, 2) == "written");
        write_entry(*storage, 1, 3);
    }
    write_entry(*storage, 1, 4);
    CHECK(judge_entries(*storage, {{1, 4}, {2, 1}}) == Problems{});
    CHECK(storage->check().ok());
}

TEST_CASE("a fork in the middle of a write leaves the lock with the parent", "[storage][fork]") {
    TempDir const dir;
    auto const path = dir.file("school.db");
    auto const storage = storage::open_sqlite({.path = path});
    make_entry_tables(*storage);
    std::unique_ptr<Fork> child;
    storage->write(
        [&](storage::Connection& connection) {
            connection.execute("INSERT INTO entry_counters (writer, n) VALUES (9, 9)");
            child = std::make_unique<Fork>([&] {
                return is_refused([&] { storage->read([](storage::Connection&) {}); }) ? 0 : 1;
            });
            CHECK(child->result() == 0);
            CHECK(try_write(path, 2) == "unavailable");
        },
        RunOn::this_thread);
    CHECK(try_write(path, 2) == "written");
    CHECK(last_entry(*storage, 9) == 9);
    CHECK(storage->check().ok());
}

TEST_CASE("a forked child cannot open what its parent had open, but other schools",
          "[storage][fork]") {
    TempDir const dir;
    auto const storage = storage::open_sqlite({.path = dir.file("school.db")});
    Fork const child{[&] {
        bool const refused =
            is_refused([&] {
                static_cast<void>(storage::open_sqlite({.path = dir.file("school.db")}));
            }) &&
            is_refused([&] {
                static_cast<void>(
                    storage::open_sqlite({.path = dir.file("school.db"), .read_only = true}));
            });
        auto const own = storage::open_sqlite({.path = dir.file("other.db")});
        return refused && own->check().ok() ? 0 : 1;
    }};
    CHECK(child.result() == 0);
    CHECK(storage->check().ok());
}

TEST_CASE("a forked child can open what its parent had closed", "[storage][fork]") {
    TempDir const dir;
    static_cast<void>(storage::open_sqlite({.path = dir.file("school.db")}));
    Fork const child{[&] {
        return storage::open_sqlite({.path = dir.file("school.db")})->check().ok() ? 0 : 1;
    }};
    CHECK(child.result() == 0);
}
