#include "exporting/blocks.hpp"

#include "core/parallel.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>

namespace eduplat::exporting {
namespace {

/// Enough that starting threads for a batch costs little, few enough that memory stays small.
constexpr std::size_t blocks_per_thread = 4;

}  // namespace

BlockWriter::BlockWriter(Sink sink, int num_threads)
    : sink_(std::move(sink)),
      num_threads_(resolve_threads(num_threads)),
      filling_(num_threads_ == 1 ? 1 : static_cast<std::size_t>(num_threads_) * blocks_per_thread),
      full_(filling_.size()) {}

void BlockWriter::give() {
    for (std::size_t i = 0; i < full_count_; ++i) {
        if (!full_[i].text().empty()) sink_(full_[i].text());
    }
    full_count_ = 0;
}

void BlockWriter::write(std::size_t blocks,
                        FunctionRef<void(std::size_t block, Buffer& out)> format) {
    if (broken_) fail(ErrorCode::failed_precondition, "sink", "failed");
    broken_ = true;
    for (std::size_t begin = 0; begin < blocks; begin += filling_.size()) {
        auto const count = std::min(filling_.size(), blocks - begin);
        parallel_for(num_threads_, count, [&](std::size_t place, int worker) {
            if (worker == 0) give();
            filling_[place].clear();
            format(begin + place, filling_[place]);
        });
        give();  // if the others were quicker
        std::swap(filling_, full_);
        full_count_ = count;
    }
    give();
    broken_ = false;
}

}  // namespace eduplat::exporting
