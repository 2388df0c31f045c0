#include "pair_file.hpp"

#include <eduplat/core/limits.hpp>

#include <text_file/text_file.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace recommender_lab {
namespace {

using text_file::Lines;

/// Takes what stands before the next separator, or the rest.
std::string_view take(std::string_view& text, char separator) {
    auto const end = std::min(text.find(separator), text.size());
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

rec::Index id_of(std::string_view word, Lines const& lines) {
    rec::Index id = 0;
    auto const* const end = word.data() + word.size();
    auto const [tail, error] = std::from_chars(word.data(), end, id);
    if (error != std::errc{} || tail != end || id < 0 ||
        id >= eduplat::limits::recommender_rows_max)
        lines.refuse("\"" + std::string{word} + "\" is no id", "number");
    return id;
}

/// Whether it is a number as it stands in files of ratings.
bool is_number(std::string_view word) {
    double number = 0;
    auto const* const end = word.data() + word.size();
    auto const [tail, error] = std::from_chars(word.data(), end, number);
    return error == std::errc{} && tail == end;
}

/// How many fields a line of ratings has.
std::ptrdiff_t fields_in(std::string_view text) {
    return 1 + std::count(text.begin(), text.end(), '\t');
}

void add_rating(Lines const& lines, std::string_view text, std::ptrdiff_t fields,
                rec::InteractionsBuilder& builder) {
    if (fields_in(text) != fields || fields < 3 || fields > 4)
        lines.refuse("ratings have 3 or 4 fields, as many in each line", "fields");
    auto const user = take(text, '\t');
    auto const item = take(text, '\t');
    builder.add(id_of(user, lines), id_of(item, lines));
    while (fields-- > 2) {
        if (!is_number(take(text, '\t'))) lines.refuse("a rating or time is no number", "number");
    }
}

void add_items(Lines const& lines, std::string_view text, rec::InteractionsBuilder& builder) {
    auto const user = id_of(take(text, ' '), lines);
    while (!text.empty()) {
        auto const word = take(text, ' ');
        if (!word.empty()) builder.add(user, id_of(word, lines));
    }
}

rec::Candidates candidates_in(Lines const& lines) {
    auto text = lines.text();
    auto pair = take(text, '\t');
    if (pair.size() < 2 || pair.front() != '(' || pair.back() != ')')
        lines.refuse("the line does not begin with (user,item)", "pair");
    pair = pair.substr(1, pair.size() - 2);
    auto const user = take(pair, ',');
    rec::Candidates out{id_of(user, lines), {id_of(pair, lines)}};
    while (!text.empty())
        out.items.push_back(id_of(take(text, '\t'), lines));
    return out;
}

}  // namespace

rec::Interactions read_pairs(std::filesystem::path const& file) {
    rec::InteractionsBuilder builder;
    Lines lines{file};
    std::ptrdiff_t fields = 0;  // of the first line
    while (lines.next()) {
        auto const text = lines.text();
        if (text.empty()) continue;
        if (fields == 0) fields = fields_in(text);
        if (fields > 1) {
            add_rating(lines, text, fields, builder);
        } else {
            add_items(lines, text, builder);
        }
    }
    return std::move(builder).build();
}

std::vector<rec::Candidates> read_candidates(std::filesystem::path const& file) {
    std::vector<rec::Candidates> out;
    Lines lines{file};
    while (lines.next()) {
        if (!lines.text().empty()) out.push_back(candidates_in(lines));
    }
    return out;
}

rec::Interactions grown(rec::Interactions const& interactions, rec::Shape shape) {
    if (interactions.shape() == shape) return interactions;
    auto rows = interactions.by_user();
    std::vector<std::int64_t> offsets{rows.offsets.begin(), rows.offsets.end()};
    offsets.resize(static_cast<std::size_t>(shape.users) + 1, interactions.pairs());
    rows.offsets = offsets;
    rows.columns = shape.items;
    return rec::Interactions::from_csr(rows);
}

rec::Shape around(rec::Shape a, rec::Shape b) noexcept {
    return {std::max(a.users, b.users), std::max(a.items, b.items)};
}

rec::Shape around(std::vector<rec::Candidates> const& candidates) noexcept {
    rec::Shape out;
    for (auto const& [user, items] : candidates) {
        auto const last = *std::max_element(items.begin(), items.end());
        out = around(out, {user + 1, last + 1});
    }
    return out;
}

}  // namespace recommender_lab
