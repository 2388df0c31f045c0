#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/ports/random.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace eduplat {

/// Many uids of one moment. Random bytes are drawn for hundreds at once, because a draw may cost a
/// call of the operating system.
class UidBatch {
  public:
    UidBatch(Random& random, Timestamp at) : random_(random), at_(at) {}

    [[nodiscard]] Uid next() {
        if (used_ == entropy_.size()) {
            random_.fill(entropy_);
            used_ = 0;
        }
        auto const bytes = std::span<std::byte const>{entropy_}.subspan(used_).first<8>();
        used_ += bytes.size();
        return Uid::v7(at_, bytes);
    }

  private:
    Random& random_;
    Timestamp at_;
    std::array<std::byte, 4096> entropy_{};
    std::size_t used_ = entropy_.size();
};

}  // namespace eduplat
