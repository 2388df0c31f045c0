#pragma once

#include <text_file/text_file.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oulad {

/// A file of comma-separated values, plain or compressed with gzip, read one row at a time. Its
/// first line names the columns. A field may be quoted, with "" for a quote inside, and ends on the
/// line it began on. Lines end with LF or CRLF; empty ones are passed over.
///
/// Errors of malformed input: invalid_argument, with the place ("vle.csv.gz:17") as field and the
/// column in the message.
/// Thread safety: one thread at a time.
class Csv {
  public:
    /// Opens the file and reads the names of its columns.
    /// Errors: not_found (field "file", rule "missing"); rule "header" for a file without a line.
    explicit Csv(std::filesystem::path const& file);

    /// Where a column stands. Errors: rule "missing_column".
    [[nodiscard]] std::size_t column(std::string_view name) const;

    /// Goes on to the next row; false at the end of the file. What text() gave before is void.
    /// Errors: rules "fields" (not as many as there are columns), "quote", "line_too_long" (past
    /// 1 MiB), "compression" (a broken or cut-off file).
    bool next();

    /// A field of the row, without its quotes. Valid until next().
    [[nodiscard]] std::string_view text(std::size_t column) const { return fields_[column]; }

    /// Whether a field says nothing: empty or "?".
    [[nodiscard]] static bool is_none(std::string_view field) noexcept {
        return field.empty() || field == "?";
    }

    /// A whole number, "11391" or "11391.0"; none if is_none(text(column)).
    /// Errors: rule "number".
    [[nodiscard]] std::optional<std::int64_t> number(std::size_t column) const;

    /// As number(), with any decimals.
    [[nodiscard]] std::optional<double> decimal(std::size_t column) const;

    /// How much of the file was read, from 0 to 1; of a compressed file, of its compressed bytes.
    [[nodiscard]] double progress() const noexcept { return lines_.progress(); }

    /// Of the row, where the header is line 1.
    [[nodiscard]] std::int64_t line() const noexcept { return lines_.number(); }

    /// Throws an error about a field of the row.
    [[noreturn]] void refuse(std::size_t column, std::string_view rule) const;

  private:
    std::size_t split();
    [[nodiscard]] char* field_end(char* at) const noexcept;
    char* unquote(char*& at) const;
    bool take_line();

    text_file::Lines lines_;
    char* line_begin_ = nullptr;
    char* line_end_ = nullptr;
    std::vector<std::string> columns_;
    std::vector<std::string_view> fields_;
};

/// `name`.csv or, if there is none, `name`.csv.gz in a folder.
/// Errors: not_found (field "file", rule "missing").
[[nodiscard]] std::filesystem::path find_csv(std::filesystem::path const& folder,
                                             std::string_view name);

}  // namespace oulad
