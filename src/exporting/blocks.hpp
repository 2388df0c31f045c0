#pragma once

#include "exporting/buffer.hpp"

#include <eduplat/core/function_ref.hpp>
#include <eduplat/exporting/sink.hpp>

#include <cstddef>
#include <vector>

namespace eduplat::exporting {

/// Writes a text of many blocks with several threads: each is formatted by any of them, and all
/// reach the sink in order, in the caller's thread, while the next ones are formatted.
class BlockWriter final {
  public:
    BlockWriter(Sink sink, int num_threads);

    /// Formats each block into an empty buffer, and has given all to the sink when it returns.
    void write(std::size_t blocks, FunctionRef<void(std::size_t block, Buffer& out)> format);

  private:
    void give();

    Sink sink_;
    int num_threads_;
    std::vector<Buffer> filling_;
    std::vector<Buffer> full_;
    std::size_t full_count_ = 0;
    bool broken_ = false;  ///< the sink did not take something
};

}  // namespace eduplat::exporting
