#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Texts and queries as the search table takes them. Words stay words; a run of Chinese, Japanese
/// or Korean becomes its pairs of neighbors with the last character behind: "AB BC C" for ABC.
namespace eduplat::repositories::search {

/// The terms of a text, separated by spaces. Errors: as text::tokens().
[[nodiscard]] std::string segmented(std::string_view text);

/// A query for documents that hold all words of the text: a word as a term, a run of characters as
/// a phrase of its pairs, a single one as the beginning of a pair. Nothing in the text is an
/// operator. Empty if there is no word. Errors: as text::tokens().
[[nodiscard]] std::string match_expression(std::string_view text);

/// What of a query is looked for in texts that are shown: its words, and its runs of characters by
/// their first pairs.
[[nodiscard]] std::vector<std::string> shown_terms(std::string_view text);

}  // namespace eduplat::repositories::search
