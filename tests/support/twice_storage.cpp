#include "support/twice_storage.hpp"

namespace eduplat::test {
namespace {

struct Undo {};

}  // namespace

void TwiceStorage::run_write(FunctionRef<void(storage::Connection&)> fn, storage::RunOn run_on) {
    if (inner_.in_write()) return inner_.write(fn, run_on);
    auto const twice = [&](storage::Connection& connection) {
        try {
            inner_.write([&](storage::Connection& first) {
                fn(first);
                throw Undo{};
            });
        } catch (Undo const&) {
        }
        fn(connection);
    };
    inner_.write(twice, run_on);
}

}  // namespace eduplat::test
