#include "repositories/payments.hpp"

#include "repositories/rows.hpp"

#include <utility>

#define EDUPLAT_PAYMENT_COLUMNS                                                                    \
    "p.id, p.uid, p.order_id, o.state, o.hold_until, l.id, l.course_id, l.period_days, "           \
    "p.user_id, p.gateway, p.state, p.currency, p.amount_minor, l.tax_minor, p.authorized_minor, " \
    "p.captured_minor, p.refund_pending_minor, p.refunded_minor, p.dispute, p.conflict, "          \
    "p.failure, p.version, p.created_at, p.updated_at, p.captured_at, p.lost_minor"

#define EDUPLAT_PAYMENT_TABLES                             \
    " FROM payments p JOIN orders o ON o.id = p.order_id " \
    "JOIN order_lines l ON l.order_id = o.id AND l.position = 0 "

namespace eduplat::repositories::payments {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql insert_sql =
    "INSERT INTO payments (uid, order_id, user_id, gateway, description, payer, return_url, state, "
    "currency, amount_minor, authorized_minor, captured_minor, refund_pending_minor, "
    "refunded_minor, lost_minor, dispute, conflict, failure, version, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'created', ?8, ?9, 0, 0, 0, 0, 0, 'none', '', '', 1, ?10, "
    "?10)";
constexpr Sql id_of_sql = "SELECT id FROM payments WHERE uid = ?1";

#define EDUPLAT_ROW_COLUMNS                                                           \
    EDUPLAT_PAYMENT_COLUMNS                                                           \
    ", o.uid, u.uid, o.seat_held, l.net_minor, l.fee_minor, p.description, p.payer, " \
    "p.return_url, CASE WHEN u.state = 'erased' THEN 1 ELSE 0 END"

constexpr Sql find_sql = "SELECT " EDUPLAT_ROW_COLUMNS EDUPLAT_PAYMENT_TABLES
                         "JOIN users u ON u.id = p.user_id WHERE p.id = ?1";
constexpr Sql find_by_uid_sql = "SELECT " EDUPLAT_ROW_COLUMNS EDUPLAT_PAYMENT_TABLES
                                "JOIN users u ON u.id = p.user_id WHERE p.uid = ?1";

constexpr Sql update_sql =
    "UPDATE payments SET state = ?2, authorized_minor = ?3, captured_minor = ?4, "
    "refund_pending_minor = ?5, refunded_minor = ?6, dispute = ?7, conflict = ?8, failure = ?9, "
    "captured_at = ?10, version = version + 1, updated_at = ?11, lost_minor = ?12 WHERE id = ?1";

constexpr Sql insert_attempt_sql =
    "INSERT INTO payment_attempts (payment_id, number, reference, state, created_at, updated_at, "
    "check_at, asked) VALUES (?1, ?2, ?3, 'init', ?4, ?4, ?5, 0)";

#define EDUPLAT_ATTEMPT_COLUMNS \
    "id, payment_id, number, reference, state, created_at, check_at, asked"

constexpr Sql attempts_sql = "SELECT " EDUPLAT_ATTEMPT_COLUMNS
                             " FROM payment_attempts WHERE payment_id = ?1 ORDER BY number";
constexpr Sql find_attempt_sql =
    "SELECT " EDUPLAT_ATTEMPT_COLUMNS " FROM payment_attempts WHERE reference = ?1";
constexpr Sql due_attempts_sql = "SELECT " EDUPLAT_ATTEMPT_COLUMNS
                                 " FROM payment_attempts WHERE check_at IS NOT NULL "
                                 "AND check_at <= ?1 ORDER BY check_at, id LIMIT ?2";
constexpr Sql set_attempt_sql =
    "UPDATE payment_attempts SET state = ?2, check_at = ?3, updated_at = ?4 WHERE id = ?1";

constexpr Sql look_after_sql =
    "UPDATE payment_attempts SET check_at = ?3, asked = asked + 1 WHERE id = ?1 AND asked = ?2";

constexpr Sql insert_fact_sql =
    "INSERT INTO gateway_facts (payment_id, kind, reference, transaction_id, amount_minor, "
    "currency, conflict, reason, received_at, charge_id) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
    "ON CONFLICT (payment_id, kind, reference, transaction_id, charge_id, amount_minor, currency, "
    "conflict) DO UPDATE SET reason = excluded.reason WHERE excluded.reason <> '' "
    "AND (gateway_facts.reason = '' OR excluded.reason < gateway_facts.reason)";
constexpr Sql facts_sql =
    "SELECT kind, reference, amount_minor, conflict, reason, transaction_id, charge_id, currency "
    "FROM gateway_facts WHERE payment_id = ?1 ORDER BY id";
constexpr Sql captured_as_sql =
    "SELECT f.payment_id FROM gateway_facts f JOIN payments p ON p.id = f.payment_id "
    "WHERE f.kind = 'captured' AND f.conflict = '' AND f.transaction_id = ?1 "
    "AND f.payment_id <> ?2 AND p.gateway = (SELECT gateway FROM payments WHERE id = ?2) "
    "ORDER BY f.payment_id LIMIT 1";

// The conditions that are wrapped lead to no index: the one in the list's order is to be read.
constexpr Sql page_sql = "SELECT " EDUPLAT_PAYMENT_COLUMNS EDUPLAT_PAYMENT_TABLES
                         "WHERE p.id < ?1 ORDER BY p.id DESC LIMIT ?2";
constexpr Sql page_of_course_sql =
    "SELECT " EDUPLAT_PAYMENT_COLUMNS EDUPLAT_PAYMENT_TABLES
    "WHERE l.course_id = ?3 AND l.id < ?1 AND (?4 = '' OR p.state || '' = ?4) "
    "ORDER BY l.id DESC LIMIT ?2";
constexpr Sql page_of_user_sql =
    "SELECT " EDUPLAT_PAYMENT_COLUMNS EDUPLAT_PAYMENT_TABLES
    "WHERE p.user_id = ?3 AND p.id < ?1 AND (?4 = '' OR p.state || '' = ?4) "
    "AND (?5 < 0 OR l.course_id + 0 = ?5) ORDER BY p.id DESC LIMIT ?2";
constexpr Sql page_of_state_sql = "SELECT " EDUPLAT_PAYMENT_COLUMNS EDUPLAT_PAYMENT_TABLES
                                  "WHERE p.state = ?3 AND p.id < ?1 ORDER BY p.id DESC LIMIT ?2";

// Whose access was taken back by hand is owed nothing.
constexpr Sql paid_not_delivered_sql =
    "SELECT p.id FROM payments p JOIN orders o ON o.id = p.order_id "
    "JOIN order_lines l ON l.order_id = o.id "
    "LEFT JOIN grants g ON g.line_id = l.id AND g.revoked_at IS NULL "
    "LEFT JOIN revocations r ON r.line_id = l.id AND r.cause = 'asked' AND r.state = 'done' "
    "WHERE p.state = 'captured' AND g.id IS NULL AND r.id IS NULL AND p.dispute <> 'open' "
    "AND p.refunded_minor + p.lost_minor + p.refund_pending_minor < p.captured_minor "
    "ORDER BY p.id LIMIT ?1";

constexpr Sql delivered_not_paid_sql =
    "SELECT p.id FROM payments p JOIN order_lines l ON l.order_id = p.order_id "
    "JOIN grants g ON g.line_id = l.id AND g.revoked_at IS NULL "
    "LEFT JOIN revocations r ON r.line_id = l.id "
    "WHERE p.id > 0 AND l.id > 0 "
    "AND (p.captured_minor = 0 OR (p.refunded_minor + p.lost_minor = p.captured_minor "
    "AND r.id IS NULL)) "
    "ORDER BY p.id LIMIT ?1";

constexpr Sql unsettled_sql =
    "SELECT DISTINCT a.payment_id FROM payment_attempts a JOIN payments p ON p.id = a.payment_id "
    "JOIN orders o ON o.id = p.order_id WHERE a.check_at IS NOT NULL AND (a.state = 'unknown' "
    "OR (a.state IN ('init', 'sent') AND o.state || '' <> 'open')) ORDER BY a.payment_id LIMIT ?1";
constexpr Sql conflicted_sql = "SELECT id FROM payments WHERE conflict <> '' ORDER BY id LIMIT ?1";

Payment read(Statement const& row) {
    auto const currency = Currency::from_code(row.text(11));
    return {.id = row.id<PaymentId>(0),
            .uid = row.uid(1),
            .order = row.id<OrderId>(2),
            .order_state = known(parse_order_state(row.text(3)), "orders.state"),
            .hold_until = row.timestamp(4),
            .line = row.id<OrderLineId>(5),
            .course = row.id<CourseId>(6),
            .period_days = static_cast<int>(row.int64(7)),
            .user = row.id<UserId>(8),
            .gateway = row.string(9),
            .state = known(parse_payment_state(row.text(10)), "payments.state"),
            .amount = Money{row.int64(12), currency},
            .tax = Money{row.int64(13), currency},
            .authorized = Money{row.int64(14), currency},
            .captured = Money{row.int64(15), currency},
            .refund_pending = Money{row.int64(16), currency},
            .refunded = Money{row.int64(17), currency},
            .lost = Money{row.int64(25), currency},
            .dispute = known(parse_dispute_state(row.text(18)), "payments.dispute"),
            .conflict = row.string(19),
            .failure = row.string(20),
            .version = row.int64(21),
            .created_at = row.timestamp(22),
            .updated_at = row.timestamp(23),
            .captured_at = row.optional(24, &Statement::timestamp)};
}

std::optional<Row> one(Statement row) {
    if (!row.step()) return std::nullopt;
    auto payment = read(row);
    auto const currency = payment.amount.currency();
    SaleSplit split{.net = Money{row.int64(29), currency},
                    .tax = payment.tax,
                    .fee = Money{row.int64(30), currency}};
    return Row{.payment = std::move(payment),
               .order_uid = row.uid(26),
               .user_uid = row.uid(27),
               .seat_held = row.boolean(28),
               .split = std::move(split),
               .user_erased = row.boolean(34),
               .description = row.string(31),
               .payer = row.string(32),
               .return_url = row.string(33)};
}

Attempt read_attempt(Statement const& row) {
    return {.id = row.id<AttemptId>(0),
            .payment = row.id<PaymentId>(1),
            .number = static_cast<int>(row.int64(2)),
            .reference = row.string(3),
            .state = known(parse_attempt_state(row.text(4)), "payment_attempts.state"),
            .created_at = row.timestamp(5),
            .check_at = row.optional(6, &Statement::timestamp),
            .asked = static_cast<int>(row.int64(7))};
}

std::vector<Attempt> read_attempts(Statement rows) {
    std::vector<Attempt> attempts;
    while (rows.step())
        attempts.push_back(read_attempt(rows));
    return attempts;
}

std::vector<PaymentId> ids(Statement rows) {
    std::vector<PaymentId> ids;
    while (rows.step())
        ids.push_back(rows.id<PaymentId>(0));
    return ids;
}

std::vector<Payment> read_page(Statement rows) {
    std::vector<Payment> payments;
    while (rows.step())
        payments.push_back(read(rows));
    return payments;
}

}  // namespace

