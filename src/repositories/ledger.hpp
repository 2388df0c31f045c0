#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/ledger.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The books: what was posted stays.
namespace eduplat::repositories::ledger {

/// What was posted for a payment so far, by account; and by how many transfers.
struct Posted {
    std::vector<Posting> sums;
    std::int64_t transfers = 0;
};
[[nodiscard]] Posted posted(storage::Connection& connection, PaymentId payment);

struct NewTransfer {
    Uid uid;
    std::string_view key;  ///< no other transfer has it
    std::string_view kind;
    PaymentId payment;
};

/// Writes a transfer, and the balances that follow from it.
void post(storage::Connection& connection, NewTransfer const& transfer,
          std::vector<Posting> const& postings, Timestamp at);

/// With their postings, after the one numbered `after`, in order. Two statements.
[[nodiscard]] std::vector<Transfer> transfers(storage::Connection& connection, PaymentId payment,
                                              std::int64_t after, int limit);

struct BalanceRow {
    std::int64_t account;
    Balance balance;
};

/// By account and currency, after these.
[[nodiscard]] std::vector<BalanceRow> balances(storage::Connection& connection,
                                               std::int64_t after_account,
                                               std::string_view after_currency, int limit);

/// Currencies whose balances do not add up to zero, and by how much.
[[nodiscard]] std::vector<Money> unbalanced(storage::Connection& connection);
/// Whether every balance is the sum of its postings.
[[nodiscard]] bool balances_match(storage::Connection& connection);

}  // namespace eduplat::repositories::ledger
