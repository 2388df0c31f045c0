#pragma once

#include <eduplat/core/error.hpp>
#include <eduplat/core/page.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

/// What lists by keyset have in common. A list asks for one row more than a page holds, to know
/// whether there is a next one.
namespace eduplat {

namespace detail {

template <class... Keys, std::size_t... Index>
std::tuple<Keys...> as_tuple(std::vector<CursorKey> const& keys, std::index_sequence<Index...>) {
    bool const fits =
        keys.size() == sizeof...(Keys) && (std::holds_alternative<Keys>(keys[Index]) && ...);
    if (!fits) fail(ErrorCode::invalid_argument, "after", "malformed");
    return {std::get<Keys>(keys[Index])...};
}

}  // namespace detail

/// The keys of the row after which the page begins, or `first` for the first page.
/// Errors: as check_page_limit() and decode_cursor().
template <class... Keys>
[[nodiscard]] std::tuple<Keys...> keys_after(std::string_view list, PageRequest const& request,
                                             std::tuple<Keys...> first) {
    check_page_limit(request.limit);
    if (!request.after) return first;
    return detail::as_tuple<Keys...>(decode_cursor(list, *request.after),
                                     std::index_sequence_for<Keys...>{});
}

/// A page of the first `request.limit` rows, with a cursor if there are more. `keys` gives a row's
/// keys, `item` what is shown of it.
template <class Item, class Row, class KeysOf, class ItemOf>
[[nodiscard]] Page<Item> make_page(std::string_view list, PageRequest const& request,
                                   std::vector<Row> rows, KeysOf keys, ItemOf item) {
    Page<Item> page;
    auto const limit = static_cast<std::size_t>(request.limit);
    if (rows.size() > limit) {
        page.next = encode_cursor(list, keys(rows[limit - 1]));
        rows.erase(rows.begin() + request.limit, rows.end());
    }
    page.items.reserve(rows.size());
    for (auto& row : rows)
        page.items.push_back(item(std::move(row)));
    return page;
}

template <class Item, class KeysOf>
[[nodiscard]] Page<Item> make_page(std::string_view list, PageRequest const& request,
                                   std::vector<Item> rows, KeysOf keys) {
    return make_page<Item>(list, request, std::move(rows), keys,
                           [](Item&& row) { return std::move(row); });
}

}  // namespace eduplat
