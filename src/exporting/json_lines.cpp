#include "exporting/buffer.hpp"
#include "exporting/checks.hpp"
#include "exporting/numbers.hpp"

#include <eduplat/exporting/json_lines.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace eduplat::exporting {
namespace {

using analytics::Table;

constexpr std::size_t part_bytes = 262'144;

/// What a character is written as; empty: as itself (RFC 8259, section 7).
std::string_view escape_of(char c, char (&code)[6]) noexcept {
    switch (c) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            break;
    }
    if (static_cast<unsigned char>(c) >= 0x20) return {};
    constexpr std::string_view digits = "0123456789abcdef";
    std::string_view{"\\u00"}.copy(code, 4);
    code[4] = digits[static_cast<unsigned char>(c) >> 4U];
    code[5] = digits[static_cast<unsigned char>(c) & 15U];
    return {code, 6};
}

void put_json(Buffer& out, std::string_view text) {
    auto* at = out.room(6 * text.size() + 2);
    *at++ = '"';
    for (auto const c : text) {
        char code[6];
        auto const escape = escape_of(c, code);
        if (escape.empty()) {
            *at++ = c;
        } else {
            at += escape.copy(at, escape.size());
        }
    }
    *at++ = '"';
    out.end(at);
}

void put_json(Buffer& out, std::int64_t value) {
    out.end(put(out.room(number_bytes_max), value));
}

/// Always recognizable as a real.
void put_json(Buffer& out, double value) {
    auto* const begin = out.room(number_bytes_max);
    auto* end = put(begin, value);
    auto const is_real = [](char c) { return c == '.' || c == 'e'; };
    if (std::none_of(begin, end, is_real)) end += std::string_view{".0"}.copy(end, 2);
    out.end(end);
}

/// Writes rows of one table after another.
class JsonRows final {
  public:
    explicit JsonRows(Sink const& sink) : sink_(sink) {}

    void write(Table const& table) {
        check_exportable(table);
        columns_.check(table);
        name_members(table);
        for (std::size_t row = 0; row < table.rows(); ++row) {
            put_row(table, row);
            if (out_.text().size() >= part_bytes) give();
        }
        if (!out_.text().empty()) give();
    }

  private:
    void name_members(Table const& table) {
        members_.clear();
        for (auto const& column : table.columns)  // names are words: nothing to escape
            members_.push_back((members_.empty() ? "{\"" : ",\"") + column.name + "\":");
    }

    void put_row(Table const& table, std::size_t row) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            auto const& column = table.columns[i];
            out_.append(members_[i]);
            if (column.is_absent(row)) {
                out_.append("null");
            } else {
                std::visit([&](auto const& values) { put_value(values[row]); }, column.values);
            }
        }
        out_.append("}\n");
    }

    template <class Value>
    void put_value(Value const& value) {
        put_json(out_, value);
    }
    void put_value(Timestamp value) {
        auto* at = out_.room(number_bytes_max + 2);
        *at++ = '"';
        at = times_.put(at, value, false);
        *at++ = '"';
        out_.end(at);
    }

    void give() {
        sink_(out_.text());
        out_.clear();
    }

    Sink const& sink_;
    SameColumns columns_;
    std::vector<std::string> members_;
    Buffer out_;
    TimeText times_;
};

}  // namespace

void write_json_lines(Table const& table, Sink const& sink) {
    JsonRows{sink}.write(table);
}

void write_json_lines(TableSource const& source, Sink const& sink) {
    auto rows = JsonRows{sink};
    while (auto const table = source())
        rows.write(*table);
}

}  // namespace eduplat::exporting
