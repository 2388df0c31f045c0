#pragma once

#include <eduplat/analytics/proportion.hpp>
#include <eduplat/analytics/table.hpp>
#include <eduplat/core/money.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eduplat::analytics {

// What a member of a result becomes in a table: one of the types of a column.

template <std::integral Whole>
std::int64_t cell(Whole value) {
    return static_cast<std::int64_t>(value);
}
inline double cell(double value) {
    return value;
}
inline std::string cell(std::string value) {
    return value;
}
inline Timestamp cell(Timestamp value) {
    return value;
}
/// In the duration's own unit, which the column's name tells.
template <class Rep, class Unit>
std::int64_t cell(std::chrono::duration<Rep, Unit> value) {
    return value.count();
}
inline std::int64_t cell(Money value) {
    return value.minor_units();
}
template <class Value>
auto cell(std::optional<Value> const& value) {
    return value ? std::optional{cell(*value)} : std::nullopt;
}

/// Makes the columns of a table from rows.
template <class Row>
class TableMaker final {
  public:
    TableMaker(std::string name, std::span<Row const> rows)
        : table_{.name = std::move(name)}, rows_(rows) {}

    /// A column of what `value` says of each row; `value` may be a member.
    template <class Value>
    TableMaker& add(std::string name, Value value) {
        using Cell = decltype(cell(std::invoke(value, std::declval<Row const&>())));
        std::vector<Cell> cells;
        for (auto const& row : rows_)
            cells.push_back(cell(std::invoke(value, row)));
        table_.columns.push_back(column(std::move(name), std::move(cells)));
        return *this;
    }

    /// A column of ids, which may be absent, or of their labels.
    template <class Value, class IdType>
    TableMaker& add(std::string name, Value value,
                    std::function<std::string(IdType)> const& label) {
        auto const id = [&](Row const& row) {
            return std::optional<IdType>{std::invoke(value, row)};
        };
        if (!label) {
            return add(std::move(name), [&](Row const& row) {
                auto const of_row = id(row);
                return of_row ? std::optional{of_row->value()} : std::nullopt;
            });
        }
        return add(std::move(name), [&](Row const& row) {
            auto const of_row = id(row);
            return of_row ? std::optional{label(*of_row)} : std::nullopt;
        });
    }

    /// The five columns of a proportion, which `value` says of each row, perhaps not of all.
    template <class Value>
    TableMaker& add_proportion(std::string const& name, Value value) {
        auto const part = [&](auto member) {
            return [&value, member](Row const& row) {
                auto const of_row = std::optional<Proportion>{std::invoke(value, row)};
                using Part = std::remove_cvref_t<decltype(std::invoke(member, *of_row))>;
                if constexpr (std::is_same_v<Part, std::int64_t>) {
                    return of_row ? std::optional{std::invoke(member, *of_row)} : std::nullopt;
                } else {
                    return of_row ? std::invoke(member, *of_row) : std::nullopt;
                }
            };
        };
        return add(name, part(&Proportion::share))
            .add(name + "_low", part(&Proportion::low))
            .add(name + "_high", part(&Proportion::high))
            .add(name + "_count", part(&Proportion::count))
            .add(name + "_of", part(&Proportion::of));
    }

    [[nodiscard]] Table take() { return std::move(table_); }
    [[nodiscard]] Table take(Chart chart) {
        table_.chart = std::move(chart);
        return std::move(table_);
    }

  private:
    Table table_;
    std::span<Row const> rows_;
};

}  // namespace eduplat::analytics
