#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace eduplat::recommender {

/// Floats that are aligned for kernels, with zeros behind them that kernels may read.
class FloatBuffer {
  public:
    FloatBuffer() = default;
    /// Not initialized but for what lies behind the end. Errors: std::bad_alloc.
    explicit FloatBuffer(std::size_t size);

    [[nodiscard]] float* data() noexcept { return floats_.get(); }
    [[nodiscard]] float const* data() const noexcept { return floats_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<float const> view() const noexcept { return {data(), size_}; }

  private:
    struct Free {
        void operator()(float* floats) const noexcept;
    };

    std::unique_ptr<float[], Free> floats_;
    std::size_t size_ = 0;
};

/// Rows of `d` factors, one after another.
struct Factors {
    FloatBuffer floats;
    std::size_t rows = 0;
    std::size_t d = 0;

    Factors() = default;
    Factors(std::size_t rows_count, std::size_t factors)
        : floats{rows_count * factors}, rows{rows_count}, d{factors} {}

    [[nodiscard]] float* row(std::size_t index) noexcept { return floats.data() + index * d; }
    [[nodiscard]] float const* row(std::size_t index) const noexcept {
        return floats.data() + index * d;
    }
};

}  // namespace eduplat::recommender