PaymentId insert(Connection& connection, NewPayment const& payment, Timestamp at) {
    auto const currency = payment.amount.currency().code();
    connection.execute(insert_sql, payment.uid, payment.order, payment.user, payment.gateway,
                       payment.description, payment.payer, payment.return_url, currency,
                       payment.amount.minor_units(), at);
    auto row = connection.query(id_of_sql, payment.uid);
    row.step();
    return row.id<PaymentId>(0);
}

std::optional<Row> find(Connection& connection, PaymentId payment) {
    return one(connection.query(find_sql, payment));
}

std::optional<Row> find(Connection& connection, Uid const& payment) {
    return one(connection.query(find_by_uid_sql, payment));
}

void update(Connection& connection, PaymentId payment, PaymentPosition const& position,
            std::optional<Timestamp> captured_at, Timestamp at) {
    connection.execute(update_sql, payment, name(position.state), position.authorized.minor_units(),
                       position.captured.minor_units(), position.refund_pending.minor_units(),
                       position.refunded.minor_units(), name(position.dispute), position.conflict,
                       position.failure, captured_at, at, position.lost.minor_units());
}

void insert_attempt(Connection& connection, PaymentId payment, int number,
                    std::string_view reference, Timestamp at, Timestamp check_at) {
    connection.execute(insert_attempt_sql, payment, number, reference, at, check_at);
}

