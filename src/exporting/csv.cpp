#include "exporting/blocks.hpp"
#include "exporting/checks.hpp"
#include "exporting/csv_fields.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/csv.hpp>

#include <algorithm>
#include <array>

namespace eduplat::exporting {
namespace {

using analytics::Column;
using analytics::Table;

constexpr std::size_t rows_per_block = 8'192;

/// What a spreadsheet takes a cell for a formula by: OWASP, "CSV Injection".
bool begins_formula(std::string_view text) noexcept {
    constexpr std::string_view ascii = "=+-@\t\r\n";
    constexpr std::array<std::string_view, 4> full_width{"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
    if (text.empty()) return false;
    if (ascii.find(text.front()) != std::string_view::npos) return true;
    return std::any_of(full_width.begin(), full_width.end(),
                       [&](auto sign) { return text.substr(0, sign.size()) == sign; });
}

char* put_quoted(char* out, std::string_view text) noexcept {
    for (auto const c : text) {
        if (c == '"') *out++ = '"';
        *out++ = c;
    }
    return out;
}

void put_cell(CsvFields& fields, Column const& column, std::size_t row, Buffer& out) {
    if (column.is_absent(row)) return;
    std::visit([&](auto const& values) { fields.put(out, values[row]); }, column.values);
}

void put_row(CsvFields& fields, Table const& table, std::size_t row, Buffer& out) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i > 0) fields.put_delimiter(out);
        put_cell(fields, table.columns[i], row, out);
    }
    // A blank line is no row to many readers.
    if (table.columns.size() == 1 && table.columns[0].is_absent(row)) out.append("\"\"");
    fields.put_line_end(out);
}

void put_header(CsvFields const& fields, Table const& table, Buffer& out) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i > 0) fields.put_delimiter(out);
        out.append(table.columns[i].name);
    }
    fields.put_line_end(out);
}

void check_options(CsvOptions const& options) {
    constexpr std::string_view delimiters = ",;|\t";
    if (delimiters.find(options.delimiter) == std::string_view::npos) {
        fail(ErrorCode::invalid_argument, "delimiter", "unknown");
    }
}

}  // namespace

bool CsvFields::needs_quotes(std::string_view text) const noexcept {
    if (text.empty() || text.front() == ' ' || text.back() == ' ') return true;
    return std::any_of(text.begin(), text.end(), [this](char c) {
        return c == options_.delimiter || c == '"' || c == '\r' || c == '\n' || c == '\t';
    });
}

void CsvFields::put(Buffer& out, std::string_view text) const {
    auto const defuse = options_.defuse_formulas && begins_formula(text);
    if (!defuse && !needs_quotes(text)) return out.append(text);
    auto* at = out.room(2 * text.size() + 3);
    *at++ = '"';
    if (defuse) *at++ = '\'';
    at = put_quoted(at, text);
    *at++ = '"';
    out.end(at);
}

struct CsvWriter::Contents {
    CsvOptions options;
    BlockWriter blocks;
    SameColumns columns = {};
    bool begun = false;

    void write_header(Table const& table) {
        if (begun || !options.header) return;
        blocks.write(1,
                     [&](std::size_t, Buffer& out) { put_header(CsvFields{options}, table, out); });
        begun = true;
    }

    void write_rows(Table const& table) {
        auto const rows = table.rows();
        auto const format = [&](std::size_t block, Buffer& out) {
            auto fields = CsvFields{options};
            auto const end = std::min((block + 1) * rows_per_block, rows);
            for (auto row = block * rows_per_block; row < end; ++row)
                put_row(fields, table, row, out);
        };
        blocks.write((rows + rows_per_block - 1) / rows_per_block, format);
    }
};

CsvWriter::CsvWriter(Sink sink, CsvOptions const& options) {
    check_options(options);
    auto blocks = BlockWriter{std::move(sink), options.num_threads};
    contents_ = std::make_unique<Contents>(Contents{options, std::move(blocks)});
}

CsvWriter::~CsvWriter() = default;
CsvWriter::CsvWriter(CsvWriter&&) noexcept = default;
CsvWriter& CsvWriter::operator=(CsvWriter&&) noexcept = default;

void CsvWriter::write(Table const& table) {
    check_exportable(table);
    contents_->columns.check(table);
    contents_->write_header(table);
    contents_->write_rows(table);
}

void write_csv(Table const& table, Sink const& sink, CsvOptions const& options) {
    CsvWriter{sink, options}.write(table);
}

void write_csv(TableSource const& source, Sink const& sink, CsvOptions const& options) {
    auto writer = CsvWriter{sink, options};
    while (auto const table = source())
        writer.write(*table);
}

}  // namespace eduplat::exporting
