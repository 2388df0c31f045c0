#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct gzFile_s;

/// What the programs share that read text files.
namespace text_file {

/// A text file, plain or compressed with gzip, read line by line. Lines end with LF or CRLF.
///
/// Errors of malformed input: invalid_argument, with the place ("vle.csv.gz:17") as field.
/// Thread safety: one thread at a time.
class Lines {
  public:
    /// Errors: not_found (field "file", rule "missing").
    explicit Lines(std::filesystem::path const& file);

    /// Goes on to the next line; false at the end of the file.
    /// Errors: rules "line_too_long" (past 1 MiB), "compression" (a broken or cut-off file).
    bool next();

    /// The line without its end, which may be changed in place. Valid until next().
    [[nodiscard]] std::span<char> line() const noexcept { return {line_begin_, line_end_}; }
    [[nodiscard]] std::string_view text() const noexcept { return {line_begin_, line_end_}; }

    /// Of the line, counted from 1.
    [[nodiscard]] std::int64_t number() const noexcept { return number_; }
    /// The file's, without its folder.
    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    /// Where the line stands: "vle.csv.gz:17".
    [[nodiscard]] std::string place() const;

    /// How much of the file was read, from 0 to 1; of a compressed file, of its compressed bytes.
    [[nodiscard]] double progress() const noexcept;

    /// Throws an error about the line.
    [[noreturn]] void refuse(std::string_view message, std::string_view rule) const;

  private:
    struct Close {
        void operator()(gzFile_s* file) const noexcept;
    };

    bool refill();

    std::string name_;
    std::unique_ptr<gzFile_s, Close> file_;
    double file_bytes_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;   ///< of what is not yet taken from the buffer
    std::size_t filled_ = 0;  ///< how far the buffer holds what was read
    char* line_begin_ = nullptr;
    char* line_end_ = nullptr;
    std::int64_t number_ = 0;
};

/// Throws not_found (field "file", rule "missing").
[[noreturn]] void fail_missing(std::filesystem::path const& file);

}  // namespace text_file
