#include "files.hpp"
#include "unit/core/refusal.hpp"

#include <oulad/csv.hpp>
#include <support/catch.hpp>
#include <support/temp_dir.hpp>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

using namespace eduplat;
using test::invalid, test::refusal, test::Refusal, test::write_file, test::write_gz;

namespace {

/// A folder with the one file "a.csv".
class File {
  public:
    explicit File(std::string_view text) { write_file(path(), text); }
    [[nodiscard]] std::string path() const { return folder_.file("a.csv"); }

  private:
    test::TempDir folder_;
};

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(oulad::Csv& csv, std::vector<std::string> const& columns) {
    Rows rows;
    while (csv.next()) {
        rows.emplace_back();
        for (auto const& column : columns)
            rows.back().emplace_back(csv.text(csv.column(column)));
    }
    return rows;
}

Rows rows_of(std::string_view text, std::vector<std::string> const& columns) {
    File const file{text};
    oulad::Csv csv{file.path()};
    return rows_of(csv, columns);
}

/// How reading all rows of a text was refused.
Refusal refused(std::string_view text) {
    INFO(text.substr(0, 100));
    return refusal([&] { return rows_of(text, {}); });
}

/// A file with one column, "n", and one row.
template <class Call>
auto with_field(std::string_view field, Call&& call) {
    File const file{"n\n\n" + std::string{field} + '\n'};
    oulad::Csv csv{file.path()};
    REQUIRE(csv.next());
    return call(csv);
}

auto number_in(std::string_view field) {
    return with_field(field, [](oulad::Csv& csv) { return csv.number(0); });
}

auto decimal_in(std::string_view field) {
    return with_field(field, [](oulad::Csv& csv) { return csv.decimal(0); });
}

}  // namespace

TEST_CASE("columns are found by name, in any order", "[examples][csv]") {
    CHECK(rows_of("a,b,c\n1,2,3\n4,,6\n", {"c", "b"}) == Rows{{"3", "2"}, {"6", ""}});
    CHECK(rows_of("\xEF\xBB\xBF"
                  "a,b\r\n1,2\r\n",
                  {"a", "b"}) == Rows{{"1", "2"}});
    CHECK(rows_of("a,b\n1,2", {"b"}) == Rows{{"2"}});
    CHECK(rows_of("a,b\n\n1,2\n\r\n3,4\n\n", {"a"}) == Rows{{"1"}, {"3"}});
    CHECK(rows_of("a,b\n", {"a"}).empty());
    CHECK(rows_of("a,b", {"a"}).empty());
}

TEST_CASE("a quoted field may hold commas and quotes", "[examples][csv]") {
    CHECK(rows_of("\"a\",\"b, c\"\n\"1\",\"x, y\"\n", {"b, c"}) == Rows{{"x, y"}});
    CHECK(rows_of("a,b,c\n\"say \"\"no\"\"\",\"\",z\n", {"a", "b", "c"}) ==
          Rows{{"say \"no\"", "", "z"}});
    CHECK(rows_of("a\n\"\"\"\"\n", {"a"}) == Rows{{"\""}});
    CHECK(rows_of("a,b\n5' 6\" tall,\"1\"\r\n", {"a", "b"}) == Rows{{"5' 6\" tall", "1"}});
    CHECK(refused("a,b\n1,2\n\"1,2\n") == invalid("a.csv:3", "quote"));
    CHECK(refused("a,b\n\"1\"2,3\n") == invalid("a.csv:2", "quote"));
    CHECK(refused("a,b\n1,\"\n") == invalid("a.csv:2", "quote"));
    CHECK(refused("a,\"b\n1,2\n") == invalid("a.csv:1", "quote"));
}

TEST_CASE("each row has one field a column", "[examples][csv]") {
    CHECK(refused("a,b\n1,2\n1\n") == invalid("a.csv:3", "fields"));
    CHECK(refused("a,b\n1,2,3\n") == invalid("a.csv:2", "fields"));
    CHECK(refused("a,b\n1,2,\n") == invalid("a.csv:2", "fields"));
}

TEST_CASE("a file without a line, column or name is refused", "[examples][csv]") {
    CHECK(refused("") == invalid("a.csv:1", "header"));
    CHECK(refusal([] { return rows_of("a,b\n1,2\n", {"c"}); }) ==
          invalid("a.csv:1", "missing_column"));
    test::TempDir const folder;
    auto const missing = Refusal{ErrorCode::not_found, {"file", "missing", std::nullopt}};
    CHECK(refusal([&] { return oulad::Csv{folder.file("none.csv")}.line(); }) == missing);
    CHECK(refusal([&] { return oulad::Csv{folder.path()}.line(); }) == missing);
    CHECK(refusal([&] { return oulad::find_csv(folder.path(), "vle"); }) == missing);
}

