#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace eduplat::exporting {

/// Text under construction: room is asked for once, then filled without checks.
class Buffer final {
  public:
    /// Where at least `bytes` more may be written, until end() says how many were.
    [[nodiscard]] char* room(std::size_t bytes) {
        if (capacity_ - size_ < bytes) grow(bytes);
        return text_.get() + size_;
    }
    void end(char const* at) noexcept { size_ = static_cast<std::size_t>(at - text_.get()); }

    void append(std::string_view text) {
        std::memcpy(room(text.size()), text.data(), text.size());
        size_ += text.size();
    }

    [[nodiscard]] std::string_view text() const noexcept { return {text_.get(), size_}; }
    void clear() noexcept { size_ = 0; }

  private:
    void grow(std::size_t bytes) {
        auto const capacity = std::max(size_ + bytes, capacity_ * 2 + 1024);
        // Not make_unique, which would write zeros first.
        auto larger = std::unique_ptr<char[]>{new char[capacity]};
        if (size_ > 0) std::memcpy(larger.get(), text_.get(), size_);
        text_ = std::move(larger);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> text_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace eduplat::exporting
