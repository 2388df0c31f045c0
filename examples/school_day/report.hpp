#pragma once

#include <eduplat/eduplat.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the parts of the program share: plain text on the standard output, lists of several pages,
/// and the files of a school.
namespace school_day {

namespace edu = eduplat;

void heading(std::string_view text);
void line(std::string_view text);

/// A table whose columns are as wide as what is in them; Chinese characters count twice.
class Table {
  public:
    using Row = std::vector<std::string>;

    /// `alignment`: a letter for each column, l or r.
    Table(std::string_view alignment, Row head) : alignment_(alignment) { add(std::move(head)); }

    void add(Row row) { rows_.push_back(std::move(row)); }
    void print() const;

  private:
    [[nodiscard]] std::vector<std::size_t> widths() const;

    std::string alignment_;
    std::vector<Row> rows_;
};

[[nodiscard]] std::string counted(std::int64_t number);                ///< "7,035,828"
[[nodiscard]] std::string in_seconds(double seconds);                  ///< "12.3 s"
[[nodiscard]] std::string with_decimals(double number, int decimals);  ///< "12.3"
/// "12.3 %"; "-" for what is not known.
[[nodiscard]] std::string in_percent(std::optional<double> share);
/// A character for each number, from an empty one for 0 to a full one for `top` and more.
[[nodiscard]] std::string small_curve(std::vector<double> const& numbers, double top);
[[nodiscard]] std::string day_of(edu::Timestamp at);   ///< "2026-03-02"
[[nodiscard]] std::string time_of(edu::Timestamp at);  ///< "08:30"
[[nodiscard]] std::string in_english(edu::LocalizedText const& text);
[[nodiscard]] std::string describe(edu::LectureAccess const& access);
[[nodiscard]] std::string describe(edu::LedgerAccount const& account);

/// All items of a list: `list` gives the page for a request.
template <class List>
[[nodiscard]] auto all_of(List const& list) {
    auto page = list(edu::PageRequest{.limit = edu::limits::page_size_max});
    auto items = std::move(page.items);
    while (page.next) {
        page = list(edu::PageRequest{.after = page.next, .limit = edu::limits::page_size_max});
        items.insert(items.end(), page.items.begin(), page.items.end());
    }
    return items;
}

/// The balances of the books, and in each currency their sum, which is zero.
void print_balances(edu::Platform const& school);
void print_reconciliation(edu::Platform const& school);
/// The best hits of a search, with the texts around the words found.
void print_search(edu::Platform const& school, std::string_view query);

/// Removes a school with the files beside it. Nobody may have it open.
void remove_school(std::filesystem::path const& file);

}  // namespace school_day
