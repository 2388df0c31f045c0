#include "core/ascii.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/language_tag.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <vector>

namespace eduplat {
namespace {

using Subtags = std::vector<std::string>;

using ascii::is_digit, ascii::to_upper;

constexpr auto is_alpha = ascii::is_lower;
bool is_alphanumeric(char c) noexcept {
    return is_alpha(c) || is_digit(c);
}

bool all(std::string_view text, bool (*test)(char)) {
    return std::all_of(text.begin(), text.end(), test);
}

bool alpha(std::string_view s, std::size_t min, std::size_t max) {
    return s.size() >= min && s.size() <= max && all(s, is_alpha);
}

bool alphanumeric(std::string_view s, std::size_t min, std::size_t max) {
    return s.size() >= min && s.size() <= max && all(s, is_alphanumeric);
}

bool is_region(std::string_view s) {
    return alpha(s, 2, 2) || (s.size() == 3 && all(s, is_digit));
}

bool is_variant(std::string_view s) {
    return alphanumeric(s, 5, 8) || (alphanumeric(s, 4, 4) && is_digit(s.front()));
}

Subtags split(std::string_view tag) {
    Subtags out(1);
    for (auto const c : tag) {
        if (c == '-') {
            out.emplace_back();
        } else {
            out.back() += ascii::to_lower(c);
        }
    }
    return out;
}

/// Walks the grammar of RFC 5646, section 2.1, over subtags in lower case.
class Grammar {
  public:
    explicit Grammar(Subtags const& subtags) : at_(subtags.begin()), end_(subtags.end()) {}

    bool matches() {
        if (at_has([](auto s) { return s == "x"; })) return private_use() && at_ == end_;
        if (!language()) return false;
        skip_one([](auto s) { return alpha(s, 4, 4); });
        skip_one(is_region);
        while (skip_one(is_variant)) {
        }
        while (at_has([](auto s) { return alphanumeric(s, 1, 1) && s != "x"; })) {
            if (!extension(2)) return false;
        }
        if (at_has([](auto s) { return s == "x"; }) && !private_use()) return false;
        return at_ == end_;
    }

  private:
    bool language() {
        if (!at_has([](auto s) { return alpha(s, 2, 8); })) return false;
        auto const takes_extensions = at_->size() <= 3;
        ++at_;
        for (int i = 0; takes_extensions && i < 3; ++i) {
            skip_one([](auto s) { return alpha(s, 3, 3); });
        }
        return true;
    }

    bool private_use() { return extension(1); }

    /// A singleton and one or more subtags of `min` to 8 characters.
    bool extension(std::size_t min) {
        ++at_;
        auto const first = at_;
        while (skip_one([min](auto s) { return alphanumeric(s, min, 8); })) {
        }
        return at_ != first;
    }

    template <class Test>
    bool at_has(Test test) const {
        return at_ != end_ && test(std::string_view{*at_});
    }

    template <class Test>
    bool skip_one(Test test) {
        if (!at_has(test)) return false;
        ++at_;
        return true;
    }

    Subtags::const_iterator at_, end_;
};

std::string in_recommended_case(Subtags subtags) {
    auto out = subtags.front();
    auto after_singleton = out.size() == 1;
    for (std::size_t i = 1; i < subtags.size(); ++i) {
        auto& subtag = subtags[i];
        after_singleton = after_singleton || subtag.size() == 1;
        if (!after_singleton && subtag.size() == 2) {
            std::transform(subtag.begin(), subtag.end(), subtag.begin(), to_upper);
        }
        if (!after_singleton && subtag.size() == 4) subtag[0] = to_upper(subtag[0]);
        out += '-';
        out += subtag;
    }
    return out;
}

}  // namespace

std::string canonical_language_tag(std::string_view tag) {
    constexpr auto limit = limits::language_tag_bytes_max;
    if (tag.size() > limit) fail(ErrorCode::invalid_argument, "language", "too_long", limit);
    auto subtags = split(tag);
    if (!Grammar{subtags}.matches()) fail(ErrorCode::invalid_argument, "language", "malformed");
    return in_recommended_case(std::move(subtags));
}

}  // namespace eduplat
