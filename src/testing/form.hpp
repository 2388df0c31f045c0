#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Fields as "name=value&name=value", with percent signs (RFC 3986, section 2.1).
namespace eduplat::testing {

using Form = std::map<std::string, std::string>;

inline std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/";
    std::string result;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (plain.find(c) != std::string_view::npos) {
            result += c;
        } else {
            result += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return result;
}

/// Nothing for a malformed text.
inline std::optional<std::string> unescaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (text.size() < i + 3) return std::nullopt;
        auto const high = digits.find(text[i + 1]);
        auto const low = digits.find(text[i + 2]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        result += static_cast<char>(high << 4U | low);
        i += 2;
    }
    return result;
}

inline std::string write_form(Form const& form) {
    std::string text;
    for (auto const& [name, value] : form) {
        if (!text.empty()) text += '&';
        text += escaped(name) + '=' + escaped(value);
    }
    return text;
}

/// Nothing for a malformed text.
inline std::optional<Form> read_form(std::string_view text) {
    Form form;
    while (!text.empty()) {
        auto const end = text.find('&');
        auto const field = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        auto const equals = field.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        auto name = unescaped(field.substr(0, equals));
        auto value = unescaped(field.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        form[*std::move(name)] = *std::move(value);
    }
    return form;
}

}  // namespace eduplat::testing
