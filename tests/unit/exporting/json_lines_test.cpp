#include "sample_tables.hpp"
#include "written.hpp"

#include <nlohmann/json.hpp>
#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <sstream>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;
using namespace eduplat::test;
using Json = nlohmann::ordered_json;

namespace {

std::vector<Json> parsed(std::string const& text) {
    std::vector<Json> objects;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        objects.push_back(Json::parse(line));
    return objects;
}

Json json_of(Column const& column, std::size_t row) {
    if (column.is_absent(row)) return nullptr;
    return std::visit(
        [&](auto const& values) -> Json {
            if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::vector<Timestamp>>) {
                return to_string(values[row]);
            } else {
                return values[row];
            }
        },
        column.values);
}

}  // namespace

TEST_CASE("JSON lines are objects, one a row, to the byte", "[json_lines]") {
    auto const table =
        Table{.name = "t",
              .columns = {column("n", std::vector<std::optional<std::int64_t>>{1, {}}),
                          column("text", std::vector<std::string>{"a\"\\\n\t\r\b\x01\x7F", "é"}),
                          column("x", std::vector<double>{2, -1e-7}),
                          column("at", std::vector<Timestamp>(2))}};
    CHECK(json_lines_of(table) ==
          "{\"n\":1,\"text\":\"a\\\"\\\\\\n\\t\\r\\u0008\\u0001\x7F\",\"x\":2.0,"
          "\"at\":\"1970-01-01T00:00:00.000000Z\"}\n"
          "{\"n\":null,\"text\":\"é\",\"x\":-1e-07,\"at\":\"1970-01-01T00:00:00.000000Z\"}\n");
}

TEST_CASE("JSON lines read back to what was written", "[json_lines]") {
    auto table = sample_table();
    std::string controls;
    for (char c = 0; c < 0x20; ++c)
        controls += c;
    table.columns.push_back(column("controls", std::vector<std::string>(table.rows(), controls)));
    auto const objects = parsed(json_lines_of(table));
    REQUIRE(objects.size() == table.rows());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        auto expected = Json::object();
        for (auto const& of_table : table.columns)
            expected[of_table.name] = json_of(of_table, row);
        CHECK(objects[row] == expected);
        CHECK(objects[row].dump() == expected.dump());  // the order, and reals as reals
    }
}

TEST_CASE("tables of the same columns make one text of JSON lines", "[json_lines]") {
    auto const once = json_lines_of(sample_table());
    CHECK(json_lines_of(source_of({sample_table(), sample_table()})) == once + once);
    CHECK(refusal([] {
              return json_lines_of(source_of({texts({"a"}), sample_table()}));
          }) == invalid("columns", "changed"));
    CHECK(json_lines_of(texts({})).empty());
}

TEST_CASE("JSON lines of many rows reach the sink in parts", "[json_lines]") {
    auto const many = texts(std::vector<std::optional<std::string>>(50'000, "a row of a table"));
    std::size_t parts = 0;
    std::size_t bytes = 0;
    write_json_lines(many, [&](std::string_view part) {
        ++parts;
        bytes += part.size();
        CHECK(part.back() == '\n');
    });
    CHECK(parts > 1);
    CHECK(bytes == 50'000 * std::string_view{"{\"text\":\"a row of a table\"}\n"}.size());
}

TEST_CASE("what cannot be JSON is refused", "[json_lines]") {
    CHECK(refusal([] { return json_lines_of(texts({"\xC3("})); }) == invalid("text", "not_utf8"));
    CHECK(refusal([] { return json_lines_of(texts({"\xED\xA0\x80"})); }) ==
          invalid("text", "not_utf8"));  // half of a pair of surrogates
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    auto const reals = Table{.name = "t", .columns = {column("x", std::vector{nan})}};
    CHECK(refusal([&] { return json_lines_of(reals); }) == invalid("x", "not_finite"));
}
