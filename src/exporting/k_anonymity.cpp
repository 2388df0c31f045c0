#include "exporting/checks.hpp"
#include "exporting/generalize.hpp"
#include "exporting/rows.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/exporting/anonymous.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace eduplat::exporting {
namespace {

using analytics::Column;
using analytics::Table;
using Ranks = std::vector<std::uint32_t>;
using Steps = std::vector<std::size_t>;  ///< by quasi-identifier, how many are taken

constexpr std::size_t sizes_told_max = 5;

/// How the rows of a table fall into groups under some steps.
struct Groups {
    Ranks of_row;
    std::vector<std::size_t> learners;  ///< distinct ones, by group
    std::vector<std::size_t> rows;
};

/// Numbers pairs in ascending order, equal pairs alike.
Ranks combined(Ranks const& first, Ranks const& second) {
    std::vector<std::uint32_t> rows(first.size());
    std::iota(rows.begin(), rows.end(), 0U);
    auto const key = [&](std::uint32_t row) { return std::pair{first[row], second[row]}; };
    std::sort(rows.begin(), rows.end(), [&](auto a, auto b) { return key(a) < key(b); });
    Ranks result(rows.size());
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0 && key(rows[i - 1]) != key(rows[i])) ++rank;
        result[rows[i]] = rank;
    }
    return result;
}

Groups grouped(Ranks of_row, Ranks const& learners) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    pairs.reserve(of_row.size());
    for (std::size_t row = 0; row < of_row.size(); ++row)
        pairs.emplace_back(of_row[row], learners[row]);
    std::sort(pairs.begin(), pairs.end());
    auto const count = static_cast<std::size_t>(pairs.back().first) + 1;
    Groups groups{std::move(of_row), std::vector<std::size_t>(count),
                  std::vector<std::size_t>(count)};
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        ++groups.rows[pairs[i].first];
        if (i == 0 || pairs[i] != pairs[i - 1]) ++groups.learners[pairs[i].first];
    }
    return groups;
}

std::size_t rows_in_groups_below(Groups const& groups, std::size_t k) {
    std::size_t rows = 0;
    for (std::size_t group = 0; group < groups.rows.size(); ++group) {
        if (groups.learners[group] < k) rows += groups.rows[group];
    }
    return rows;
}

/// The values of a quasi-identifier under each number of steps, from none to all.
std::vector<Ranks> ranks_by_steps(Column const& column, QuasiIdentifier const& identifier) {
    std::vector<Ranks> result{ranks(generalized(column, nullptr))};
    for (auto const& step : identifier.steps)
        result.push_back(ranks(generalized(column, &step)));
    return result;
}

/// Looks for steps under which a table is k-anonymous.
class Search final {
  public:
    Search(Table const& table, AnonymityOptions const& options)
        : k_(static_cast<std::size_t>(options.k)),
          rows_(table.rows()),
          suppressed_max_(static_cast<std::size_t>(
              std::floor(options.suppressed_share_max * static_cast<double>(rows_)))),
          learners_(ranks(*table.find(options.learner))) {
        for (auto const& identifier : options.quasi_identifiers)
            ranks_.push_back(ranks_by_steps(*table.find(identifier.column), identifier));
    }

    struct Found {
        Steps steps;
        Groups groups;
        std::size_t suppressed;
    };

    /// With the fewest steps, then the fewest rows suppressed, then the first in order.
    [[nodiscard]] Found find() const {
        std::size_t total = 0;
        for (auto const& of_column : ranks_)
            total += of_column.size() - 1;
        for (std::size_t height = 0; height <= total; ++height) {
            std::optional<Found> best;
            Steps steps(ranks_.size());
            try_all(0, height, steps, best);
            if (best) return std::move(*best);
        }
        refuse();
    }

    [[nodiscard]] std::size_t learner_count() const {
        return std::size_t{*std::max_element(learners_.begin(), learners_.end())} + 1;
    }

