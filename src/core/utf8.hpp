#pragma once

#include <utf8proc.h>

#include <cstddef>
#include <string>
#include <string_view>

/// Code points in and out of UTF-8, for the sources of core/text.
namespace eduplat::utf8 {

struct Decoded {
    utf8proc_int32_t code_point;
    std::size_t size;  ///< bytes taken; 0 where the text is not UTF-8
};

/// The code point at `offset`, which is inside `text`.
inline Decoded decode(std::string_view text, std::size_t offset) noexcept {
    if (auto const first = static_cast<unsigned char>(text[offset]); first < 0x80)
        return {first, 1};
    auto const rest = text.substr(offset, 4);
    utf8proc_int32_t code_point = -1;
    auto const size = utf8proc_iterate(reinterpret_cast<utf8proc_uint8_t const*>(rest.data()),
                                       static_cast<utf8proc_ssize_t>(rest.size()), &code_point);
    return {code_point, size > 0 ? static_cast<std::size_t>(size) : 0};
}

inline void append(std::string& text, utf8proc_int32_t code_point) {
    utf8proc_uint8_t bytes[4];
    auto const size = utf8proc_encode_char(code_point, bytes);
    text.append(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
}

inline bool is_ascii(std::string_view text) noexcept {
    for (auto const c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    }
    return true;
}

}  // namespace eduplat::utf8
