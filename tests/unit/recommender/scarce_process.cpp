// Runs out of memory after some allocations, and says what goes on as it should all the same.

#include "core/parallel.hpp"

#include <eduplat/recommender/interactions.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;

namespace {

constexpr int plenty = 1'000'000'000;
std::atomic<int> left{plenty};

void* allocate(std::size_t size) {
    if (left.fetch_sub(1) <= 0) throw std::bad_alloc{};
    auto* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}

/// Whether it is all done, or refused before anything was.
bool works_with(int allocations) {
    std::vector<std::atomic<int>> times(100);
    bool thrown = false;
    left = allocations;
    try {
        parallel_for(8, times.size(), [&](std::size_t chunk, int) { ++times[chunk]; });
    } catch (std::bad_alloc const&) {
        thrown = true;
    }
    left = plenty;
    bool good = true;
    for (auto const& count : times)
        good &= count == (thrown ? 0 : 1);
    return good;
}

/// Whether a builder that was out of memory is as it was.
bool builds_with(int allocations) {
    InteractionsBuilder builder;
    std::vector<Index> const ids{0, 1, 2};
    std::vector<float> const weights{1, 1, 1};
    bool thrown = false;
    left = allocations;
    try {
        builder.add(ids, ids, weights);
    } catch (std::bad_alloc const&) {
        thrown = true;
    }
    left = plenty;
    auto const size = builder.size();
    builder.add(5, 5);
    auto const made = std::move(builder).build();
    return size == (thrown ? 0 : 3) && made.pairs() == size + 1 &&
           made.by_user().row(5).size() == 1;
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}

int main() {
    bool threads = true;
    bool builder = true;
    for (int allocations = 0; allocations < 12; ++allocations) {
        threads &= works_with(allocations);
        builder &= builds_with(allocations);
    }
    std::printf("%s %s\n", threads ? "threads" : "-", builder ? "builder" : "-");
}
