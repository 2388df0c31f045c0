#pragma once

#include "exporting/buffer.hpp"
#include "exporting/numbers.hpp"

#include <eduplat/exporting/csv.hpp>

#include <string_view>

namespace eduplat::exporting {

/// Writes fields of CSV.
class CsvFields final {
  public:
    explicit CsvFields(CsvOptions const& options) : options_(options) {}

    void put(Buffer& out, std::int64_t value) const { put_number(out, value); }
    void put(Buffer& out, double value) const { put_number(out, value); }
    void put(Buffer& out, Timestamp value) {
        out.end(times_.put(out.room(number_bytes_max), value, options_.whole_seconds));
    }
    void put(Buffer& out, std::string_view text) const;

    void put_delimiter(Buffer& out) const { out.append({&options_.delimiter, 1}); }
    void put_line_end(Buffer& out) const { out.append(line_end()); }
    [[nodiscard]] std::string_view line_end() const noexcept {
        return options_.line_end == LineEnd::crlf ? "\r\n" : "\n";
    }

  private:
    template <class Number>
    static void put_number(Buffer& out, Number value) {
        out.end(exporting::put(out.room(number_bytes_max), value));
    }
    [[nodiscard]] bool needs_quotes(std::string_view text) const noexcept;

    CsvOptions options_;
    TimeText times_;
};

}  // namespace eduplat::exporting
