#include "sample_tables.hpp"
#include "written.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/arrow.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;

namespace {

/// Releases what it holds, as a reader does.
template <class Structure>
struct Held {
    Structure it{};

    Held() = default;
    Held(Held const&) = delete;
    Held& operator=(Held const&) = delete;
    ~Held() { release(); }
    void release() {
        if (it.release != nullptr) it.release(&it);
    }
};

/// Takes a structure over from where it lies, as the specification says: a copy, and the mark.
template <class Structure>
void move_to(Held<Structure>& held, Structure& from) {
    std::memcpy(&held.it, &from, sizeof from);
    from.release = nullptr;
}

template <class Value>
Value value(ArrowArray const& array, int buffer, std::size_t place) {
    Value result{};
    auto const* const values = static_cast<char const*>(array.buffers[buffer]);
    std::memcpy(&result, values + place * sizeof result, sizeof result);
    return result;
}

bool is_null(ArrowArray const& array, std::size_t row) {
    if (array.buffers[0] == nullptr) return false;
    return ((unsigned{value<std::uint8_t>(array, 0, row / 8)} >> (row % 8)) & 1U) == 0;
}

std::string text(ArrowArray const& array, std::size_t row) {
    auto const begin = value<std::int32_t>(array, 1, row);
    auto const end = value<std::int32_t>(array, 1, row + 1);
    return {static_cast<char const*>(array.buffers[2]) + begin,
            static_cast<char const*>(array.buffers[2]) + end};
}

void check_value(ArrowArray const& array, std::size_t row, std::int64_t expected) {
    CHECK(value<std::int64_t>(array, 1, row) == expected);
}
void check_value(ArrowArray const& array, std::size_t row, double expected) {
    CHECK(value<double>(array, 1, row) == expected);
}
void check_value(ArrowArray const& array, std::size_t row, Timestamp expected) {
    CHECK(value<std::int64_t>(array, 1, row) == expected.time_since_epoch().count());
}
void check_value(ArrowArray const& array, std::size_t row, std::string const& expected) {
    CHECK(text(array, row) == expected);
}

void check_column(ArrowArray const& array, Column const& column) {
    REQUIRE(array.length == static_cast<std::int64_t>(column.size()));
    std::int64_t nulls = 0;
    for (std::size_t row = 0; row < column.size(); ++row) {
        CHECK(is_null(array, row) == column.is_absent(row));
        nulls += column.is_absent(row) ? 1 : 0;
        if (column.is_absent(row)) continue;
        std::visit([&](auto const& values) { check_value(array, row, values[row]); },
                   column.values);
    }
    CHECK(array.null_count == nulls);
}

void check_table(ArrowArray const& array, Table const& table) {
    CHECK(array.length == static_cast<std::int64_t>(table.rows()));
    CHECK(array.null_count == 0);
    REQUIRE(array.n_children == static_cast<std::int64_t>(table.columns.size()));
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        check_column(*array.children[i], table.columns[i]);
}

/// Tables, then what `thrower` throws.
template <class Thrower>
TableSource failing_after(std::size_t tables, Thrower thrower) {
    return [=, given = std::size_t{0}]() mutable -> std::optional<Table> {
        if (given++ < tables) return sample_table();
        thrower();
        return std::nullopt;
    };
}

template <class Thrower>
void check_failure(Thrower thrower, int code, std::string_view words) {
    Held<ArrowArrayStream> stream;
    export_stream(failing_after(1, thrower), &stream.it);
    Held<ArrowArray> batch;
    REQUIRE(stream.it.get_next(&stream.it, &batch.it) == 0);
    CHECK(stream.it.get_last_error(&stream.it) == nullptr);
    Held<ArrowArray> none;
    for (auto i = 0; i < 2; ++i) {
        CHECK(stream.it.get_next(&stream.it, &none.it) == code);
        REQUIRE(stream.it.get_last_error(&stream.it) != nullptr);
        CHECK(std::string{stream.it.get_last_error(&stream.it)}.find(words) != std::string::npos);
    }
    CHECK(none.it.release == nullptr);
}

}  // namespace

TEST_CASE("a table goes to Arrow with its types, values and nulls", "[arrow]") {
    Held<ArrowSchema> schema;
    Held<ArrowArray> array;
    export_table(sample_table(), &schema.it, &array.it);

    CHECK(std::string{schema.it.format} == "+s");
    REQUIRE(schema.it.n_children == 4);
    std::vector<std::string> const formats{"l", "g", "u", "tsu:UTC"};
    std::vector<std::string> const names{"whole", "real", "text", "time"};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(schema.it.children[i]->format == formats[i]);
        CHECK(schema.it.children[i]->name == names[i]);
        CHECK(schema.it.children[i]->flags == ARROW_FLAG_NULLABLE);
    }
    check_table(array.it, sample_table());
}

TEST_CASE("tables without rows or without absent values go to Arrow", "[arrow]") {
    Held<ArrowSchema> schema;
    Held<ArrowArray> array;
    auto const table = texts({});
    export_table(table, &schema.it, &array.it);
    check_table(array.it, table);
    CHECK(array.it.children[0]->buffers[1] != nullptr);

    Held<ArrowSchema> other_schema;
    Held<ArrowArray> other;
    auto const full = Table{.name = "t", .columns = {column("n", std::vector<std::int64_t>(9, 7))}};
    export_table(full, &other_schema.it, &other.it);
    check_table(other.it, full);
    CHECK(other.it.children[0]->buffers[0] == nullptr);
}