std::vector<Attempt> attempts(Connection& connection, PaymentId payment) {
    return read_attempts(connection.query(attempts_sql, payment));
}

std::optional<Attempt> find_attempt(Connection& connection, std::string_view reference) {
    auto row = connection.query(find_attempt_sql, reference);
    if (!row.step()) return std::nullopt;
    return read_attempt(row);
}

std::vector<Attempt> due_attempts(Connection& connection, Timestamp at, int limit) {
    return read_attempts(connection.query(due_attempts_sql, at, limit));
}

void set_attempt(Connection& connection, AttemptId attempt, AttemptState state,
                 std::optional<Timestamp> check_at, Timestamp at) {
    connection.execute(set_attempt_sql, attempt, name(state), check_at, at);
}

bool look_after(Connection& connection, Attempt const& attempt, std::optional<Timestamp> check_at) {
    return connection.execute(look_after_sql, attempt.id, attempt.asked, check_at) == 1;
}

bool insert_fact(Connection& connection, PaymentId payment, Fact const& fact, Timestamp at) {
    auto const& known = fact.known;
    return connection.execute(insert_fact_sql, payment, name(known.kind), known.reference,
                              known.transaction_id, known.amount_minor, fact.currency,
                              known.conflict, known.reason, at, known.charge_id) == 1;
}

