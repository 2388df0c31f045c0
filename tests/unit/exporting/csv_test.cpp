#include "csv_reader.hpp"
#include "sample_tables.hpp"
#include "written.hpp"

#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <charconv>
#include <stdexcept>
#include <thread>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;

namespace {

/// A value as the text that a field holds.
std::string text_of(std::int64_t value) {
    return std::to_string(value);
}
std::string text_of(double value) {
    char text[40];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}
std::string text_of(std::string const& value) {
    return value;
}
std::string text_of(Timestamp value) {
    return to_string(value);
}

std::vector<CsvRow> expected_rows(Table const& table) {
    std::vector<CsvRow> rows(1);
    for (auto const& column : table.columns)
        rows[0].emplace_back(column.name);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        rows.emplace_back();
        for (auto const& column : table.columns) {
            auto const text = std::visit([&](auto& v) { return text_of(v[row]); }, column.values);
            rows.back().push_back(column.is_absent(row) ? std::nullopt : CsvField{text});
        }
    }
    return rows;
}

/// So many rows that several blocks of several batches hold them.
Table long_table(std::int64_t rows) {
    std::vector<std::int64_t> numbers;
    std::vector<std::string> words;
    for (std::int64_t i = 0; i < rows; ++i) {
        numbers.push_back(i);
        words.push_back("row " + std::to_string(i));
    }
    return {.name = "long", .columns = {column("n", numbers), column("word", words)}};
}

}  // namespace

TEST_CASE("CSV is what RFC 4180 says, to the byte", "[csv]") {
    auto const table =
        Table{.name = "t",
              .columns = {column("n", std::vector<std::optional<std::int64_t>>{1, {}, -3}),
                          column("text", std::vector<std::string>{"a,b", "say \"hi\"", "c\nd"}),
                          column("at", std::vector<Timestamp>(3)),
                          column("x", std::vector<std::optional<double>>{0.5, 1e21, {}})}};
    CHECK(csv_of(table) ==
          "n,text,at,x\r\n"
          "1,\"a,b\",1970-01-01T00:00:00.000000Z,0.5\r\n"
          ",\"say \"\"hi\"\"\",1970-01-01T00:00:00.000000Z,1e+21\r\n"
          "-3,\"c\nd\",1970-01-01T00:00:00.000000Z,\r\n");
    CHECK(
        csv_of(
            table,
            {.delimiter = ';', .line_end = LineEnd::lf, .header = false, .whole_seconds = true}) ==
        "1;a,b;1970-01-01T00:00:00Z;0.5\n"
        ";\"say \"\"hi\"\"\";1970-01-01T00:00:00Z;1e+21\n"
        "-3;\"c\nd\";1970-01-01T00:00:00Z;\n");
}

TEST_CASE("CSV reads back to what was written", "[csv]") {
    auto const table = sample_table();
    for (auto const delimiter : {',', ';', '|', '\t'}) {
        CHECK(read_csv(csv_of(table, {.delimiter = delimiter}), delimiter) == expected_rows(table));
        auto const lf = CsvOptions{.delimiter = delimiter, .line_end = LineEnd::lf};
        CHECK(read_csv(csv_of(table, lf), delimiter, "\n") == expected_rows(table));
    }
}

TEST_CASE("texts that begin a formula are led by an apostrophe in CSV", "[csv]") {
    for (std::string const formula :
         {"=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx", "\uFF1D1", "\uFF0B1", "\uFF0D1",
          "\uFF20x", "=HYPERLINK(\"http://a\";\"b\")", "="}) {
        CAPTURE(formula);
        auto const written = csv_of(texts({formula}));
        CHECK(read_csv(written)[1] == CsvRow{"'" + formula});
        CHECK(written.substr(0, 8) == "text\r\n\"'");
        CHECK(read_csv(csv_of(texts({formula}), {.defuse_formulas = false}))[1] == CsvRow{formula});
    }
    for (std::string const harmless : {"a=1", "'=1", "1-1", "\uFF1A", " x", "学"}) {
        CAPTURE(harmless);
        CHECK(read_csv(csv_of(texts({harmless})))[1] == CsvRow{harmless});
    }
    auto const numbers = Table{.name = "t", .columns = {column("n", std::vector<double>{-1.5})}};
    CHECK(csv_of(numbers) == "n\r\n-1.5\r\n");
}

