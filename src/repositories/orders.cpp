#include "repositories/orders.hpp"

#include <algorithm>
#include <utility>

namespace eduplat::repositories::orders {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql offer_sql =
    "SELECT c.state, p.currency, p.period_days, p.amount_minor FROM courses c "
    "LEFT JOIN course_prices p ON p.course_id = c.id AND (?2 = '' OR p.currency = ?2) "
    "AND (?3 < 0 OR p.period_days = ?3) WHERE c.id = ?1 ORDER BY p.currency, p.period_days LIMIT 1";

constexpr Sql teachers_sql =
    "SELECT user_id, share FROM course_teachers WHERE course_id = ?1 AND share > 0 "
    "ORDER BY position, user_id";

constexpr Sql standing_sql =
    "SELECT g.id, CASE WHEN e.state = 'suspended' THEN 1 ELSE 0 END, e.holds_seat "
    "FROM enrollments e LEFT JOIN grants g ON g.enrollment_id = e.id AND g.kind = 'purchase' "
    "AND g.revoked_at IS NULL AND g.ends_at IS NULL "
    "WHERE e.user_id = ?1 AND e.course_id = ?2 ORDER BY g.id LIMIT 1";

constexpr Sql bought_times_sql =
    "SELECT g.starts_at, g.ends_at FROM enrollments e JOIN grants g ON g.enrollment_id = e.id "
    "WHERE e.user_id = ?1 AND e.course_id = ?2 AND g.kind = 'purchase' AND g.revoked_at IS NULL "
    "AND g.ends_at > ?3 ORDER BY g.starts_at, g.id";

constexpr Sql certified_sql =
    "SELECT id FROM certificates WHERE user_id = ?1 AND course_id = ?2 AND revoked_at IS NULL "
    "ORDER BY cycle LIMIT 1";

// The ids of what is inserted are read by their uids, here and in the tables beside: for RETURNING
// SQLite makes a table, and keeps a copy of each page that it changes.
constexpr Sql insert_order_sql =
    "INSERT INTO orders (uid, user_id, state, currency, total_minor, seat_held, hold_until, "
    "idempotency_key, request_digest, created_at, updated_at) "
    "VALUES (?1, ?2, 'open', ?3, ?4, ?9, ?5, ?6, ?7, ?8, ?8)";
constexpr Sql id_of_order_sql = "SELECT id FROM orders WHERE uid = ?1";
constexpr Sql insert_line_sql =
    "INSERT INTO order_lines (order_id, position, course_id, period_days, net_minor, tax_minor, "
    "fee_minor) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6)";
constexpr Sql id_of_line_sql = "SELECT id FROM order_lines WHERE order_id = ?1 AND position = 0";
constexpr Sql insert_share_sql =
    "INSERT INTO order_line_shares (line_id, user_id, share) VALUES (?1, ?2, ?3)";

constexpr Sql find_by_key_sql =
    "SELECT p.id, o.request_digest, p.description, p.payer, p.return_url FROM orders o JOIN "
    "payments p ON p.order_id = o.id "
    "WHERE o.user_id = ?1 AND o.idempotency_key = ?2";

#define EDUPLAT_HELD_COLUMNS "o.id, o.uid, p.id, l.course_id, o.seat_held, o.hold_until"

// A buyer has few orders, a course many sales: "+ 0" keeps the index of a course's sales from being
// read here and below.
constexpr Sql find_open_sql =
    "SELECT " EDUPLAT_HELD_COLUMNS
    " FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN payments p ON p.order_id = o.id "
    "WHERE o.user_id = ?1 AND l.course_id + 0 = ?2 AND o.state = 'open' ORDER BY o.id LIMIT 1";

constexpr Sql all_open_sql =
    "SELECT " EDUPLAT_HELD_COLUMNS
    " FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN payments p ON p.order_id = o.id "
    "WHERE o.user_id = ?1 AND o.state = 'open' ORDER BY o.id";

constexpr Sql bought_otherwise_sql =
    "SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id "
    "WHERE o.user_id = ?1 AND l.course_id + 0 = ?2 AND o.id <> ?3 "
    "AND ((o.state IN ('open', 'paid') AND o.id > ?3) "
    "OR (o.state = 'fulfilled' AND (o.id > ?3 OR o.updated_at >= ?4))) ORDER BY o.id LIMIT 1";

constexpr Sql overdue_sql =
    "SELECT " EDUPLAT_HELD_COLUMNS
    " FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN payments p ON p.order_id = o.id "
    "WHERE o.state = 'open' AND o.hold_until <= ?1 "
    "AND (?3 < 0 OR l.course_id = ?3) ORDER BY o.hold_until, o.id LIMIT ?2";

constexpr Sql set_state_sql =
    "UPDATE orders SET state = ?2, seat_held = 0, updated_at = ?3 WHERE id = ?1";

constexpr Sql shares_sql =
    "SELECT user_id, share FROM order_line_shares WHERE line_id = ?1 ORDER BY user_id";

/// The id in a row that there is.
template <class Identity>
Identity only(Statement row) {
    row.step();
    return row.id<Identity>(0);
}

Held read_held(Statement const& row) {
    return {row.id<OrderId>(0),  row.uid(1),     row.id<PaymentId>(2),
            row.id<CourseId>(3), row.boolean(4), row.timestamp(5)};
}

std::vector<SaleShare> read_shares(Statement rows) {
    std::vector<SaleShare> shares;
    while (rows.step())
        shares.push_back({rows.id<UserId>(0), rows.int64(1)});
    return shares;
}

}  // namespace

