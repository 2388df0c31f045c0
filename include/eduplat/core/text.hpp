#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Text in all languages: validity, normal form, comparison keys, and the one tokenizer that search
/// and the content recommender share. Unicode facts come from utf8proc. Thread safety: all
/// functions are pure.
namespace eduplat::text {

/// Changes whenever tokens() may answer differently for some text: whoever stores tokens stores
/// this.
inline constexpr int tokenizer_version = 1;

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// Whether a control character (general category Cc) other than those in `allowed` occurs.
/// `text` is valid UTF-8.
[[nodiscard]] bool has_control_characters(std::string_view text,
                                          std::string_view allowed = {}) noexcept;

/// Whether a character occurs that shows nothing of its own or only steers how others are laid out:
/// format characters (general category Cf: soft hyphen, zero width space, bidirectional controls),
/// all else that is ignorable by default (variation selectors, fillers), and the separators of
/// lines and paragraphs. `text` is valid UTF-8.
[[nodiscard]] bool has_invisible_characters(std::string_view text) noexcept;

/// Whether any character is neither white space nor one of those that has_invisible_characters()
/// looks for. `text` is valid UTF-8.
[[nodiscard]] bool has_visible_characters(std::string_view text) noexcept;

/// Whether a character occurs that reorders the text around it (U+202A to U+202E, U+2066 to U+2069)
/// or ends a line or paragraph (U+2028, U+2029). `text` is valid UTF-8.
[[nodiscard]] bool has_layout_controls(std::string_view text) noexcept;

/// Whether no character is a mere variant of others, such as a full-width letter, a ligature or a
/// letter in a circle: the text's Normalization Forms KC and C are equal. Errors: as nfc().
[[nodiscard]] bool is_compatibility_normal(std::string_view text);

/// Bytes of UTF-8 become at most this many times fewer by nfc(): a text longer than its bound times
/// this is too long in any form.
inline constexpr std::size_t nfc_shrinks_at_most = 8;

/// Normalization Form C. Errors: invalid_argument (field "text", rule "utf8").
[[nodiscard]] std::string nfc(std::string_view text);

/// A key under which texts that differ only in case or composition are equal: NFC of the full case
/// folding. For comparing and indexing, not for showing. Errors: as nfc().
[[nodiscard]] std::string fold(std::string_view text);

/// What a text is in ASCII: small letters and digits, without the marks of letters ("Über" gives
/// "uber"). What has no form there is left out. Errors: as nfc().
[[nodiscard]] std::string to_ascii(std::string_view text);

/// `text` without white space (White_Space property) at both ends. `text` is valid UTF-8.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

enum class TokenKind : std::uint8_t {
    word,     ///< a run of letters, marks and digits
    unigram,  ///< one Chinese, Japanese or Korean character
    bigram,   ///< two such characters that stand side by side
};

struct Token {
    TokenKind kind;
    std::string term;         ///< folded, never empty
    std::size_t byte_offset;  ///< where it begins in the text given

    friend bool operator==(Token const&, Token const&) = default;
};

/// The terms of a text in reading order. A word is a run of letters, marks and digits of the
/// scripts that put spaces between words; a run of Han, Hiragana, Katakana or Hangul gives every
/// character and every pair of neighbors: "学习C++" gives 学, 学习, 习, c.
///
/// What shows nothing of its own (joiners, soft hyphens, variation selectors) neither ends a term
/// nor occurs in one; the zero width space ends one. Texts that differ only in case or composition
/// give the same terms. Thai, Lao, Khmer and Burmese, which write without spaces, give a phrase as
/// a word. Errors: as nfc().
[[nodiscard]] std::vector<Token> tokens(std::string_view text);

}  // namespace eduplat::text
