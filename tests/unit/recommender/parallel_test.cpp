#include "core/parallel.hpp"

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "unit/core/refusal.hpp"

#include <eduplat/core/limits.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace eduplat;
using eduplat::test::invalid;
using eduplat::test::refusal;

TEST_CASE("parallel_for works each chunk once, with no more workers than asked for", "[parallel]") {
    for (int const threads : {1, 2, 3, 8}) {
        for (std::size_t const chunks : {0U, 1U, 2U, 7U, 1000U}) {
            std::vector<std::atomic<int>> times(chunks);
            std::atomic<int> greatest{0};
            auto const caller = std::this_thread::get_id();
            std::atomic<bool> mistaken{false};
            parallel_for(threads, chunks, [&](std::size_t chunk, int worker) {
                ++times[chunk];
                if (worker > greatest) greatest = worker;
                if ((worker == 0) != (std::this_thread::get_id() == caller)) mistaken = true;
            });
            for (auto const& count : times)
                REQUIRE(count == 1);
            CHECK(greatest < threads);
            CHECK((chunks == 0 || static_cast<std::size_t>(greatest) < chunks));
            CHECK_FALSE(mistaken);
        }
    }
}

TEST_CASE("parallel_for carries the first exception to the caller and begins no further chunk",
          "[parallel]") {
    for (int const threads : {1, 2, 8}) {
        std::atomic<int> begun{0};
        auto const work = [&](std::size_t chunk, int /*worker*/) {
            ++begun;
            if (chunk == 3) throw std::runtime_error{"three"};
        };
        CHECK_THROWS_AS(parallel_for(threads, 1'000'000, work), std::runtime_error);
        CHECK(begun < 1'000'000);
        if (threads == 1) CHECK(begun == 4);
    }
}

TEST_CASE("where memory runs out, what was begun is ended in order", "[parallel]") {
    CHECK(test::run_program({EDUPLAT_PROCESS_SCARCE_PROCESS}) == "threads builder\n");
}

TEST_CASE("threads are bounded", "[parallel]") {
    auto const most = limits::threads_max;
    CHECK(resolve_threads(1) == 1);
    CHECK(resolve_threads(most) == most);
    CHECK(resolve_threads(0) >= 1);
    CHECK(resolve_threads(0) <= most);
    CHECK(refusal([&] { return resolve_threads(-1); }) == invalid("num_threads", "negative"));
    CHECK(refusal([&] { return resolve_threads(most + 1); }) ==
          invalid("num_threads", "too_large", most));
}
