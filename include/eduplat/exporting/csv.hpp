#pragma once

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/labels.hpp>
#include <eduplat/exporting/sink.hpp>

#include <cstdint>
#include <memory>

namespace eduplat::exporting {

enum class LineEnd : std::uint8_t { crlf, lf };

struct CsvOptions {
    char delimiter = ',';  ///< or ";", "|", tab
    LineEnd line_end = LineEnd::crlf;
    bool header = true;  ///< the first line names the columns
    /// Texts that a spreadsheet would take for a formula are led by an apostrophe.
    bool defuse_formulas = true;
    /// Times without decimals, rounded down; else with six.
    bool whole_seconds = false;
    int num_threads = 1;  ///< 0, for one a core, to limits::threads_max; the text is the same
};

/// Writes tables of the same columns as one CSV text (RFC 4180) in UTF-8.
///
/// Numbers are the shortest that read back to the same value, times RFC 3339 in UTC. What is absent
/// is an empty field; a text without characters is "", and where a line would be blank, because its
/// only field is absent, it holds "" too. A field with a delimiter, quote or line end, or white
/// space at an end, is quoted.
///
/// A text that begins with = + - @, tab, carriage return or line feed, or the full-width form of
/// the first four, is quoted and led by an apostrophe, as the OWASP page "CSV Injection" describes.
/// A program that reads the file has to take it away, or the option off. Numbers are left alone.
///
/// Memory: about a megabyte a thread, beside the table.
/// Thread safety: one thread at a time.
class CsvWriter final {
  public:
    /// Errors: invalid_argument (fields "delimiter", rule "unknown"; "num_threads", rules
    /// "negative", "too_large").
    explicit CsvWriter(Sink sink, CsvOptions const& options = {});
    ~CsvWriter();
    CsvWriter(CsvWriter&&) noexcept;
    CsvWriter& operator=(CsvWriter&&) noexcept;

    /// All rows have reached the sink when it returns. After an error of the sink nothing more can
    /// be written. Errors: as every exporter's; invalid_argument (field "columns", rule "changed":
    /// other names or types than before).
    void write(analytics::Table const& table);

  private:
    struct Contents;
    std::unique_ptr<Contents> contents_;
};

/// Errors: those of CsvWriter.
void write_csv(analytics::Table const& table, Sink const& sink, CsvOptions const& options = {});
void write_csv(TableSource const& source, Sink const& sink, CsvOptions const& options = {});

/// The text of frame_tables(), at once from the frame's columns; options.whole_seconds counts as
/// set. Labels are asked for in the thread of the call.
void write_csv(analytics::EventFrame const& frame, Sink const& sink, CsvOptions const& options = {},
               analytics::Labels const& labels = {});

}  // namespace eduplat::exporting
