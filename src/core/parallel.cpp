#include "core/parallel.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace eduplat {

namespace {

using Work = FunctionRef<void(std::size_t, int)>;

/// Hands out chunks and keeps the first exception.
class Queue {
  public:
    Queue(std::size_t chunks, Work work) : chunks_{chunks}, work_{work} {}

    void drain(int worker) noexcept {
        try {
            for (auto chunk = next_++; chunk < chunks_; chunk = next_++)
                work_(chunk, worker);
        } catch (...) {
            next_ = chunks_;
            std::scoped_lock const lock{mutex_};
            if (!thrown_) thrown_ = std::current_exception();
        }
    }

    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

  private:
    std::size_t chunks_;
    Work work_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::exception_ptr thrown_;
};

}  // namespace

int resolve_threads(int num_threads) {
    if (num_threads < 0) fail(ErrorCode::invalid_argument, "num_threads", "negative");
    if (num_threads > limits::threads_max) {
        fail(ErrorCode::invalid_argument, "num_threads", "too_large", limits::threads_max);
    }
    if (num_threads > 0) return num_threads;
    auto const cores = static_cast<int>(std::thread::hardware_concurrency());
    return std::clamp(cores, 1, limits::threads_max);
}

void parallel_for(int num_threads, std::size_t chunks, Work work) {
    Queue queue{chunks, work};
    auto const workers = std::min(static_cast<std::size_t>(resolve_threads(num_threads)), chunks);
    std::vector<std::thread> others;
    others.reserve(workers);
    try {
        for (auto worker = 1; worker < static_cast<int>(workers); ++worker) {
            others.emplace_back([&queue, worker] { queue.drain(worker); });
        }
    } catch (std::exception const&) {  // no thread or memory left: those there are do it all
    }
    queue.drain(0);
    for (auto& thread : others)
        thread.join();
    queue.rethrow();
}

}  // namespace eduplat
