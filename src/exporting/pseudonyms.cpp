#include "exporting/rows.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/anonymous.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace eduplat::exporting {
namespace {

static_assert(std::tuple_size_v<Pseudonyms::Key> == crypto_generichash_KEYBYTES);

std::string hexadecimal(std::array<unsigned char, 16> const& bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

std::string pseudonym(Pseudonyms const& pseudonyms, std::int64_t id) {
    return pseudonyms.of(id);
}
std::string pseudonym(Pseudonyms const& pseudonyms, std::string const& text) {
    return pseudonyms.of(text);
}
template <class Other>
std::string pseudonym(Pseudonyms const& /*pseudonyms*/, Other const& /*value*/) {
    fail(ErrorCode::invalid_argument, "column", "type");
}

/// Rows in the order of their names, alike ones as they were.
std::vector<std::uint32_t> order_of(std::vector<std::string> const& names) {
    std::vector<std::uint32_t> rows(names.size());
    std::iota(rows.begin(), rows.end(), 0U);
    std::stable_sort(rows.begin(), rows.end(),
                     [&](auto left, auto right) { return names[left] < names[right]; });
    return rows;
}

}  // namespace

Pseudonyms::Pseudonyms(Key const& key) : key_(key) {
    if (sodium_init() < 0) throw Error{ErrorCode::internal, "libsodium cannot be initialized"};
}

Pseudonyms::~Pseudonyms() {
    sodium_memzero(key_.data(), key_.size());
}

std::string Pseudonyms::of(std::string_view text) const {
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<unsigned char const*>(text.data()), text.size(),
                       reinterpret_cast<unsigned char const*>(key_.data()), key_.size());
    return hexadecimal(hash);
}

std::string Pseudonyms::of(std::int64_t id) const {
    return of(std::to_string(id));
}

analytics::Table pseudonymize(analytics::Table table, std::string_view column,
                              Pseudonyms const& pseudonyms) {
    analytics::check(table);
    for (auto& of_table : table.columns) {
        if (of_table.name != column) continue;
        std::vector<std::string> names;
        std::visit(
            [&](auto const& values) {
                for (std::size_t row = 0; row < values.size(); ++row) {
                    names.push_back(of_table.is_absent(row) ? std::string{}
                                                            : pseudonym(pseudonyms, values[row]));
                }
            },
            of_table.values);
        auto const rows = order_of(names);
        of_table.values = std::move(names);
        for (auto& each : table.columns)
            each = rows_of(each, rows);
        return table;
    }
    fail(ErrorCode::invalid_argument, "column", "unknown");
}

}  // namespace eduplat::exporting
