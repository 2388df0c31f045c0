#include "csv.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace oulad {
namespace {

using enum eduplat::ErrorCode;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// What may follow a whole number: nothing, or a point and zeros.
bool is_whole_tail(char const* begin, char const* end) noexcept {
    if (begin == end) return true;
    return *begin == '.' && std::all_of(begin + 1, end, [](char c) { return c == '0'; });
}

}  // namespace

Csv::Csv(std::filesystem::path const& file) : lines_(file) {
    if (!take_line()) {
        throw eduplat::Error(invalid_argument, "no line names the columns",
                             {{lines_.name() + ":1", "header", std::nullopt}});
    }
    if (std::string_view{line_begin_, line_end_}.starts_with(byte_order_mark)) {
        line_begin_ += byte_order_mark.size();
    }
    fields_.resize(1 + static_cast<std::size_t>(std::count(line_begin_, line_end_, ',')));
    fields_.resize(split());
    columns_.assign(fields_.begin(), fields_.end());
}

std::size_t Csv::column(std::string_view name) const {
    auto const found = std::find(columns_.begin(), columns_.end(), name);
    if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
    throw eduplat::Error(invalid_argument, "no column " + std::string{name},
                         {{lines_.name() + ":1", "missing_column", std::nullopt}});
}

bool Csv::next() {
    do {
        if (!take_line()) return false;
    } while (line_begin_ == line_end_);
    if (split() != fields_.size()) lines_.refuse("not one field a column", "fields");
    return true;
}

std::optional<std::int64_t> Csv::number(std::size_t column) const {
    auto const field = fields_[column];
    if (is_none(field)) return std::nullopt;
    std::int64_t value = 0;
    auto const* const end = field.data() + field.size();
    auto const [tail, error] = std::from_chars(field.data(), end, value);
    if (error != std::errc{} || !is_whole_tail(tail, end)) refuse(column, "number");
    return value;
}

std::optional<double> Csv::decimal(std::size_t column) const {
    auto const field = fields_[column];
    if (is_none(field)) return std::nullopt;
    double value = 0;
    auto const* const end = field.data() + field.size();
    auto const [tail, error] = std::from_chars(field.data(), end, value, std::chars_format::fixed);
    // "inf" and "nan" are not figures either.
    if (error != std::errc{} || tail != end || !(value - value == 0)) refuse(column, "number");
    return value;
}

void Csv::refuse(std::size_t column, std::string_view rule) const {
    lines_.refuse("column " + columns_[column] + " is \"" + std::string{fields_[column]} + '"',
                  rule);
}

bool Csv::take_line() {
    if (!lines_.next()) return false;
    line_begin_ = lines_.line().data();
    line_end_ = line_begin_ + lines_.line().size();
    return true;
}

/// Cuts the line into fields, in place. Says how many; of more than there is room for, the first.
std::size_t Csv::split() {
    auto* at = line_begin_;
    for (std::size_t count = 0;; ++at) {
        auto* const begin = at;
        auto* const end = at != line_end_ && *at == '"' ? unquote(at) : at = field_end(at);
        if (count < fields_.size()) fields_[count] = {begin, end};
        ++count;
        if (at == line_end_) return count;
    }
}

/// Where a field without quotes ends.
char* Csv::field_end(char* at) const noexcept {
    while (at != line_end_ && *at != ',')
        ++at;
    return at;
}

/// Takes the quotes off the field at `at`, in place, and moves `at` behind it. Returns its end.
char* Csv::unquote(char*& at) const {
    auto* out = at;
    for (++at; at != line_end_; ++at) {
        if (*at == '"' && (++at == line_end_ || *at != '"')) {
            if (at != line_end_ && *at != ',') break;
            return out;
        }
        *out++ = *at;
    }
    lines_.refuse("a quote that does not end its field", "quote");
}

std::filesystem::path find_csv(std::filesystem::path const& folder, std::string_view name) {
    auto file = folder / (std::string{name} + ".csv");
    if (std::filesystem::exists(file)) return file;
    file += ".gz";
    if (!std::filesystem::exists(file)) text_file::fail_missing(file);
    return file;
}

}  // namespace oulad
