#include "repositories/refunds.hpp"

#include <utility>

#define EDUPLAT_REFUND_COLUMNS                                                              \
    "r.id, r.uid, r.payment_id, r.state, r.cause, r.amount_minor, p.currency, r.reason, "   \
    "r.created_at, r.updated_at, r.attempt_id, r.reference, r.request_digest, r.check_at, " \
    "r.asked, r.charge_id FROM refunds r JOIN payments p ON p.id = r.payment_id "

namespace eduplat::repositories::refunds {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql insert_sql =
    "INSERT INTO refunds (uid, payment_id, attempt_id, state, cause, amount_minor, reason, "
    "idempotency_key, request_digest, reference, created_at, updated_at, check_at, asked, "
    "charge_id) "
    "VALUES (?1, ?2, ?3, 'requested', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, 0, ?12) "
    "ON CONFLICT DO NOTHING RETURNING id";
constexpr Sql find_sql = "SELECT " EDUPLAT_REFUND_COLUMNS "WHERE r.id = ?1";
constexpr Sql find_by_key_sql =
    "SELECT " EDUPLAT_REFUND_COLUMNS "WHERE r.payment_id = ?1 AND r.idempotency_key = ?2";
constexpr Sql payment_of_sql = "SELECT payment_id FROM refunds WHERE reference = ?1";
constexpr Sql of_payment_sql =
    "SELECT " EDUPLAT_REFUND_COLUMNS "WHERE r.payment_id = ?1 ORDER BY r.id";
constexpr Sql page_sql =
    "SELECT " EDUPLAT_REFUND_COLUMNS "WHERE r.payment_id = ?1 AND r.id > ?2 ORDER BY r.id LIMIT ?3";
constexpr Sql due_sql = "SELECT " EDUPLAT_REFUND_COLUMNS
                        "WHERE r.check_at IS NOT NULL AND r.check_at <= ?1 "
                        "AND r.state <> 'failed' ORDER BY r.check_at, r.id LIMIT ?2";
constexpr Sql set_state_sql =
    "UPDATE refunds SET state = ?2, check_at = ?3, updated_at = ?4 WHERE id = ?1";
constexpr Sql look_after_sql =
    "UPDATE refunds SET asked = ?3, check_at = ?4 WHERE id = ?1 AND asked = ?2 "
    "AND check_at IS NOT NULL";
// One that has not ended is always to be looked after, and one that failed only where it is owed.
constexpr Sql open_sql =
    "SELECT id FROM refunds WHERE check_at IS NOT NULL AND state <> 'failed' "
    "ORDER BY check_at, id LIMIT ?1";
constexpr Sql owed_sql =
    "SELECT DISTINCT payment_id FROM refunds WHERE check_at IS NOT NULL AND check_at <= ?1 "
    "AND state = 'failed' ORDER BY payment_id LIMIT ?2";

constexpr Sql find_revocation_sql = "SELECT cause, state FROM revocations WHERE line_id = ?1";
constexpr Sql set_revocation_sql =
    "INSERT INTO revocations (uid, line_id, cause, state, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (line_id) DO UPDATE SET "
    "cause = excluded.cause, state = excluded.state, updated_at = excluded.updated_at";
constexpr Sql remove_revocation_sql = "DELETE FROM revocations WHERE line_id = ?1";
constexpr Sql open_revocations_sql =
    "SELECT p.id FROM revocations r JOIN order_lines l ON l.id = r.line_id "
    "JOIN payments p ON p.order_id = l.order_id "
    "WHERE r.state IN ('requested', 'refused') ORDER BY p.id LIMIT ?1";

std::string_view name(RevocationCause cause) {
    return cause == RevocationCause::asked ? "asked" : "refund";
}

Row read(Statement const& row) {
    return {.refund = {.id = row.id<RefundId>(0),
                       .uid = row.uid(1),
                       .payment = row.id<PaymentId>(2),
                       .state = known(parse_refund_state(row.text(3)), "refunds.state"),
                       .cause = known(parse_refund_cause(row.text(4)), "refunds.cause"),
                       .amount = Money{row.int64(5), Currency::from_code(row.text(6))},
                       .reason = row.string(7),
                       .created_at = row.timestamp(8),
                       .updated_at = row.timestamp(9)},
            .attempt = row.id<payments::AttemptId>(10),
            .reference = row.string(11),
            .digest = read_digest(row, 12),
            .check_at = row.optional(13, &Statement::timestamp),
            .asked = static_cast<int>(row.int64(14)),
            .charge_id = row.string(15)};
}

std::optional<Row> one(Statement row) {
    if (!row.step()) return std::nullopt;
    return read(row);
}

std::vector<Row> all(Statement row) {
    std::vector<Row> rows;
    while (row.step())
        rows.push_back(read(row));
    return rows;
}

}  // namespace

