#include "core/utf8.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <array>

namespace eduplat::text {
namespace {

struct Range {
    utf8proc_int32_t first, last;
};

/// Han, Hiragana, Katakana and Hangul (Unicode Character Database, Scripts.txt), with the sound
/// mark U+30FC that the two kana share. In order; a range may hold code points that are not
/// letters.
constexpr std::array cjk_ranges{
    Range{0x1100, 0x11ff},   Range{0x2e80, 0x2fd5},   Range{0x3005, 0x3007},
    Range{0x3021, 0x3029},   Range{0x3031, 0x3035},   Range{0x3038, 0x303c},
    Range{0x3041, 0x3096},   Range{0x309d, 0x309f},   Range{0x30a1, 0x30fa},
    Range{0x30fc, 0x30ff},   Range{0x3131, 0x318e},   Range{0x31f0, 0x31ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa960, 0xa97c},
    Range{0xac00, 0xd7fb},   Range{0xf900, 0xfad9},   Range{0xff66, 0xffdc},
    Range{0x1aff0, 0x1afff}, Range{0x1b000, 0x1b167}, Range{0x20000, 0x3ffff},
};

bool is_cjk(utf8proc_int32_t c) noexcept {
    auto const range = std::partition_point(cjk_ranges.begin(), cjk_ranges.end(),
                                            [c](Range r) { return r.last < c; });
    return range != cjk_ranges.end() && range->first <= c;
}

enum class Class : std::uint8_t { separator, ignorable, mark, word, cjk };

bool is_mark(utf8proc_propval_t category) noexcept {
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool is_letter_or_number(utf8proc_propval_t category) noexcept {
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/// Joiners, soft hyphens and variation selectors show nothing of their own: they neither end a term
/// nor occur in one. The zero width space is no such thing: it stands between words.
Class classify(utf8proc_int32_t c, utf8proc_property_t const& property) noexcept {
    constexpr utf8proc_int32_t zero_width_space = 0x200b;
    if (property.ignorable && c != zero_width_space) return Class::ignorable;
    if (is_mark(property.category)) return Class::mark;
    if (!is_letter_or_number(property.category)) return Class::separator;
    return is_cjk(c) ? Class::cjk : Class::word;
}

/// Whether the two are parts of one Korean syllable (Unicode, 3.12), written out in its letters.
bool is_one_syllable(int before, int after) noexcept {
    auto const ends_in_vowel = before == UTF8PROC_BOUNDCLASS_V || before == UTF8PROC_BOUNDCLASS_LV;
    if (after == UTF8PROC_BOUNDCLASS_V) return before == UTF8PROC_BOUNDCLASS_L;
    return after == UTF8PROC_BOUNDCLASS_T && ends_in_vowel;
}

/// One character as a reader sees it, or a whole word: a place in the text and what is shown there.
struct Piece {
    std::size_t offset;
    std::string shown;
};

class Tokenizer {
  public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        for (std::size_t at = 0; at < text_.size();) {
            auto const [code_point, size] = utf8::decode(text_, at);
            if (size == 0) fail(ErrorCode::invalid_argument, "text", "utf8");
            take(code_point, at, text_.substr(at, size));
            at += size;
        }
        finish();
        return std::move(tokens_);
    }

  private:
    void take(utf8proc_int32_t code_point, std::size_t at, std::string_view bytes) {
        auto const& property = *utf8proc_get_property(code_point);
        auto const what = classify(code_point, property);
        if (what == Class::ignorable) return;
        if (what == Class::mark) return extend(bytes, UTF8PROC_BOUNDCLASS_EXTEND);
        if (what != run_) finish();
        run_ = what;
        if (what == Class::separator) return;
        auto const boundclass = static_cast<int>(property.boundclass);
        auto const joins = what == Class::word || is_one_syllable(boundclass_, boundclass);
        if (pieces_.empty() || !joins) pieces_.push_back({at, {}});
        extend(bytes, boundclass);
    }

    /// A mark belongs to what it follows, and so to nothing where it follows a separator.
    void extend(std::string_view bytes, int boundclass) {
        if (!pieces_.empty()) pieces_.back().shown += bytes;
        boundclass_ = boundclass;
    }

    void finish() {
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            auto const& piece = pieces_[i];
            auto const kind = run_ == Class::word ? TokenKind::word : TokenKind::unigram;
            tokens_.push_back({kind, fold(piece.shown), piece.offset});
            if (i + 1 == pieces_.size()) continue;
            tokens_.push_back(
                {TokenKind::bigram, fold(piece.shown + pieces_[i + 1].shown), piece.offset});
        }
        pieces_.clear();
        boundclass_ = UTF8PROC_BOUNDCLASS_START;
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::vector<Piece> pieces_;  ///< of the run that is being read: one word, or CJK characters
    Class run_ = Class::separator;
    int boundclass_ = UTF8PROC_BOUNDCLASS_START;
};

}  // namespace

std::vector<Token> tokens(std::string_view text) {
    return Tokenizer{text}.run();
}

}  // namespace eduplat::text
