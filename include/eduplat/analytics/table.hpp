#pragma once

#include <eduplat/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Reports as tables: what they are exported and drawn from.
namespace eduplat::analytics {

/// A named column. Values that are absent are undefined, never 0; their place holds any value.
struct Column {
    using Values = std::variant<std::vector<std::int64_t>, std::vector<double>,
                                std::vector<std::string>, std::vector<Timestamp>>;

    std::string name;  ///< a word of ASCII letters, digits and "_": "learners", "length_s"
    Values values;
    std::vector<bool> absent = {};  ///< by row; empty: none is

    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool is_absent(std::size_t row) const noexcept;
};

/// How a table is best drawn. Names are those of columns.
struct Chart {
    enum class Mark : std::uint8_t { bar, line, step, point, heat };

    Mark mark = Mark::bar;
    std::string x;
    std::string y;
    std::optional<std::string> series = std::nullopt;  ///< a line or a color for each of its values
    std::optional<std::string> low = std::nullopt;     ///< of an interval around y
    std::optional<std::string> high = std::nullopt;
    std::optional<std::string> value = std::nullopt;  ///< of a heat map, by color
    std::string title = {};
    std::string x_title = {};
    std::string y_title = {};
};

/// Columns of equal length.
struct Table {
    std::string name;  ///< "active_learners": a word, for files
    std::vector<Column> columns = {};
    std::optional<Chart> chart = std::nullopt;

    [[nodiscard]] std::size_t rows() const noexcept;
    /// Null if there is none.
    [[nodiscard]] Column const* find(std::string_view column) const noexcept;
};

/// Makes a column of values some of which may be absent.
template <class Value>
[[nodiscard]] Column column(std::string name, std::vector<std::optional<Value>> const& values) {
    std::vector<Value> present;
    std::vector<bool> absent;
    for (auto const& value : values) {
        present.push_back(value.value_or(Value{}));
        absent.push_back(!value);
    }
    return {std::move(name), std::move(present), std::move(absent)};
}

template <class Value>
[[nodiscard]] Column column(std::string name, std::vector<Value> values) {
    return {std::move(name), std::move(values), {}};
}

/// Throws if columns differ in length, a name comes twice or is no word, or the chart names a
/// column that is not there: invalid_argument (field "columns[2].name" ...). What a program does
/// wrong, not a user.
void check(Table const& table);

}  // namespace eduplat::analytics
