// A process to be killed: victim COMMAND PATH ... [shim CALL N]. With "shim" it dies at its N-th
// file call of that kind; otherwise whoever started it kills it.
#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/entry_log.hpp>
#include <support/vfs_shim.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

using Arguments = std::vector<std::string>;

void say(std::string const& line) {
    std::cout << line << std::endl;
}

// create PATH: makes a school and says so.
int run_create(storage::SqliteOptions const& options) {
    auto const storage = storage::open_sqlite(options);
    say("created");
    return 0;
}

// write PATH WRITER: writes entries without end and says the number of each that was acknowledged.
// The entries are large and scrubs frequent, so that checkpoints of every kind are among what a
// kill interrupts.
int run_write(storage::SqliteOptions const& options, int writer) {
    auto const storage = storage::open_sqlite(options);
    make_entry_tables(*storage);
    say("ready");
    for (auto n = last_entry(*storage, writer) + 1;; ++n) {
        auto const filler = n % 5 == 0 ? 100'000 : 3'000;
        auto const run_on = n % 2 == 0 ? storage::RunOn::any_thread : storage::RunOn::this_thread;
        write_entry(*storage, writer, n, {.filler = filler, .run_on = run_on});
        say(std::to_string(n));
        if (n % 7 == 0) static_cast<void>(storage->scrub());
    }
}

FileCall call_named(std::string const& name) {
    if (name == "sync") return FileCall::sync;
    if (name == "truncate") return FileCall::truncate;
    return FileCall::write;
}

}  // namespace

int main(int count, char** values) {
    Arguments arguments(values, values + count);
    storage::SqliteOptions options{.path = arguments.at(2), .busy_timeout = 60s};
    std::unique_ptr<VfsShim> shim;
    if (arguments.size() > 5 && arguments[arguments.size() - 3] == "shim") {
        shim = std::make_unique<VfsShim>();
        shim->inject({.call = call_named(arguments[arguments.size() - 2]),
                      .from = std::stol(arguments.back()),
                      .code = 0});
        options.vfs = shim->name();
    }
    try {
        if (arguments.at(1) == "create") return run_create(options);
        if (arguments.at(1) == "write") return run_write(options, std::stoi(arguments.at(3)));
    } catch (Error const& error) {
        say(error.what());
        return 3;
    }
    return 1;
}