TEST_CASE("the buffers of Arrow hold nothing of absent values", "[arrow]") {
    auto const at = parse_timestamp("2026-03-01T00:00:00Z");
    auto table = Table{.name = "t",
                       .columns = {column("whole", std::vector<std::int64_t>{41, 42}),
                                   column("real", std::vector<double>{4.5, 5.5}),
                                   column("time", std::vector<Timestamp>{at, at}),
                                   column("text", std::vector<std::string>{"hidden", "shown"})}};
    for (auto& each : table.columns)
        each.absent = {true, false};
    Held<ArrowSchema> schema;
    Held<ArrowArray> array;
    export_table(table, &schema.it, &array.it);
    check_table(array.it, table);
    for (auto i = 0; i < 3; ++i)
        CHECK(value<std::int64_t>(*array.it.children[i], 1, 0) == 0);
    CHECK(std::string{static_cast<char const*>(array.it.children[3]->buffers[2])} == "shown");
}

TEST_CASE("a reader of Arrow may move a column out and let go of the rest", "[arrow]") {
    Held<ArrowSchema> schema;
    Held<ArrowArray> array;
    Held<ArrowArray> column;
    Held<ArrowSchema> field;
    export_table(sample_table(), &schema.it, &array.it);
    move_to(column, *array.it.children[2]);
    move_to(field, *schema.it.children[2]);

    Held<ArrowArray> moved;
    move_to(moved, array.it);
    moved.release();
    schema.release();
    CHECK(moved.it.release == nullptr);
    CHECK(schema.it.release == nullptr);
    check_column(column.it, sample_table().columns[2]);
    CHECK(std::string{field.it.name} == "text");

    auto* const release = column.it.release;
    column.release();
    CHECK(column.it.release == nullptr);
    release(&column.it);  // not allowed, and harmless
}

TEST_CASE("a table that Arrow cannot take leaves its structures alone", "[arrow]") {
    ArrowSchema schema{};
    ArrowArray array{};
    CHECK(refusal([&] { export_table(texts({"\xFF"}), &schema, &array); }) ==
          invalid("text", "not_utf8"));
    CHECK(schema.release == nullptr);
    CHECK(array.release == nullptr);
}

TEST_CASE("tables stream to Arrow one after another", "[arrow]") {
    auto with_less = sample_table();
    for (auto& column : with_less.columns)
        column.absent.clear();
    Held<ArrowArrayStream> stream;
    export_stream(source_of({sample_table(), with_less}), &stream.it);
    for (auto i = 0; i < 2; ++i) {  // as often as one likes
        Held<ArrowSchema> schema;
        REQUIRE(stream.it.get_schema(&stream.it, &schema.it) == 0);
        CHECK(schema.it.n_children == 4);
        CHECK(std::string{schema.it.children[3]->format} == "tsu:UTC");
    }
    for (auto const& table : {sample_table(), with_less}) {
        Held<ArrowArray> batch;
        REQUIRE(stream.it.get_next(&stream.it, &batch.it) == 0);
        REQUIRE(batch.it.release != nullptr);
        check_table(batch.it, table);
    }
    for (auto i = 0; i < 2; ++i) {
        Held<ArrowArray> end;
        CHECK(stream.it.get_next(&stream.it, &end.it) == 0);
        CHECK(end.it.release == nullptr);
    }
    CHECK(stream.it.get_last_error(&stream.it) == nullptr);
}

TEST_CASE("a batch outlives its stream of Arrow", "[arrow]") {
    Held<ArrowArray> batch;
    {
        Held<ArrowArrayStream> stream;
        export_stream(source_of({sample_table()}), &stream.it);
        REQUIRE(stream.it.get_next(&stream.it, &batch.it) == 0);
        Held<ArrowArrayStream> moved;
        move_to(moved, stream.it);
        moved.release();
        CHECK(moved.it.release == nullptr);
    }
    check_table(batch.it, sample_table());
}

TEST_CASE("what goes wrong in a stream of Arrow is told as a code and words", "[arrow]") {
    check_failure([] { throw std::runtime_error{"the disk is gone"}; }, EIO, "the disk is gone");
    check_failure([] { throw std::bad_alloc{}; }, ENOMEM, "");
    check_failure([] { throw 7; }, EIO, "source");
    check_failure([] { throw Error{ErrorCode::unavailable, "busy"}; }, EIO, "busy");

    Held<ArrowArrayStream> stream;
    export_stream(source_of({sample_table(), texts({"a"})}), &stream.it);
    Held<ArrowArray> batch;
    CHECK(stream.it.get_next(&stream.it, &batch.it) == 0);
    Held<ArrowArray> other;
    CHECK(stream.it.get_next(&stream.it, &other.it) == EINVAL);
    CHECK(std::string{stream.it.get_last_error(&stream.it)}.find("changed") != std::string::npos);

    Held<ArrowArrayStream> empty;
    export_stream(source_of({}), &empty.it);
    Held<ArrowSchema> schema;
    CHECK(empty.it.get_schema(&empty.it, &schema.it) == EINVAL);
    CHECK(schema.it.release == nullptr);
}
