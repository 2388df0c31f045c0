#include "recommender/npy.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace eduplat::recommender {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t version_at = magic.size();
constexpr std::size_t length_at = version_at + 2;
constexpr std::size_t alignment = 64;
constexpr std::size_t short_length = 2;  ///< bytes of the length in version 1.0
constexpr std::size_t long_length = 4;
constexpr unsigned char last_version = 3;
constexpr std::int64_t character_bytes = 4;
constexpr std::int64_t characters_max = 1'000'000;  ///< of one text

/// The bytes of a value, or none if the type is unknown.
std::optional<std::int64_t> value_bytes(std::string_view type) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> known{
        {{"<f4", 4}, {"<f8", 8}, {"<i4", 4}, {"<i8", 8}, {"|u1", 1}}};
    for (auto const& [name, bytes] : known) {
        if (type == name) return bytes;
    }
    if (!type.starts_with("<U")) return std::nullopt;
    std::int64_t characters = -1;
    auto const* const end = type.data() + type.size();
    auto const [stop, error] = std::from_chars(type.data() + 2, end, characters);
    bool const good =
        error == std::errc{} && stop == end && characters >= 0 && characters <= characters_max;
    return good ? std::optional{characters * character_bytes} : std::nullopt;
}

/// How many bytes the values take, or none if that is beyond all numbers.
std::optional<std::int64_t> total_bytes(Array const& array, std::int64_t value) {
    auto total = value;
    for (auto const dimension : array.shape) {
        if (dimension != 0 && total > std::numeric_limits<std::int64_t>::max() / dimension)
            return std::nullopt;
        total *= dimension;
    }
    return total;
}

/// Reads what Python writes of a dictionary of a text, a bool and a tuple of whole numbers.
class HeaderParser {
  public:
    HeaderParser(std::string_view text, std::string const& name) : text_(text), name_(name) {}

    Array parse() {
        expect('{');
        while (!take('}')) {
            entry();
            if (!take(',')) {
                expect('}');
                break;
            }
        }
        skip_space();
        if (!text_.empty() || !has_type_ || !has_order_ || !has_shape_) refuse("malformed");
        if (by_columns_ && array_.shape.size() > 1) refuse("shape");
        return std::move(array_);
    }

  private:
    [[noreturn]] void refuse(std::string_view rule) const {
        fail(ErrorCode::data_loss, name_, rule);
    }

    void skip_space() {
        text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size()));
    }
    bool take(char mark) {
        skip_space();
        if (text_.empty() || text_.front() != mark) return false;
        text_.remove_prefix(1);
        return true;
    }
    bool take(std::string_view word) {
        skip_space();
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }
    void expect(char mark) {
        if (!take(mark)) refuse("malformed");
    }

    std::string quoted() {
        expect('\'');
        auto const end = text_.find('\'');
        if (end == std::string_view::npos) refuse("malformed");
        std::string result{text_.substr(0, end)};
        text_.remove_prefix(end + 1);
        return result;
    }

    void entry() {
        auto const key = quoted();
        expect(':');
        if (key == "descr" && !has_type_) {
            has_type_ = true;
            array_.type = quoted();
        } else if (key == "fortran_order" && !has_order_) {
            has_order_ = true;
            by_columns_ = take("True");
            if (!by_columns_ && !take("False")) refuse("malformed");
        } else if (key == "shape" && !has_shape_) {
            has_shape_ = true;
            shape();
        } else {
            refuse("malformed");
        }
    }

    void shape() {
        expect('(');
        while (!take(')')) {
            std::int64_t dimension = -1;
            skip_space();
            auto const [stop, error] =
                std::from_chars(text_.data(), text_.data() + text_.size(), dimension);
            if (error != std::errc{} || dimension < 0) refuse("malformed");
            text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
            array_.shape.push_back(dimension);
            if (!take(',')) {
                expect(')');
                break;
            }
        }
    }

    std::string_view text_;
    std::string const& name_;
    Array array_;
    bool by_columns_ = false;
    bool has_type_ = false;
    bool has_order_ = false;
    bool has_shape_ = false;
};

/// How many bytes stand before the dictionary, and how many it has.
struct Extent {
    std::size_t begin = 0;
    std::size_t length = 0;
};

std::optional<Extent> header_extent(std::span<unsigned char const> bytes) {
    std::string_view const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
    if (!text.starts_with(magic) || bytes.size() < length_at + long_length) return std::nullopt;
    auto const version = bytes[version_at];
    if (version < 1 || version > last_version) return std::nullopt;
    Extent extent{.begin = length_at + (version == 1 ? short_length : long_length)};
    for (auto at = extent.begin; at > length_at; --at)
        extent.length = extent.length << 8U | bytes[at - 1];
    return extent.length <= bytes.size() - extent.begin ? std::optional{extent} : std::nullopt;
}

}  // namespace

std::string npy_header(Array const& array) {
    std::string text = "{'descr': '" + array.type + "', 'fortran_order': False, 'shape': (";
    for (auto const dimension : array.shape)
        text += std::to_string(dimension) + ", ";
    if (array.shape.size() > 1) text.resize(text.size() - 2);   // (3, 4)
    if (array.shape.size() == 1) text.resize(text.size() - 1);  // (3,)
    text += "), }";
    auto const before = length_at + short_length;
    auto const whole = (before + text.size() + 1 + alignment - 1) / alignment * alignment;
    text.append(whole - before - text.size() - 1, ' ');
    text += '\n';
    std::string result{magic};
    result += {'\x01', '\x00', static_cast<char>(text.size() & 0xffU),
               static_cast<char>(text.size() >> 8U)};
    return result + text;
}

Array parse_npy(std::span<unsigned char const> bytes, std::string const& name) {
    auto const extent = header_extent(bytes);
    if (!extent) fail(ErrorCode::data_loss, name, "malformed");
    auto const text = bytes.subspan(extent->begin, extent->length);
    auto array =
        HeaderParser{{reinterpret_cast<char const*>(text.data()), text.size()}, name}.parse();
    auto const value = value_bytes(array.type);
    if (!value) fail(ErrorCode::data_loss, name, "type");
    auto const values = bytes.subspan(extent->begin + extent->length);
    if (total_bytes(array, *value) != std::ssize(values))
        fail(ErrorCode::data_loss, name, "malformed");
    array.bytes.assign(values.begin(), values.end());
    return array;
}

}  // namespace eduplat::recommender
