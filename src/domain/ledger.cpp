#include <eduplat/domain/ledger.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>

namespace eduplat {
namespace {

constexpr std::array<std::string_view, 6> account_names{
    "gateway", "platform_fees", "tax_payable", "teacher_payable", "buyer_payable", "disputed"};

constexpr std::int64_t all_basis_points = 10'000;

using Accounts = std::map<LedgerAccount, Money>;

void add(Accounts& accounts, LedgerAccount account, Money amount) {
    auto const [place, fresh] = accounts.try_emplace(account, amount);
    if (!fresh) place->second += amount;
}

std::vector<Posting> postings_of(Accounts const& accounts) {
    std::vector<Posting> postings;
    for (auto const& [account, amount] : accounts) {
        if (amount.minor_units() != 0) postings.push_back({account, amount});
    }
    return postings;
}

/// Whose the whole of a sale is, part by part.
std::vector<Posting> parts_of(SaleSplit const& split) {
    std::vector<Posting> parts{{{AccountKind::tax_payable}, split.tax},
                               {{AccountKind::platform_fees}, split.fee}};
    if (split.shares.empty()) return parts;
    std::vector<std::int64_t> weights;
    for (auto const& share : split.shares)
        weights.push_back(share.weight);
    auto const amounts = (split.net - split.fee).allocate(weights);
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        parts.push_back({{AccountKind::teacher_payable, split.shares[i].teacher}, amounts[i]});
    }
    return parts;
}

/// What of each part is taken back when `amount` of the whole is.
std::vector<Money> taken_back(std::vector<Posting> const& parts, Money amount) {
    std::vector<std::int64_t> weights;
    weights.reserve(parts.size());
    for (auto const& part : parts)
        weights.push_back(part.amount.minor_units());
    return amount.allocate(weights);
}

}  // namespace

std::string_view name(AccountKind kind) noexcept {
    auto const place = static_cast<std::size_t>(kind);
    return place < account_names.size() ? account_names[place] : std::string_view{};
}

std::optional<AccountKind> parse_account_kind(std::string_view text) noexcept {
    auto const found = std::find(account_names.begin(), account_names.end(), text);
    if (found == account_names.end()) return std::nullopt;
    return static_cast<AccountKind>(found - account_names.begin());
}

Money platform_fee(Money net, int basis_points) {
    std::array<std::int64_t, 2> const weights{basis_points, all_basis_points - basis_points};
    return net.allocate(weights).front();
}

std::vector<Posting> books_of(SaleSplit const& split, SaleMoney const& money) {
    Accounts accounts;
    auto const back = money.refunded + money.lost;
    if (money.captured.minor_units() > 0) {
        auto const parts = parts_of(split);
        auto const reversed = taken_back(parts, back);
        for (std::size_t i = 0; i < parts.size(); ++i)
            add(accounts, parts[i].account, reversed[i] - parts[i].amount);
    }
    auto const surplus = money.surplus - money.surplus_refunded;
    add(accounts, {AccountKind::gateway},
        money.captured - back - money.disputed + surplus - money.surplus_disputed);
    add(accounts, {AccountKind::disputed}, money.disputed + money.surplus_disputed);
    add(accounts, {AccountKind::buyer_payable}, -surplus);
    return postings_of(accounts);
}

std::vector<Posting> difference(std::span<Posting const> shall, std::span<Posting const> are) {
    Accounts accounts;
    for (auto const& posting : shall)
        add(accounts, posting.account, posting.amount);
    for (auto const& posting : are)
        add(accounts, posting.account, -posting.amount);
    return postings_of(accounts);
}

}  // namespace eduplat
