#include "services/system_random.hpp"

#include "services/sodium_ready.hpp"

#include <sodium.h>

namespace eduplat {
namespace {

class SystemRandom final : public Random {
  public:
    SystemRandom() { sodium_ready(); }

    void fill(std::span<std::byte> bytes) override { randombytes_buf(bytes.data(), bytes.size()); }
};

}  // namespace

std::unique_ptr<Random> make_system_random() {
    return std::make_unique<SystemRandom>();
}

}  // namespace eduplat
