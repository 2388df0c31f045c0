#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Double-entry books. Debits are positive and credits negative, and every transfer adds up to zero
/// in each currency.
namespace eduplat {

enum class AccountKind : std::uint8_t {
    gateway,          ///< what gateways hold for the school: an asset
    platform_fees,    ///< the platform's part of sales
    tax_payable,      ///< owed to the state
    teacher_payable,  ///< owed to a teacher
    buyer_payable,    ///< owed to buyers who paid twice
    disputed,         ///< taken by banks until disputes are decided: an asset
};

[[nodiscard]] std::string_view name(AccountKind kind) noexcept;
[[nodiscard]] std::optional<AccountKind> parse_account_kind(std::string_view text) noexcept;

/// A teacher's account is his; the others are the platform's.
struct LedgerAccount {
    AccountKind kind;
    std::optional<UserId> teacher = std::nullopt;

    // Rewritten as "<=> 0", which clang-tidy 14 takes for a pointer: NOLINTNEXTLINE(*-use-nullptr)
    friend auto operator<=>(LedgerAccount const&, LedgerAccount const&) = default;
};

struct Posting {
    LedgerAccount account;
    Money amount;

    friend bool operator==(Posting const&, Posting const&) = default;
};

struct Transfer {
    std::int64_t id;
    Uid uid;
    std::string kind;  ///< "capture", "refund", "reversal", "dispute" ...
    PaymentId payment;
    Timestamp at;
    std::vector<Posting> postings;

    friend bool operator==(Transfer const&, Transfer const&) = default;
};

struct Balance {
    LedgerAccount account;
    Money amount;

    friend bool operator==(Balance const&, Balance const&) = default;
};

/// Whose a sale's money is.
struct SaleShare {
    UserId teacher;
    std::int64_t weight;

    friend bool operator==(SaleShare const&, SaleShare const&) = default;
};

/// What was sold: the split is the fee, the tax, and the rest by weight among the teachers, each by
/// largest remainder. Without teachers the fee is all of the net.
struct SaleSplit {
    Money net;
    Money tax;
    Money fee;  ///< of the net
    std::vector<SaleShare> shares = {};
};

/// The platform's part of a net price, in basis points (hundredths of a percent).
[[nodiscard]] Money platform_fee(Money net, int basis_points);

/// What a payment has come to, as far as money goes.
struct SaleMoney {
    Money captured;
    Money refunded;          ///< of that
    Money disputed;          ///< of the rest, while the dispute is open
    Money lost;              ///< of the rest, once the dispute is lost
    Money surplus;           ///< captured beyond what was owed
    Money surplus_refunded;  ///< of that, by the school or by banks
    Money surplus_disputed;  ///< of the rest, while disputes are open
};

/// What the books must say of a payment: a function of what it has come to, so that neither order
/// nor repetition can change it. Refunds and lost disputes take back of each part what
/// Money::allocate gives it of their sum; so the last of several parts makes the whole exact.
/// No posting is zero; they are in order of account.
[[nodiscard]] std::vector<Posting> books_of(SaleSplit const& split, SaleMoney const& money);

/// What has to be posted so that `are` become `shall`. One currency; in order of account.
[[nodiscard]] std::vector<Posting> difference(std::span<Posting const> shall,
                                              std::span<Posting const> are);

}  // namespace eduplat