TEST_CASE("absent is an empty field of CSV, an empty text is not", "[csv]") {
    auto const two =
        Table{.name = "t",
              .columns = {column("a", std::vector<std::optional<std::string>>{"", std::nullopt}),
                          column("b", std::vector<std::string>{" x", "y "})}};
    CHECK(csv_of(two) == "a,b\r\n\"\",\" x\"\r\n,\"y \"\r\n");
    CHECK(csv_of(texts({"", std::nullopt})) == "text\r\n\"\"\r\n\"\"\r\n");
}

TEST_CASE("a table without rows is a header in CSV", "[csv]") {
    CHECK(csv_of(texts({})) == "text\r\n");
    CHECK(csv_of(texts({}), {.header = false}).empty());
}

TEST_CASE("CSV is the same for any number of threads, whichever thread the sink is called in",
          "[csv]") {
    auto const table = long_table(100'000);
    auto const one = csv_of(table);
    CHECK(read_csv(one) == expected_rows(table));
    for (auto const threads : {2, 3, 0, limits::threads_max}) {
        std::string text;
        auto others = 0;
        auto const sink = [&, caller = std::this_thread::get_id()](std::string_view part) {
            others += std::this_thread::get_id() == caller ? 0 : 1;
            text += part;
        };
        write_csv(table, sink, {.num_threads = threads});
        CHECK(text == one);
        CHECK(others == 0);
    }
}

TEST_CASE("tables of the same columns make one CSV text", "[csv]") {
    auto const whole = csv_of(sample_table());
    auto const twice = csv_of(source_of({sample_table(), sample_table()}));
    auto const rows = csv_of(sample_table(), {.header = false});
    CHECK(twice == whole + rows);

    std::string text;
    auto writer = CsvWriter{[&](std::string_view part) { text += part; }};
    writer.write(texts({"a"}));
    CHECK(text == "text\r\na\r\n");
    auto other = texts({"b"});
    other.columns[0].name = "word";
    CHECK(refusal([&] { writer.write(other); }) == invalid("columns", "changed"));
    other = {.name = "texts", .columns = {column("text", std::vector<double>{1})}};
    CHECK(refusal([&] { writer.write(other); }) == invalid("columns", "changed"));
    writer.write(texts({"c"}));
    CHECK(text == "text\r\na\r\nc\r\n");
}

TEST_CASE("what cannot be written as CSV is refused before a part of it is", "[csv]") {
    std::string text;
    auto const sink = [&](std::string_view part) { text += part; };
    auto const written = [&](Table const& table) {
        return refusal([&] { write_csv(table, sink); });
    };
    CHECK(written(texts({"a", "\xFF"})) == invalid("text", "not_utf8"));
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    for (auto const value : {infinite, -infinite, nan}) {
        auto const reals = Table{.name = "t", .columns = {column("x", std::vector{1.0, value})}};
        CHECK(written(reals) == invalid("x", "not_finite"));
    }
    auto const past = Table{.name = "t", .columns = {column("at", std::vector{Timestamp::max()})}};
    CHECK(written(past) == invalid("at", "out_of_range"));
    CHECK(written(Table{.name = "t"}) == invalid("columns", "required"));
    CHECK(written(Table{.name = "two words"}) == invalid("name", "malformed"));
    CHECK(text.empty());

    auto absent = texts({"a"});
    absent.columns.push_back({"x", std::vector{nan}, {true}});
    CHECK(csv_of(absent) == "text,x\r\na,\r\n");
}

TEST_CASE("options of CSV are checked", "[csv]") {
    auto const with = [](CsvOptions const& options) {
        return refusal([&] { return csv_of(texts({}), options); });
    };
    CHECK(with({.delimiter = '"'}) == invalid("delimiter", "unknown"));
    CHECK(with({.delimiter = '\n'}) == invalid("delimiter", "unknown"));
    CHECK(with({.num_threads = -1}) == invalid("num_threads", "negative"));
    CHECK(with({.num_threads = limits::threads_max + 1}) ==
          invalid("num_threads", "too_large", limits::threads_max));
}

TEST_CASE("an error of the sink reaches the caller, and nothing is written after it", "[csv]") {
    auto const table = long_table(50'000);
    for (auto const threads : {1, 2}) {
        auto parts = 0;
        auto writer = CsvWriter{[&](std::string_view) {
                                    if (++parts == 3) throw std::runtime_error{"disk full"};
                                },
                                {.num_threads = threads}};
        CHECK_THROWS_AS(writer.write(table), std::runtime_error);
        CHECK(refusal([&] { writer.write(table); }) ==
              Refusal{ErrorCode::failed_precondition, {"sink", "failed", std::nullopt}});
        CHECK(parts == 3);
    }
}
