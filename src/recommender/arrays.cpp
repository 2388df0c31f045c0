#include "recommender/arrays.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace eduplat::recommender {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are kept as they are in memory");

constexpr std::string_view float32 = "<f4";
constexpr std::string_view float64 = "<f8";
constexpr std::string_view signed32 = "<i4";
constexpr std::string_view signed64 = "<i8";
constexpr std::string_view byte = "|u1";
constexpr std::string_view text_mark = "<U";  // and a number of characters, four bytes each
constexpr std::string_view offsets_suffix = "_offsets";

template <typename T>
Array to_array(std::string_view type, std::vector<std::int64_t> shape, std::span<T const> values) {
    auto const* const bytes = reinterpret_cast<unsigned char const*>(values.data());
    return {std::string{type}, std::move(shape), {bytes, bytes + values.size_bytes()}};
}

template <typename T>
Array to_row(std::string_view type, std::span<T const> values) {
    return to_array(type, {std::ssize(values)}, values);
}

bool all_finite(auto const& values) {
    return std::all_of(values.begin(), values.end(),
                       [](auto value) { return std::isfinite(value); });
}

}  // namespace

void ArrayWriter::add(std::string_view name, Array array) {
    arrays_.insert_or_assign(prefix_ + std::string{name}, std::move(array));
}

void ArrayWriter::put(std::string_view name, std::span<float const> values, std::int64_t columns) {
    if (columns == 0) return add(name, to_row(float32, values));
    add(name, to_array(float32, {std::ssize(values) / columns, columns}, values));
}

void ArrayWriter::put(std::string_view name, std::span<std::int32_t const> values) {
    add(name, to_row(signed32, values));
}

void ArrayWriter::put(std::string_view name, std::span<std::int64_t const> values) {
    add(name, to_row(signed64, values));
}

void ArrayWriter::put(std::string_view name, std::span<double const> values) {
    add(name, to_row(float64, values));
}

void ArrayWriter::put(std::string_view name, double value) {
    add(name, to_array<double>(float64, {}, {&value, 1}));
}

void ArrayWriter::put(std::string_view name, std::int64_t value) {
    add(name, to_array<std::int64_t>(signed64, {}, {&value, 1}));
}

void ArrayWriter::put(std::string_view name, std::string_view text) {
    std::vector<std::uint32_t> const characters{text.begin(), text.end()};
    auto const type = std::string{text_mark} + std::to_string(characters.size());
    add(name, to_array<std::uint32_t>(type, {}, characters));
}

void ArrayWriter::put(std::string_view name, std::span<std::string const> texts) {
    std::string all;
    std::vector<std::int64_t> offsets{0};
    for (auto const& text : texts) {
        all += text;
        offsets.push_back(std::ssize(all));
    }
    add(name, to_row<char>(byte, all));
    put(std::string{name}.append(offsets_suffix), offsets);
}

ArrayReader::ArrayReader(Arrays arrays)
    : arrays_(std::make_shared<Arrays const>(std::move(arrays))) {}

bool ArrayReader::has(std::string_view name) const {
    return arrays_->contains(prefix_ + std::string{name});
}

void ArrayReader::refuse(std::string_view name, std::string_view rule) const {
    fail(ErrorCode::data_loss, prefix_ + std::string{name}, rule);
}

Array const& ArrayReader::get(std::string_view name, std::string_view type,
                              std::size_t dimensions) const {
    auto const found = arrays_->find(prefix_ + std::string{name});
    if (found == arrays_->end()) refuse(name, "missing");
    if (!found->second.type.starts_with(type)) refuse(name, "type");
    if (found->second.shape.size() != dimensions) refuse(name, "shape");
    return found->second;
}

template <typename T>
std::vector<T> ArrayReader::values(std::string_view name, std::string_view type,
                                   std::size_t dimensions) const {
    auto const& bytes = get(name, type, dimensions).bytes;
    std::vector<T> result(bytes.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), bytes.data(), result.size() * sizeof(T));
    return result;
}

std::vector<float> ArrayReader::floats(std::string_view name, std::int64_t rows,
                                       std::int64_t columns) const {
    auto const& shape = get(name, float32, columns == 0 ? 1 : 2).shape;
    if (rows >= 0 && shape.front() != rows) refuse(name, "shape");
    if (columns > 0 && shape.back() != columns) refuse(name, "shape");
    auto result = values<float>(name, float32, shape.size());
    if (!all_finite(result)) refuse(name, "not_finite");
    return result;
}

std::vector<std::int32_t> ArrayReader::int32s(std::string_view name) const {
    return values<std::int32_t>(name, signed32, 1);
}

std::vector<std::int64_t> ArrayReader::int64s(std::string_view name) const {
    return values<std::int64_t>(name, signed64, 1);
}

std::vector<double> ArrayReader::doubles(std::string_view name) const {
    auto result = values<double>(name, float64, 1);
    if (!all_finite(result)) refuse(name, "not_finite");
    return result;
}

double ArrayReader::number(std::string_view name) const {
    auto const result = values<double>(name, float64, 0).front();
    if (!std::isfinite(result)) refuse(name, "not_finite");
    return result;
}

std::int64_t ArrayReader::integer(std::string_view name) const {
    return values<std::int64_t>(name, signed64, 0).front();
}

std::int32_t ArrayReader::index(std::string_view name) const {
    auto const result = integer(name);
    if (result < 0 || result > limits::recommender_rows_max) refuse(name, "out_of_range");
    return static_cast<std::int32_t>(result);
}

std::string ArrayReader::text(std::string_view name) const {
    std::string result;
    for (auto const character : values<std::uint32_t>(name, text_mark, 0)) {
        if (character == 0) break;  // numpy fills up with them
        if (character > 0x7f) refuse(name, "out_of_range");
        result += static_cast<char>(character);
    }
    return result;
}

std::vector<std::string> ArrayReader::texts(std::string_view name) const {
    auto const all = values<char>(name, byte, 1);
    auto const offsets_name = std::string{name}.append(offsets_suffix);
    auto const offsets = int64s(offsets_name);
    bool const good = !offsets.empty() && offsets.front() == 0 &&
                      offsets.back() == std::ssize(all) &&
                      std::is_sorted(offsets.begin(), offsets.end());
    if (!good) refuse(offsets_name, "out_of_range");
    std::vector<std::string> result;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
        result.emplace_back(all.begin() + offsets[i], all.begin() + offsets[i + 1]);
    return result;
}

ArrayReader ArrayReader::within(std::string_view prefix) const {
    auto result = *this;
    result.prefix_ += prefix;
    return result;
}

}  // namespace eduplat::recommender