std::optional<RefundId> insert(Connection& connection, NewRefund const& refund, Timestamp at) {
    std::span<std::byte const> const digest{refund.digest};
    auto row = connection.query(insert_sql, refund.uid, refund.payment, refund.attempt,
                                eduplat::name(refund.cause), refund.amount_minor, refund.reason,
                                refund.idempotency_key, digest, refund.reference, at,
                                refund.check_at, refund.charge_id);
    if (!row.step()) return std::nullopt;
    auto const id = row.id<RefundId>(0);
    row.step();  // to its end, for only then it is done
    return id;
}

std::optional<Row> find(Connection& connection, RefundId refund) {
    return one(connection.query(find_sql, refund));
}

std::optional<Row> find_by_key(Connection& connection, PaymentId payment,
                               std::string_view idempotency_key) {
    return one(connection.query(find_by_key_sql, payment, idempotency_key));
}

std::optional<PaymentId> payment_of(Connection& connection, std::string_view reference) {
    auto row = connection.query(payment_of_sql, reference);
    if (!row.step()) return std::nullopt;
    return row.id<PaymentId>(0);
}

std::vector<Row> of_payment(Connection& connection, PaymentId payment) {
    return all(connection.query(of_payment_sql, payment));
}

std::vector<Row> page(Connection& connection, PaymentId payment, std::int64_t after, int limit) {
    return all(connection.query(page_sql, payment, after, limit));
}

std::vector<Row> due(Connection& connection, Timestamp at, int limit) {
    return all(connection.query(due_sql, at, limit));
}

void set_state(Connection& connection, RefundId refund, RefundState state,
               std::optional<Timestamp> check_at, Timestamp at) {
    connection.execute(set_state_sql, refund, eduplat::name(state), check_at, at);
}

bool look_after(Connection& connection, Row const& refund, int asked, Timestamp check_at) {
    return connection.execute(look_after_sql, refund.refund.id, refund.asked, asked, check_at) == 1;
}

std::vector<RefundId> open(Connection& connection, int limit) {
    std::vector<RefundId> ids;
    auto rows = connection.query(open_sql, limit);
    while (rows.step())
        ids.push_back(rows.id<RefundId>(0));
    return ids;
}

std::vector<PaymentId> owed(Connection& connection, Timestamp at, int limit) {
    std::vector<PaymentId> ids;
    auto rows = connection.query(owed_sql, at, limit);
    while (rows.step())
        ids.push_back(rows.id<PaymentId>(0));
    return ids;
}

std::optional<RevocationRow> find_revocation(Connection& connection, OrderLineId line) {
    auto row = connection.query(find_revocation_sql, line);
    if (!row.step()) return std::nullopt;
    auto const cause = row.text(0) == name(RevocationCause::asked) ? RevocationCause::asked
                                                                   : RevocationCause::refund;
    return RevocationRow{cause, known(parse_revocation_state(row.text(1)), "revocations.state")};
}

void set_revocation(Connection& connection, OrderLineId line, Uid const& uid,
                    RevocationRow const& revocation, Timestamp at) {
    connection.execute(set_revocation_sql, uid, line, name(revocation.cause),
                       eduplat::name(revocation.state), at);
}

void remove_revocation(Connection& connection, OrderLineId line) {
    connection.execute(remove_revocation_sql, line);
}

std::vector<PaymentId> open_revocations(Connection& connection, int limit) {
    std::vector<PaymentId> ids;
    auto rows = connection.query(open_revocations_sql, limit);
    while (rows.step())
        ids.push_back(rows.id<PaymentId>(0));
    return ids;
}

}  // namespace eduplat::repositories::refunds