  private:
    void try_all(std::size_t place, std::size_t left, Steps& steps,
                 std::optional<Found>& best) const {
        if (place == ranks_.size()) {
            if (left == 0) consider(steps, best);
            return;
        }
        auto const most = std::min(left, ranks_[place].size() - 1);
        for (std::size_t taken = 0; taken <= most; ++taken) {
            steps[place] = taken;
            try_all(place + 1, left - taken, steps, best);
        }
    }

    void consider(Steps const& steps, std::optional<Found>& best) const {
        auto groups = groups_of(steps);
        auto const suppressed = rows_in_groups_below(groups, k_);
        if (suppressed > suppressed_max_ || suppressed == rows_) return;
        if (!best || suppressed < best->suppressed) {
            best = Found{steps, std::move(groups), suppressed};
        }
    }

    [[nodiscard]] Groups groups_of(Steps const& steps) const {
        auto of_row = ranks_[0][steps[0]];
        for (std::size_t i = 1; i < steps.size(); ++i)
            of_row = combined(of_row, ranks_[i][steps[i]]);
        return grouped(std::move(of_row), learners_);
    }

    [[noreturn]] void refuse() const {
        Steps all;
        for (auto const& of_column : ranks_)
            all.push_back(of_column.size() - 1);
        auto const groups = groups_of(all);
        auto sizes = groups.learners;
        std::sort(sizes.begin(), sizes.end());
        std::string told;
        for (std::size_t i = 0; i < std::min(sizes.size(), sizes_told_max); ++i)
            told += (i > 0 ? ", " : "") + std::to_string(sizes[i]);
        throw Error{ErrorCode::failed_precondition,
                    "even after all steps the smallest of " + std::to_string(sizes.size()) +
                        " groups have " + told + " learners, and groups of fewer than " +
                        std::to_string(k_) + " hold " +
                        std::to_string(rows_in_groups_below(groups, k_)) + " of " +
                        std::to_string(rows_) + " rows",
                    {{"k", "not_k_anonymous", static_cast<std::int64_t>(sizes.front())}}};
    }

    std::size_t k_;
    std::size_t rows_;
    std::size_t suppressed_max_;
    Ranks learners_;
    std::vector<std::vector<Ranks>> ranks_;  ///< by quasi-identifier and number of steps
};

bool is_key(Column const& column) {
    return std::holds_alternative<std::vector<std::int64_t>>(column.values) ||
           std::holds_alternative<std::vector<std::string>>(column.values);
}

void check_learner(Table const& table, AnonymityOptions const& options, Validation& validation) {
    auto const* const learner = table.find(options.learner);
    if (learner == nullptr) {
        validation.add("learner", "unknown");
    } else if (!is_key(*learner)) {
        validation.add("learner", "type");
    } else if (std::count(learner->absent.begin(), learner->absent.end(), true) > 0) {
        validation.add("learner", "required");
    }
}

void check_steps(QuasiIdentifier const& identifier, Column const& column, std::string const& field,
                 Validation& validation) {
    for (std::size_t i = 0; i < identifier.steps.size(); ++i) {
        if (auto const rule = broken_rule(identifier.steps[i], column)) {
            validation.add(field + ".steps[" + std::to_string(i) + "]", *rule);
        }
    }
}

void check_identifier(Table const& table, AnonymityOptions const& options, std::size_t place,
                      Validation& validation) {
    auto const& identifiers = options.quasi_identifiers;
    auto const& identifier = identifiers[place];
    auto const field = "quasi_identifiers[" + std::to_string(place) + "]";
    auto const same = [&](auto const& other) { return other.column == identifier.column; };
    auto const before = identifiers.begin() + static_cast<std::ptrdiff_t>(place);
    auto const* const column = table.find(identifier.column);
    if (column == nullptr) return validation.add(field + ".column", "unknown");
    if (identifier.column == options.learner) validation.add(field + ".column", "learner");
    if (std::any_of(identifiers.begin(), before, same)) {
        validation.add(field + ".column", "duplicate");
    }
    check_steps(identifier, *column, field, validation);
}

