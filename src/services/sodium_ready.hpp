#pragma once

namespace eduplat {

/// Makes libsodium ready; cheap after the first time. Errors: internal, if it cannot be
/// initialized. Thread safety: any thread.
void sodium_ready();

}  // namespace eduplat
