#pragma once

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace eduplat {

/// A place in one list, as an opaque text that a host can hand out and take back. It is bound to
/// the list and its filters: given to another list it is refused. It grants nothing: the right to
/// read is checked on every call. It is not secret.
class Cursor {
  public:
    /// What comes back from outside. It is checked when it is used.
    explicit Cursor(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    friend bool operator==(Cursor const&, Cursor const&) = default;

  private:
    std::string text_;
};

struct PageRequest {
    std::optional<Cursor> after =
        std::nullopt;                       ///< `Page::next` of the page before; none for the first
    int limit = limits::page_size_default;  ///< items wanted, 1 to limits::page_size_max
};

template <class T>
struct Page {
    std::vector<T> items;
    std::optional<Cursor> next;  ///< none on the last page
};

/// One column of a keyset. Texts and integers are all that lists are ordered by.
using CursorKey = std::variant<std::int64_t, std::string>;

/// Packs the keys of the last row shown. `list` names the list and its filters. Equal lists and
/// keys give equal cursors. Keys longer together than limits::cursor_bytes_max are a bug of the
/// list, and fail as internal.
[[nodiscard]] Cursor encode_cursor(std::string_view list, std::vector<CursorKey> const& keys);

/// Errors: invalid_argument, field "after": "too_long", "malformed" (not made by encode_cursor, or
/// changed since), "other_list" (another list or other filters). How many keys come back, and of
/// which types, is up to whoever made the text: a list reads them with decode_keys().
[[nodiscard]] std::vector<CursorKey> decode_cursor(std::string_view list, Cursor const& cursor);

/// The keys of a list by their types: `auto [name, id] = decode_keys<std::string,
/// std::int64_t>(...)`. Errors: as decode_cursor(); "malformed" also for any other number or types
/// of keys.
template <class... Keys>
[[nodiscard]] std::tuple<Keys...> decode_keys(std::string_view list, Cursor const& cursor) {
    auto keys = decode_cursor(list, cursor);
    auto const unpack = [&keys]<std::size_t... i>(std::index_sequence<i...>) {
        if (keys.size() != sizeof...(i) || !(... && std::holds_alternative<Keys>(keys[i]))) {
            fail(ErrorCode::invalid_argument, "after", "malformed");
        }
        return std::tuple<Keys...>{std::get<Keys>(std::move(keys[i]))...};
    };
    return unpack(std::index_sequence_for<Keys...>{});
}

/// Errors: invalid_argument, field "limit": "too_small", "too_large".
void check_page_limit(int limit);

}  // namespace eduplat