void check_options(Table const& table, AnonymityOptions const& options) {
    Validation validation;
    if (options.k < 2) validation.add("k", "too_small", 2);
    if (options.k > limits::anonymity_k_max) {
        validation.add("k", "too_large", limits::anonymity_k_max);
    }
    if (!(options.suppressed_share_max >= 0 && options.suppressed_share_max <= 1)) {
        validation.add("suppressed_share_max", "out_of_range");
    }
    check_learner(table, options, validation);
    if (options.quasi_identifiers.empty()) validation.add("quasi_identifiers", "required");
    std::size_t combinations = 1;
    for (std::size_t i = 0; i < options.quasi_identifiers.size(); ++i) {
        check_identifier(table, options, i, validation);
        combinations *= options.quasi_identifiers[i].steps.size() + 1;
        combinations = std::min(combinations, limits::anonymity_combinations_max + 1);
    }
    if (combinations > limits::anonymity_combinations_max) {
        validation.add("quasi_identifiers", "too_many", limits::anonymity_combinations_max);
    }
    validation.check("anonymity");
}

void check_learners(Search const& search, Table const& table, AnonymityOptions const& options) {
    auto const learners = search.learner_count();
    if (options.keep_learner && learners < table.rows()) {
        fail(ErrorCode::failed_precondition, "learner", "not_unique");
    }
    if (learners < static_cast<std::size_t>(options.k)) {
        throw Error{ErrorCode::failed_precondition,
                    "the table has " + std::to_string(learners) + " learners in all",
                    {{"k", "not_k_anonymous", static_cast<std::int64_t>(learners)}}};
    }
}

bool names_column(analytics::Chart const& chart, std::string const& name) {
    return chart.x == name || chart.y == name || chart.series == name || chart.low == name ||
           chart.high == name || chart.value == name;
}

void leave_out(Table& table, std::string const& name) {
    std::erase_if(table.columns, [&](auto const& column) { return column.name == name; });
    if (table.chart && names_column(*table.chart, name)) table.chart.reset();
}

/// The rows of groups that are large enough, in the order of their values: the old one might tell
/// whose they are.
std::vector<std::uint32_t> kept_rows(Table const& table, Groups const& groups, std::size_t k) {
    auto order = groups.of_row;
    for (auto const& column : table.columns)
        order = combined(order, ranks(column));
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < order.size(); ++row) {
        if (groups.learners[groups.of_row[row]] >= k) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(),
              [&](auto left, auto right) { return order[left] < order[right]; });
    return rows;
}

void generalize(Table& table, AnonymityOptions const& options, Steps const& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto const& identifier = options.quasi_identifiers[i];
        auto const* const step = steps[i] == 0 ? nullptr : &identifier.steps[steps[i] - 1];
        for (auto& column : table.columns) {
            if (column.name == identifier.column) column = generalized(column, step);
        }
    }
}

}  // namespace

AnonymousTable k_anonymize(Table table, AnonymityOptions const& options) {
    check_exportable(table);
    check_options(table, options);
    auto const k = static_cast<std::size_t>(options.k);
    AnonymousTable result{{}, Steps(options.quasi_identifiers.size()), 0, 0, 0};
    if (table.rows() > 0) {
        auto const search = Search{table, options};
        check_learners(search, table, options);
        auto const found = search.find();
        generalize(table, options, found.steps);
        if (!options.keep_learner) leave_out(table, options.learner);
        auto const rows = kept_rows(table, found.groups, k);
        for (auto& column : table.columns)
            column = rows_of(column, rows);
        auto sizes = found.groups.learners;
        std::erase_if(sizes, [&](auto size) { return size < k; });
        result.steps = found.steps;
        result.groups = sizes.size();
        result.smallest_group = *std::min_element(sizes.begin(), sizes.end());
        result.rows_suppressed = found.suppressed;
    } else if (!options.keep_learner) {
        leave_out(table, options.learner);
    }
    result.table = std::move(table);
    return result;
}

}  // namespace eduplat::exporting
