#include "repositories/members.hpp"
#include "services/accounts_impl.hpp"
#include "services/paging.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <utility>

namespace eduplat {

namespace members_table = repositories::members;

namespace {

constexpr std::size_t search_terms_max = 4;

/// The terms a search asks for. A character inside a pair adds nothing to the pair.
std::vector<std::string> terms_of(std::string_view search) {
    using text::TokenKind;
    auto const tokens = text::tokens(search);
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        bool const before = i > 0 && tokens[i - 1].kind == TokenKind::bigram;
        bool const after = i + 1 < tokens.size() && tokens[i + 1].kind == TokenKind::bigram;
        if (tokens[i].kind == TokenKind::unigram && (before || after)) continue;
        if (std::find(terms.begin(), terms.end(), tokens[i].term) != terms.end()) continue;
        terms.push_back(tokens[i].term);
    }
    // Longer words tell more.
    std::stable_sort(terms.begin(), terms.end(),
                     [](auto const& a, auto const& b) { return a.size() > b.size(); });
    if (terms.size() > search_terms_max) terms.resize(search_terms_max);
    return terms;
}

/// The list's name: with other filters it is another list.
std::string list_name(std::string_view search, MemberFilter const& filter) {
    std::string list = "members?role=";
    if (filter.role) list += name(*filter.role);
    list += "&state=";
    if (filter.state) list += name(*filter.state);
    list += "&search=";
    list += search;
    return list;
}

}  // namespace

Page<User> Accounts::members(Actor const& actor, MemberFilter const& filter,
                             PageRequest const& request) const {
    Validation validation;
    auto const search =
        validation.text("search", filter.search, {.max_bytes = limits::search_query_bytes_max});
    if (filter.role) check_role(validation, "role", *filter.role);
    if (filter.state && name(*filter.state).empty()) validation.add("state", "unknown");
    validation.check("members");
    members_table::Filter const wanted{
        .role = filter.role, .state = filter.state, .terms = terms_of(search)};
    bool const finds_nothing = !search.empty() && wanted.terms.empty();

    auto const list = list_name(search, filter);
    auto const [name_key, id] = keys_after<std::string, std::int64_t>(list, request, {"", 0});
    members_table::After const after{name_key, id};
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::accounts_members, now));
        if (finds_nothing) return std::vector<members_table::Member>{};
        return members_table::page(connection, wanted, after, request.limit + 1);
    });
    return make_page<User>(
        list, request, std::move(rows),
        [](members_table::Member const& row) {
            return std::vector<CursorKey>{row.name_key, row.user.id.value()};
        },
        [](members_table::Member&& row) { return std::move(row.user); });
}

}  // namespace eduplat
