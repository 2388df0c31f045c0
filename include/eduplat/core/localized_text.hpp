#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace eduplat {

/// One text in several languages: a BCP 47 tag ("en", "zh-Hans") to its text. Tags are compared
/// without case and kept in the casing RFC 5646 recommends; texts are kept in NFC, with LF at the
/// ends of lines.
class LocalizedText {
  public:
    LocalizedText() = default;

    /// As set(), one after the other.
    LocalizedText(std::initializer_list<std::pair<std::string_view, std::string_view>> texts);

    /// Adds or replaces. Line feeds and tabs may occur in a text.
    /// Errors: invalid_argument, field "language": "malformed", "too_long", "too_many" (past the
    /// limit of languages); field "text": "utf8", "control_character", "too_long". The rest is
    /// unchanged.
    void set(std::string_view language, std::string_view text);

    /// No effect if there is no text in exactly this language.
    void remove(std::string_view language) noexcept;

    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
    [[nodiscard]] std::map<std::string, std::string> const& texts() const noexcept {
        return texts_;
    }

    /// The text for a reader of `language`: that very tag, else the tag shortened from its end
    /// (RFC 4647, section 3.4, lookup), else any tag of the same primary language, else English,
    /// else the first. Empty if there is no text.
    [[nodiscard]] std::string_view best_for(std::string_view language) const noexcept;

    friend bool operator==(LocalizedText const&, LocalizedText const&) = default;

  private:
    std::map<std::string, std::string> texts_;
};

}  // namespace eduplat
