#pragma once

#include <eduplat/ports/random.hpp>

#include <memory>

namespace eduplat {

/// The operating system's generator, through libsodium.
[[nodiscard]] std::unique_ptr<Random> make_system_random();

}  // namespace eduplat
