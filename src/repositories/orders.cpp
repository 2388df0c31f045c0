#include "repositories/orders.hpp"

#include <algorithm>
#include <utility>

namespace eduplat::repositories::orders {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql course_state_sql = "SELECT state FROM courses WHERE id = ?1";

constexpr Sql price_sql =
    "SELECT currency, period_days, amount_minor FROM course_prices WHERE course_id = ?1 "
    "AND (?2 = '' OR currency = ?2) AND (?3 < 0 OR period_days = ?3) "
    "ORDER BY currency, period_days LIMIT 1";

constexpr Sql teachers_sql =
    "SELECT user_id, share FROM course_teachers WHERE course_id = ?1 AND share > 0 "
    "ORDER BY position, user_id";

constexpr Sql owns_sql =
    "SELECT g.id FROM enrollments e JOIN grants g ON g.enrollment_id = e.id "
    "WHERE e.user_id = ?1 AND e.course_id = ?2 AND g.kind = 'purchase' AND g.revoked_at IS NULL "
    "AND g.ends_at IS NULL ORDER BY g.id LIMIT 1";

constexpr Sql has_seat_sql =
    "SELECT id FROM enrollments WHERE user_id = ?1 AND course_id = ?2 AND holds_seat = 1";

constexpr Sql is_suspended_sql =
    "SELECT id FROM enrollments WHERE user_id = ?1 AND course_id = ?2 AND state = 'suspended'";

constexpr Sql bought_times_sql =
    "SELECT g.starts_at, g.ends_at FROM enrollments e JOIN grants g ON g.enrollment_id = e.id "
    "WHERE e.user_id = ?1 AND e.course_id = ?2 AND g.kind = 'purchase' AND g.revoked_at IS NULL "
    "AND g.ends_at > ?3 ORDER BY g.starts_at, g.id";

constexpr Sql certified_sql =
    "SELECT id FROM certificates WHERE user_id = ?1 AND course_id = ?2 AND revoked_at IS NULL "
    "ORDER BY cycle LIMIT 1";

constexpr Sql insert_order_sql =
    "INSERT INTO orders (uid, user_id, state, currency, total_minor, seat_held, hold_until, "
    "idempotency_key, request_digest, created_at, updated_at) "
    "VALUES (?1, ?2, 'open', ?3, ?4, ?9, ?5, ?6, ?7, ?8, ?8) RETURNING id";
constexpr Sql insert_line_sql =
    "INSERT INTO order_lines (order_id, position, course_id, period_days, net_minor, tax_minor, "
    "fee_minor) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6) RETURNING id";
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
    "UPDATE orders SET state = ?2, seat_held = ?3, updated_at = ?4 WHERE id = ?1";

constexpr Sql shares_sql =
    "SELECT user_id, share FROM order_line_shares WHERE line_id = ?1 ORDER BY user_id";

template <class Identity>
Identity inserted(Statement statement) {
    statement.step();
    auto const id = statement.id<Identity>(0);
    statement.step();  // to its end, for only then it is done
    return id;
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

std::optional<std::string> course_state(Connection& connection, CourseId course) {
    auto row = connection.query(course_state_sql, course);
    if (!row.step()) return std::nullopt;
    return row.string(0);
}

std::optional<Price> price(Connection& connection, CourseId course,
                           std::optional<Currency> currency, std::optional<int> period_days) {
    auto const code = currency ? currency->code() : std::string_view{};
    auto row = connection.query(price_sql, course, code, period_days.value_or(-1));
    if (!row.step()) return std::nullopt;
    return Price{Money{row.int64(2), Currency::from_code(row.text(0))},
                 static_cast<int>(row.int64(1))};
}

std::vector<SaleShare> teachers(Connection& connection, CourseId course) {
    return read_shares(connection.query(teachers_sql, course));
}

bool owns(Connection& connection, UserId user, CourseId course) {
    return connection.query(owns_sql, user, course).step();
}

bool has_seat(Connection& connection, UserId user, CourseId course) {
    return connection.query(has_seat_sql, user, course).step();
}

bool is_suspended(Connection& connection, UserId user, CourseId course) {
    return connection.query(is_suspended_sql, user, course).step();
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

Ordered insert(Connection& connection, NewOrder const& order, NewLine const& line, Timestamp at) {
    std::span<std::byte const> const digest{order.digest};
    auto const currency = order.total.currency().code();
    auto const id = inserted<OrderId>(connection.query(
        insert_order_sql, order.uid, order.user, currency, order.total.minor_units(),
        order.hold_until, order.idempotency_key, digest, at, order.seat_held));
    auto const line_id = inserted<OrderLineId>(connection.query(
        insert_line_sql, id, line.course, line.period_days, line.split.net.minor_units(),
        line.split.tax.minor_units(), line.split.fee.minor_units()));
    for (auto const& share : line.split.shares)
        connection.execute(insert_share_sql, line_id, share.teacher, share.weight);
    return {id, line_id};
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

void set_state(Connection& connection, OrderId order, OrderState state, bool seat_held,
               Timestamp at) {
    connection.execute(set_state_sql, order, name(state), seat_held, at);
}

std::vector<SaleShare> shares(Connection& connection, OrderLineId line) {
    return read_shares(connection.query(shares_sql, line));
}

}  // namespace eduplat::repositories::orders