TEST_CASE("whole numbers may be written with a point and zeros", "[examples][csv]") {
    CHECK(number_in("11391") == 11391);
    CHECK(number_in("11391.0") == 11391);
    CHECK(number_in("-159.00") == -159);
    CHECK(number_in("\"7\"") == 7);
    CHECK(number_in("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(number_in("?") == std::nullopt);
    CHECK(number_in("\"\"") == std::nullopt);
    for (auto const* bad : {"x", "1x", "1.5", "1.0x", " 1", "1 ", "+1", "-", ".0", "1e3", "1,5",
                            "9223372036854775808"}) {
        auto const quoted = '"' + std::string{bad} + '"';
        CHECK(refusal([&] { return number_in(quoted); }) == invalid("a.csv:3", "number"));
    }
}

TEST_CASE("decimals are read", "[examples][csv]") {
    CHECK(decimal_in("12.5") == 12.5);
    CHECK(decimal_in("-3") == -3.0);
    CHECK(decimal_in("?") == std::nullopt);
    for (auto const* bad : {"x", "1.5%", "1e3", "nan", "inf", "1.2.3", "--1"}) {
        CHECK(refusal([&] { return decimal_in(bad); }) == invalid("a.csv:3", "number"));
    }
}

TEST_CASE("an error says what the field held", "[examples][csv]") {
    try {
        number_in("many");
        FAIL("not refused");
    } catch (Error const& e) {
        CHECK(std::string{e.message()} == "column n is \"many\"");
    }
}

TEST_CASE("lines cross the ends of the buffer", "[examples][csv]") {
    std::string text = "a,b\n";
    for (int i = 0; i < 100'000; ++i)
        text += std::to_string(i) + ",\"row, " + std::to_string(i) + "\"\n";
    test::TempDir const folder;
    write_file(folder.file("a.csv"), text);
    write_gz(folder.file("b.csv.gz"), text);
    for (auto const* name : {"a.csv", "b.csv.gz"}) {
        oulad::Csv csv{folder.file(name)};
        auto before = 0.0;
        int wrong = 0;
        for (int i = 0; i < 100'000; ++i) {
            if (!csv.next() || csv.number(0) != i || csv.line() != i + 2) ++wrong;
            if (csv.text(1) != "row, " + std::to_string(i)) ++wrong;
            if (csv.progress() < before || csv.progress() > 1) ++wrong;
            before = csv.progress();
        }
        CHECK(wrong == 0);
        CHECK_FALSE(csv.next());
        CHECK_FALSE(csv.next());
        CHECK(csv.progress() == 1.0);
    }
}

TEST_CASE("a reader can be moved in the middle of a file", "[examples][csv]") {
    File const file{"a,b\n1,2\n3,4\n"};
    oulad::Csv first{file.path()};
    REQUIRE(first.next());
    oulad::Csv second{std::move(first)};
    CHECK(second.text(1) == "2");
    REQUIRE(second.next());
    CHECK(second.text(second.column("b")) == "4");
}

TEST_CASE("a long line is read, one without end is not", "[examples][csv]") {
    std::string const field(700'000, 'x');
    CHECK(rows_of("a,b\n" + field + ",1\n2,3\n", {"a"}) == Rows{{field}, {"2"}});
    CHECK(refused("a\n1\n" + std::string(2'000'000, 'x')) == invalid("a.csv:3", "line_too_long"));
}

TEST_CASE("a compressed file that was cut off or broken is refused", "[examples][csv]") {
    std::string text = "a\n";
    for (int i = 0; i < 20'000; ++i)
        text += std::to_string(i * 7919 % 10'007) + '\n';
    test::TempDir const folder;
    auto const path = folder.file("a.csv.gz");
    auto const rule = [&] {
        return refusal([&] {
                   oulad::Csv csv{path};
                   return rows_of(csv, {});
               })
            .violation.rule;
    };
    write_gz(path, text);
    CHECK(rule() == "not refused");
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    CHECK(rule() == "compression");
    write_gz(path, text);
    {
        std::fstream out{path, std::ios::in | std::ios::out | std::ios::binary};
        out.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path)) - 8);
        out << "1234";  // the check sum
    }
    CHECK(rule() == "compression");
}
