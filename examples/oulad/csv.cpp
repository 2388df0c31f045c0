#include "csv.hpp"

#include <eduplat/core/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

namespace oulad {
namespace {

using enum eduplat::ErrorCode;

constexpr std::size_t buffer_bytes = std::size_t{256} << 10U;
constexpr std::size_t line_bytes_max = std::size_t{1} << 20U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void fail_missing(std::filesystem::path const& file) {
    throw eduplat::Error(not_found, "there is no file " + file.string(),
                         {{"file", "missing", std::nullopt}});
}

/// What may follow a whole number: nothing, or a point and zeros.
bool is_whole_tail(char const* begin, char const* end) noexcept {
    if (begin == end) return true;
    return *begin == '.' && std::all_of(begin + 1, end, [](char c) { return c == '0'; });
}

double size_of(std::filesystem::path const& file) {
    std::error_code error;
    auto const bytes = std::filesystem::file_size(file, error);
    if (error) fail_missing(file);
    return static_cast<double>(bytes);
}

}  // namespace

void Csv::Close::operator()(gzFile_s* file) const noexcept {
    gzclose(file);
}

Csv::Csv(std::filesystem::path const& file)
    : name_(file.filename().string()),
      file_(gzopen(file.c_str(), "rb")),
      file_bytes_(size_of(file)),
      buffer_(buffer_bytes) {
    if (!file_) fail_missing(file);
    gzbuffer(file_.get(), buffer_bytes);
    if (!take_line()) {
        ++line_;
        refuse_line("no line names the columns", "header");
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
                         {{name_ + ":1", "missing_column", std::nullopt}});
}

bool Csv::next() {
    do {
        if (!take_line()) return false;
    } while (line_begin_ == line_end_);
    if (split() != fields_.size()) refuse_line("not one field a column", "fields");
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

double Csv::progress() const noexcept {
    return std::min(1.0, static_cast<double>(gzoffset(file_.get())) / file_bytes_);
}

void Csv::refuse(std::size_t column, std::string_view rule) const {
    refuse_line("column " + columns_[column] + " is \"" + std::string{fields_[column]} + '"', rule);
}

void Csv::refuse_line(std::string_view message, std::string_view rule) const {
    throw eduplat::Error(invalid_argument, message,
                         {{name_ + ':' + std::to_string(line_), std::string{rule}, std::nullopt}});
}

/// Finds the next line in the buffer, which is filled anew where the line does not end in it.
bool Csv::take_line() {
    auto searched = begin_;
    void* end = nullptr;
    while (!(end = std::memchr(buffer_.data() + searched, '\n', filled_ - searched))) {
        auto const seen = filled_ - begin_;
        auto const more = refill();
        searched = begin_ + seen;
        if (!more && seen == 0) return false;
        if (!more) break;
    }
    line_begin_ = buffer_.data() + begin_;
    line_end_ = end ? static_cast<char*>(end) : buffer_.data() + filled_;
    begin_ = end ? static_cast<std::size_t>(line_end_ - buffer_.data()) + 1 : filled_;
    if (line_end_ != line_begin_ && line_end_[-1] == '\r') --line_end_;
    ++line_;
    return true;
}

/// Reads on behind what is not yet taken, which moves to the front. False at the end of the file.
bool Csv::refill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    begin_ = 0;
    if (filled_ == buffer_.size()) {
        if (filled_ >= line_bytes_max) {
            ++line_;
            refuse_line("the line has no end", "line_too_long");
        }
        buffer_.resize(buffer_.size() * 2);
    }
    auto const room = static_cast<unsigned>(buffer_.size() - filled_);
    auto const got = gzread(file_.get(), buffer_.data() + filled_, room);
    int status = Z_OK;
    gzerror(file_.get(), &status);
    if (got < 0 || status != Z_OK) {
        ++line_;
        refuse_line("the file cannot be decompressed", "compression");
    }
    filled_ += static_cast<std::size_t>(got);
    return got > 0;
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
    refuse_line("a quote that does not end its field", "quote");
}

std::filesystem::path find_csv(std::filesystem::path const& folder, std::string_view name) {
    auto file = folder / (std::string{name} + ".csv");
    if (std::filesystem::exists(file)) return file;
    file += ".gz";
    if (!std::filesystem::exists(file)) fail_missing(file);
    return file;
}

}  // namespace oulad
