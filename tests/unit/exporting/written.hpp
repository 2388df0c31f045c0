#pragma once

#include <eduplat/exporting/csv.hpp>
#include <eduplat/exporting/json_lines.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace eduplat::test {

/// What an exporter gives its sink.
template <class Table>
std::string csv_of(Table const& table, exporting::CsvOptions const& options = {}) {
    std::string text;
    exporting::write_csv(
        table, [&](std::string_view part) { text += part; }, options);
    return text;
}

template <class Table>
std::string json_lines_of(Table const& table) {
    std::string text;
    exporting::write_json_lines(table, [&](std::string_view part) { text += part; });
    return text;
}

inline exporting::TableSource source_of(std::vector<analytics::Table> tables) {
    return [tables = std::move(tables), next = std::size_t{0}]() mutable {
        return next < tables.size() ? std::optional{tables[next++]} : std::nullopt;
    };
}

}  // namespace eduplat::test
