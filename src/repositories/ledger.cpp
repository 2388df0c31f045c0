#include "repositories/ledger.hpp"

#include "repositories/rows.hpp"

#include <algorithm>
#include <utility>

namespace eduplat::repositories::ledger {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql posted_sql =
    "SELECT a.kind, a.user_id, s.currency, sum(s.amount_minor) FROM ledger_transfers t "
    "JOIN ledger_postings s ON s.transfer_id = t.id JOIN ledger_accounts a ON a.id = s.account_id "
    "WHERE t.payment_id = ?1 GROUP BY a.kind, a.user_id, s.currency "
    "ORDER BY a.kind, a.user_id, s.currency";
constexpr Sql count_sql = "SELECT count(*) FROM ledger_transfers WHERE payment_id = ?1";

constexpr Sql find_account_sql = "SELECT id FROM ledger_accounts WHERE kind = ?1 AND owner = ?2";
constexpr Sql insert_account_sql =
    "INSERT INTO ledger_accounts (kind, owner, user_id) VALUES (?1, ?2, ?3) RETURNING id";
constexpr Sql teacher_uid_sql = "SELECT uid FROM users WHERE id = ?1";

constexpr Sql insert_transfer_sql =
    "INSERT INTO ledger_transfers (uid, key, kind, payment_id, at) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr Sql id_of_transfer_sql = "SELECT id FROM ledger_transfers WHERE uid = ?1";
constexpr Sql insert_posting_sql =
    "INSERT INTO ledger_postings (transfer_id, position, account_id, currency, amount_minor) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr Sql add_balance_sql =
    "INSERT INTO ledger_balances (account_id, currency, balance_minor) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (account_id, currency) "
    "DO UPDATE SET balance_minor = ledger_balances.balance_minor + excluded.balance_minor";

constexpr Sql transfers_sql =
    "SELECT id, uid, kind, at FROM ledger_transfers WHERE payment_id = ?1 AND id > ?2 "
    "ORDER BY id LIMIT ?3";
constexpr Sql postings_sql =
    "SELECT s.transfer_id, a.kind, a.user_id, s.currency, s.amount_minor "
    "FROM ledger_transfers t JOIN ledger_postings s ON s.transfer_id = t.id "
    "JOIN ledger_accounts a ON a.id = s.account_id "
    "WHERE t.payment_id = ?1 AND t.id >= ?2 AND t.id <= ?3 ORDER BY s.transfer_id, s.position";

constexpr Sql balances_sql =
    "SELECT b.account_id, a.kind, a.user_id, b.currency, b.balance_minor FROM ledger_balances b "
    "JOIN ledger_accounts a ON a.id = b.account_id "
    "WHERE (b.account_id, b.currency) > (?1, ?2) ORDER BY b.account_id, b.currency LIMIT ?3";

// All of the books are read: the bound is there to be walked up to in order.
constexpr Sql unbalanced_sql =
    "SELECT currency, sum(balance_minor) FROM ledger_balances WHERE account_id > 0 "
    "GROUP BY currency HAVING sum(balance_minor) <> 0 ORDER BY currency";
constexpr Sql mismatch_sql =
    "SELECT b.account_id FROM ledger_balances b WHERE b.account_id > 0 AND b.balance_minor <> "
    "(SELECT coalesce(sum(s.amount_minor), 0) FROM ledger_postings s "
    "WHERE s.account_id = b.account_id AND s.currency = b.currency) "
    "ORDER BY b.account_id LIMIT 1";
constexpr Sql missing_balance_sql =
    "SELECT s.account_id FROM ledger_postings s "
    "LEFT JOIN ledger_balances b ON b.account_id = s.account_id AND b.currency = s.currency "
    "WHERE s.transfer_id > 0 AND b.account_id IS NULL ORDER BY s.transfer_id LIMIT 1";

LedgerAccount read_account(Statement const& row, int kind, int user) {
    auto account = LedgerAccount{known(parse_account_kind(row.text(kind)), "ledger_accounts.kind")};
    if (!row.is_null(user)) account.teacher = row.id<UserId>(user);
    return account;
}

Money read_money(Statement const& row, int currency, int minor) {
    return Money{row.int64(minor), Currency::from_code(row.text(currency))};
}

std::int64_t inserted(Statement row) {
    row.step();
    auto const id = row.int64(0);
    row.step();  // to its end, for only then it is done
    return id;
}

/// By the uid, which says nothing of a person who was erased.
std::string owner_of(Connection& connection, LedgerAccount const& account) {
    if (!account.teacher) return "platform";
    auto row = connection.query(teacher_uid_sql, *account.teacher);
    row.step();
    return to_string(row.uid(0));
}

std::int64_t account_id(Connection& connection, LedgerAccount const& account) {
    auto const owner = owner_of(connection, account);
    auto const kind = eduplat::name(account.kind);
    {
        auto row = connection.query(find_account_sql, kind, owner);
        if (row.step()) return row.int64(0);
    }
    return inserted(connection.query(insert_account_sql, kind, owner, account.teacher));
}

std::int64_t transfer_id(Connection& connection, Uid const& uid) {
    auto row = connection.query(id_of_transfer_sql, uid);
    row.step();
    return row.int64(0);
}

}  // namespace

