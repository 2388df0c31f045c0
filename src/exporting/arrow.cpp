#include "exporting/arrow.hpp"

#include "exporting/checks.hpp"
#include "exporting/rows.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/arrow.hpp>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace eduplat::exporting {
namespace {

using analytics::Column;
using analytics::Table;

static_assert(sizeof(Timestamp) == sizeof(std::int64_t),
              "a column of times is handed over as one of integers");

constexpr std::uint64_t utf8_bytes_max = std::numeric_limits<std::int32_t>::max();

std::uint64_t text_bytes(Column const& column) {
    std::uint64_t bytes = 0;
    if (auto const* const texts = std::get_if<std::vector<std::string>>(&column.values)) {
        for (std::size_t row = 0; row < texts->size(); ++row)
            bytes += column.is_absent(row) ? 0 : (*texts)[row].size();
    }
    return bytes;
}

char const* format_of(Column const& column) {
    if (std::holds_alternative<std::vector<std::int64_t>>(column.values)) return "l";
    if (std::holds_alternative<std::vector<double>>(column.values)) return "g";
    if (std::holds_alternative<std::vector<Timestamp>>(column.values)) return "tsu:UTC";
    return text_bytes(column) > utf8_bytes_max ? "U" : "u";
}

/// What a structure's private_data owns. Children are released by their parent, unless a reader
/// moved them out before: then their release is null.
template <class Structure>
struct Family {
    std::vector<std::unique_ptr<Structure>> owned;
    std::vector<Structure*> children;

    Structure* add() {
        owned.push_back(std::make_unique<Structure>());
        children.push_back(owned.back().get());
        return children.back();
    }
    Structure** pointers() noexcept { return children.data(); }

    Family() = default;
    Family(Family const&) = delete;
    Family& operator=(Family const&) = delete;
    ~Family() {
        for (auto* const child : children) {
            if (child->release != nullptr) child->release(child);
        }
    }
};

template <class Structure, class Private>
void release(Structure* structure) {
    delete static_cast<Private*>(structure->private_data);
    structure->private_data = nullptr;
    structure->release = nullptr;
}

struct SchemaData {
    std::string format;
    std::string name;
    Family<ArrowSchema> fields;
};

void fill(ArrowSchema& schema, std::unique_ptr<SchemaData> data, std::int64_t flags) {
    schema = {};
    schema.format = data->format.c_str();
    schema.name = data->name.c_str();
    schema.flags = flags;
    schema.n_children = static_cast<std::int64_t>(data->fields.children.size());
    schema.children = data->fields.pointers();
    schema.release = &release<ArrowSchema, SchemaData>;
    schema.private_data = data.release();
}

struct ArrayData {
    Column column;
    std::vector<std::uint8_t> validity;
    std::vector<std::int32_t> offsets;
    std::vector<std::int64_t> large_offsets;
    std::string text;
    std::vector<void const*> buffers;
    Family<ArrowArray> columns;
};

/// One bit a row, the lowest first: whether it has a value.
std::vector<std::uint8_t> validity_of(std::vector<bool> const& absent) {
    std::vector<std::uint8_t> bits((absent.size() + 7) / 8);
    for (std::size_t row = 0; row < absent.size(); ++row) {
        if (!absent[row]) bits[row / 8] |= static_cast<std::uint8_t>(1U << (row % 8));
    }
    return bits;
}

template <class Offset>
void join(Column const& column, std::vector<std::string> const& texts, std::vector<Offset>& offsets,
          std::string& joined) {
    offsets.reserve(texts.size() + 1);
    offsets.push_back(0);
    for (std::size_t row = 0; row < texts.size(); ++row) {
        if (!column.is_absent(row)) joined += texts[row];
        offsets.push_back(static_cast<Offset>(joined.size()));
    }
}

/// A pointer that is not null even where there are no values: not every reader takes null.
template <class Value>
void const* address(std::vector<Value> const& values) noexcept {
    static constexpr std::int64_t nothing = 0;
    return values.empty() ? static_cast<void const*>(&nothing) : values.data();
}

void add_texts(ArrayData& data, std::vector<std::string>& texts) {
    if (text_bytes(data.column) > utf8_bytes_max) {
        join(data.column, texts, data.large_offsets, data.text);
        data.buffers.push_back(data.large_offsets.data());
    } else {
        join(data.column, texts, data.offsets, data.text);
        data.buffers.push_back(data.offsets.data());
    }
    data.buffers.push_back(data.text.data());
    texts = {};
}

void add_values(ArrayData& data) {
    std::visit(
        [&](auto& values) {
            using Values = std::remove_reference_t<decltype(values)>;
            if constexpr (std::is_same_v<Values, std::vector<std::string>>) {
                add_texts(data, values);
            } else {
                data.buffers.push_back(address(values));
            }
        },
        data.column.values);
}

void fill(ArrowArray& array, std::unique_ptr<ArrayData> data, std::size_t rows,
          std::int64_t null_count) {
    array = {};
    array.length = static_cast<std::int64_t>(rows);
    array.null_count = null_count;
    array.n_buffers = static_cast<std::int64_t>(data->buffers.size());
    array.buffers = data->buffers.data();
    array.n_children = static_cast<std::int64_t>(data->columns.children.size());
    array.children = data->columns.pointers();
    array.release = &release<ArrowArray, ArrayData>;
    array.private_data = data.release();
}

void fill(ArrowArray& array, Column column) {
    auto data = std::make_unique<ArrayData>();
    data->column = std::move(column);
    clear_absent(data->column);  // a reader gets the buffer as it is
    auto const rows = data->column.size();
    auto const absent = std::count(data->column.absent.begin(), data->column.absent.end(), true);
    if (absent > 0) data->validity = validity_of(data->column.absent);
    data->buffers.push_back(absent > 0 ? data->validity.data() : nullptr);
    add_values(*data);
    fill(array, std::move(data), rows, absent);
}

}  // namespace

void fill_schema(Table const& table, ArrowSchema& schema) {
    auto data = std::make_unique<SchemaData>();
    data->format = "+s";
    for (auto const& column : table.columns) {
        auto field = std::make_unique<SchemaData>();
        field->format = format_of(column);
        field->name = column.name;
        fill(*data->fields.add(), std::move(field), ARROW_FLAG_NULLABLE);
    }
    fill(schema, std::move(data), 0);
}

void fill_array(Table table, ArrowArray& array) {
    auto data = std::make_unique<ArrayData>();
    auto const rows = table.rows();
    data->buffers.push_back(nullptr);
    for (auto& column : table.columns)
        fill(*data->columns.add(), std::move(column));
    fill(array, std::move(data), rows, 0);
}

bool has_large_text(Table const& table) {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [](auto const& column) { return text_bytes(column) > utf8_bytes_max; });
}

void export_table(Table table, ArrowSchema* schema, ArrowArray* array) {
    check_exportable(table);
    ArrowSchema made{};
    fill_schema(table, made);
    try {
        fill_array(std::move(table), *array);
    } catch (...) {
        made.release(&made);
        throw;
    }
    *schema = made;
}

}  // namespace eduplat::exporting