std::vector<Fact> facts(Connection& connection, PaymentId payment) {
    std::vector<Fact> facts;
    auto rows = connection.query(facts_sql, payment);
    while (rows.step()) {
        facts.push_back(
            {.known = {.kind = known(parse_gateway_fact_kind(rows.text(0)), "gateway_facts.kind"),
                       .reference = rows.string(1),
                       .amount_minor = rows.int64(2),
                       .conflict = rows.string(3),
                       .reason = rows.string(4),
                       .transaction_id = rows.string(5),
                       .charge_id = rows.string(6)},
             .currency = rows.string(7)});
    }
    return facts;
}

std::optional<PaymentId> captured_as(Connection& connection, std::string_view transaction_id,
                                     PaymentId but) {
    auto row = connection.query(captured_as_sql, transaction_id, but);
    if (!row.step()) return std::nullopt;
    return row.id<PaymentId>(0);
}

std::vector<Payment> page(Connection& connection, Filter const& filter, std::int64_t before,
                          int limit) {
    auto const state = filter.state ? name(*filter.state) : std::string_view{};
    if (filter.user) {
        return read_page(connection.query(page_of_user_sql, before, limit, *filter.user, state,
                                          filter.course ? filter.course->value() : -1));
    }
    if (filter.course) {
        return read_page(
            connection.query(page_of_course_sql, before, limit, *filter.course, state));
    }
    if (filter.state) return read_page(connection.query(page_of_state_sql, before, limit, state));
    return read_page(connection.query(page_sql, before, limit));
}

std::vector<PaymentId> paid_not_delivered(Connection& connection, int limit) {
    return ids(connection.query(paid_not_delivered_sql, limit));
}
std::vector<PaymentId> delivered_not_paid(Connection& connection, int limit) {
    return ids(connection.query(delivered_not_paid_sql, limit));
}
std::vector<PaymentId> unsettled(Connection& connection, int limit) {
    return ids(connection.query(unsettled_sql, limit));
}
std::vector<PaymentId> conflicted(Connection& connection, int limit) {
    return ids(connection.query(conflicted_sql, limit));
}

}  // namespace eduplat::repositories::payments