Posted posted(Connection& connection, PaymentId payment) {
    Posted posted;
    {
        auto row = connection.query(count_sql, payment);
        if (row.step()) posted.transfers = row.int64(0);
    }
    if (posted.transfers == 0) return posted;
    auto rows = connection.query(posted_sql, payment);
    while (rows.step())
        posted.sums.push_back({read_account(rows, 0, 1), read_money(rows, 2, 3)});
    return posted;
}

void post(Connection& connection, NewTransfer const& transfer, std::vector<Posting> const& postings,
          Timestamp at) {
    connection.execute(insert_transfer_sql, transfer.uid, transfer.key, transfer.kind,
                       transfer.payment, at);
    auto const id = transfer_id(connection, transfer.uid);
    std::int64_t position = 0;
    for (auto const& posting : postings) {
        auto const account = account_id(connection, posting.account);
        auto const currency = posting.amount.currency().code();
        auto const minor = posting.amount.minor_units();
        connection.execute(insert_posting_sql, id, position++, account, currency, minor);
        connection.execute(add_balance_sql, account, currency, minor);
    }
}

std::vector<Transfer> transfers(Connection& connection, PaymentId payment, std::int64_t after,
                                int limit) {
    std::vector<Transfer> transfers;
    {
        auto rows = connection.query(transfers_sql, payment, after, limit);
        while (rows.step()) {
            transfers.push_back({.id = rows.int64(0),
                                 .uid = rows.uid(1),
                                 .kind = rows.string(2),
                                 .payment = payment,
                                 .at = rows.timestamp(3),
                                 .postings = {}});
        }
    }
    if (transfers.empty()) return transfers;
    auto rows = connection.query(postings_sql, payment, transfers.front().id, transfers.back().id);
    auto transfer = transfers.begin();
    while (rows.step()) {
        while (transfer->id != rows.int64(0))
            ++transfer;
        transfer->postings.push_back({read_account(rows, 1, 2), read_money(rows, 3, 4)});
    }
    return transfers;
}

std::vector<BalanceRow> balances(Connection& connection, std::int64_t after_account,
                                 std::string_view after_currency, int limit) {
    std::vector<BalanceRow> balances;
    auto rows = connection.query(balances_sql, after_account, after_currency, limit);
    while (rows.step()) {
        balances.push_back({rows.int64(0), {read_account(rows, 1, 2), read_money(rows, 3, 4)}});
    }
    return balances;
}

std::vector<Money> unbalanced(Connection& connection) {
    std::vector<Money> sums;
    auto rows = connection.query(unbalanced_sql);
    while (rows.step())
        sums.push_back(read_money(rows, 0, 1));
    return sums;
}

bool balances_match(Connection& connection) {
    return !connection.query(mismatch_sql).step() && !connection.query(missing_balance_sql).step();
}

}  // namespace eduplat::repositories::ledger