std::optional<Offer> offer(Connection& connection, CourseId course,
                           std::optional<Currency> currency, std::optional<int> period_days) {
    auto const code = currency ? currency->code() : std::string_view{};
    auto row = connection.query(offer_sql, course, code, period_days.value_or(-1));
    if (!row.step()) return std::nullopt;
    Offer offer{row.string(0), std::nullopt};
    if (row.is_null(1)) return offer;
    offer.price = {Money{row.int64(3), Currency::from_code(row.text(1))}, read_int(row, 2)};
    return offer;
}

std::vector<SaleShare> teachers(Connection& connection, CourseId course) {
    return read_shares(connection.query(teachers_sql, course));
}

Standing standing(Connection& connection, UserId user, CourseId course) {
    auto row = connection.query(standing_sql, user, course);
    if (!row.step()) return {};
    return {.owns = !row.is_null(0), .is_suspended = row.boolean(1), .has_seat = row.boolean(2)};
}

Timestamp bought_until(Connection& connection, UserId user, CourseId course, Timestamp at) {
    auto rows = connection.query(bought_times_sql, user, course, at);
    while (rows.step() && rows.timestamp(0) <= at)
        at = std::max(at, rows.timestamp(1));
    return at;
}

bool certified(Connection& connection, UserId user, CourseId course) {
    return connection.query(certified_sql, user, course).step();
}

OrderId insert(Connection& connection, NewOrder const& order, NewLine const& line, Timestamp at) {
    std::span<std::byte const> const digest{order.digest};
    auto const currency = order.total.currency().code();
    connection.execute(insert_order_sql, order.uid, order.user, currency, order.total.minor_units(),
                       order.hold_until, order.idempotency_key, digest, at, order.seat_held);
    auto const id = only<OrderId>(connection.query(id_of_order_sql, order.uid));
    connection.execute(insert_line_sql, id, line.course, line.period_days,
                       line.split.net.minor_units(), line.split.tax.minor_units(),
                       line.split.fee.minor_units());
    if (line.split.shares.empty()) return id;
    auto const line_id = only<OrderLineId>(connection.query(id_of_line_sql, id));
    for (auto const& share : line.split.shares)
        connection.execute(insert_share_sql, line_id, share.teacher, share.weight);
    return id;
}

std::optional<ByKey> find_by_key(Connection& connection, UserId user,
                                 std::string_view idempotency_key) {
    auto row = connection.query(find_by_key_sql, user, idempotency_key);
    if (!row.step()) return std::nullopt;
    return ByKey{row.id<PaymentId>(0), read_digest(row, 1), row.string(2), row.string(3),
                 row.string(4)};
}

std::optional<Held> find_open(Connection& connection, UserId user, CourseId course) {
    auto row = connection.query(find_open_sql, user, course);
    if (!row.step()) return std::nullopt;
    return read_held(row);
}

std::vector<Held> all_open(Connection& connection, UserId user) {
    std::vector<Held> held;
    auto rows = connection.query(all_open_sql, user);
    while (rows.step())
        held.push_back(read_held(rows));
    return held;
}

bool bought_otherwise(Connection& connection, Payment const& payment) {
    return connection
        .query(bought_otherwise_sql, payment.user, payment.course, payment.order,
               payment.created_at)
        .step();
}

std::vector<Held> overdue(Connection& connection, Timestamp at, int limit,
                          std::optional<CourseId> course) {
    std::vector<Held> held;
    auto rows = connection.query(overdue_sql, at, limit, course ? course->value() : -1);
    while (rows.step())
        held.push_back(read_held(rows));
    return held;
}

void set_state(Connection& connection, OrderId order, OrderState state, Timestamp at) {
    connection.execute(set_state_sql, order, name(state), at);
}

std::vector<SaleShare> shares(Connection& connection, OrderLineId line) {
    return read_shares(connection.query(shares_sql, line));
}

}  // namespace eduplat::repositories::orders
