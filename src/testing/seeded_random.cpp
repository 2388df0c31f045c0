#include <eduplat/testing/seeded_random.hpp>

#include <algorithm>

namespace eduplat::testing {

void SeededRandom::fill(std::span<std::byte> bytes) {
    std::lock_guard const lock{mutex_};
    while (!bytes.empty()) {
        auto word = engine_();
        auto const count = std::min(bytes.size(), sizeof word);
        for (auto& byte : bytes.first(count)) {
            byte = static_cast<std::byte>(word & 0xffU);
            word >>= 8U;
        }
        bytes = bytes.subspan(count);
    }
}

}  // namespace eduplat::testing
