#pragma once

#include <eduplat/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eduplat {

/// How a text field is checked. Lengths are in bytes of the normalized text.
struct TextRule {
    std::size_t min_bytes = 0;
    std::size_t max_bytes = 0;
    bool multiline = false;  ///< whether line feeds and tabs may occur
};

/// Gathers every broken rule of an argument, then refuses them all at once.
/// Thread safety: one thread at a time.
class Validation {
  public:
    void add(std::string_view field, std::string_view rule,
             std::optional<std::int64_t> limit = std::nullopt);

    /// Trims and normalizes a text to NFC, and checks it: "utf8", "control_character", "required"
    /// (nothing in it, but min_bytes is 1 or more), "too_short", "too_long". In a multiline text CR
    /// LF becomes LF first. In one of a single line the controls that reorder text or break lines
    /// count as control characters, and a text of nothing but invisible characters as none; joiners
    /// beside visible ones stay. A text many times too long is refused as that without a look at
    /// the rest. Returns the normal form, empty if broken.
    [[nodiscard]] std::string text(std::string_view field, std::string_view value, TextRule rule);

    [[nodiscard]] bool ok() const noexcept { return violations_.empty(); }
    [[nodiscard]] std::vector<Violation> const& violations() const noexcept { return violations_; }
    [[nodiscard]] std::vector<Violation> take() noexcept { return std::exchange(violations_, {}); }

    /// Throws invalid_argument with all violations, if there are any.
    void check(std::string_view what) const;

  private:
    std::vector<Violation> violations_;
};

}  // namespace eduplat
