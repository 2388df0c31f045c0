#include "services/sodium_ready.hpp"

#include <eduplat/core/error.hpp>

#include <sodium.h>

namespace eduplat {

void sodium_ready() {
    static bool const ready = sodium_init() >= 0;
    if (!ready) throw Error{ErrorCode::internal, "libsodium cannot be initialized"};
}

}  // namespace eduplat
