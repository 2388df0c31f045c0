#include "text_file.hpp"

#include <eduplat/core/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <system_error>

namespace text_file {
namespace {

using enum eduplat::ErrorCode;

constexpr std::size_t buffer_bytes = std::size_t{256} << 10U;
constexpr std::size_t line_bytes_max = std::size_t{1} << 20U;

double size_of(std::filesystem::path const& file) {
    std::error_code error;
    auto const bytes = std::filesystem::file_size(file, error);
    if (error) fail_missing(file);
    return static_cast<double>(bytes);
}

}  // namespace

void fail_missing(std::filesystem::path const& file) {
    throw eduplat::Error(not_found, "there is no file " + file.string(),
                         {{"file", "missing", std::nullopt}});
}

void Lines::Close::operator()(gzFile_s* file) const noexcept {
    gzclose(file);
}

Lines::Lines(std::filesystem::path const& file)
    : name_(file.filename().string()),
      file_(gzopen(file.c_str(), "rb")),
      file_bytes_(size_of(file)),
      buffer_(buffer_bytes) {
    if (!file_) fail_missing(file);
    gzbuffer(file_.get(), buffer_bytes);
}

/// Finds the next line in the buffer, which is filled anew where the line does not end in it.
bool Lines::next() {
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
    ++number_;
    return true;
}

/// Reads on behind what is not yet taken, which moves to the front. False at the end of the file.
bool Lines::refill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    begin_ = 0;
    if (filled_ == buffer_.size()) {
        if (filled_ >= line_bytes_max) {
            ++number_;
            refuse("the line has no end", "line_too_long");
        }
        buffer_.resize(buffer_.size() * 2);
    }
    auto const room = static_cast<unsigned>(buffer_.size() - filled_);
    auto const got = gzread(file_.get(), buffer_.data() + filled_, room);
    int status = Z_OK;
    gzerror(file_.get(), &status);
    if (got < 0 || status != Z_OK) {
        ++number_;
        refuse("the file cannot be decompressed", "compression");
    }
    filled_ += static_cast<std::size_t>(got);
    return got > 0;
}

std::string Lines::place() const {
    return name_ + ':' + std::to_string(number_);
}

double Lines::progress() const noexcept {
    return std::min(1.0, static_cast<double>(gzoffset(file_.get())) / file_bytes_);
}

void Lines::refuse(std::string_view message, std::string_view rule) const {
    throw eduplat::Error(invalid_argument, message, {{place(), std::string{rule}, std::nullopt}});
}

}  // namespace text_file
