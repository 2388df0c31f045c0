#include "exporting/rows.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace eduplat::exporting {

using analytics::Column;

void clear_absent(Column& column) {
    if (column.absent.empty()) return;
    std::visit(
        [&](auto& values) {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            for (std::size_t row = 0; row < values.size(); ++row) {
                if (column.absent[row]) values[row] = Value{};
            }
        },
        column.values);
}

Column rows_of(Column const& column, std::vector<std::uint32_t> const& rows) {
    Column result{column.name, {}, {}};
    std::visit(
        [&](auto const& values) {
            auto taken = std::decay_t<decltype(values)>{};
            taken.reserve(rows.size());
            for (auto const row : rows)
                taken.push_back(values[row]);
            result.values = std::move(taken);
        },
        column.values);
    if (column.absent.empty()) return result;
    for (auto const row : rows)
        result.absent.push_back(column.absent[row]);
    clear_absent(result);
    return result;
}

}  // namespace eduplat::exporting
