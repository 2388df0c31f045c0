#pragma once

#include <eduplat/core/function_ref.hpp>

#include <cstddef>

namespace eduplat {

/// How many threads `num_threads` stands for: 0 is one a core. Errors: invalid_argument (field
/// "num_threads", rules "negative", "too_large" at limits::threads_max).
[[nodiscard]] int resolve_threads(int num_threads);

/// Calls work(chunk, worker) once for each chunk below `chunks`, in the caller's thread, worker 0,
/// and num_threads - 1 others, which end before it returns; no more of them than there are chunks.
/// Chunks are begun in ascending order. After an exception no further chunk is begun, and the first
/// that was thrown reaches the caller. Where the system has no thread or memory left for more,
/// fewer work.
///
/// What a chunk is and the order in which results are put together must not depend on the number of
/// threads: then neither does the result.
void parallel_for(int num_threads, std::size_t chunks,
                  FunctionRef<void(std::size_t chunk, int worker)> work);

}  // namespace eduplat
