#pragma once

#include "repositories/rows.hpp"

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/ledger.hpp>
#include <eduplat/domain/payment.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Orders and what they are for, and what of courses and grants matters to them.
namespace eduplat::repositories::orders {

struct Price {
    Money amount;
    int period_days;

    friend bool operator==(Price const&, Price const&) = default;
};

/// The state of a course; nothing for an unknown one.
[[nodiscard]] std::optional<std::string> course_state(storage::Connection& connection,
                                                      CourseId course);
/// The first price of a course by currency and period, among those of this currency and period.
[[nodiscard]] std::optional<Price> price(storage::Connection& connection, CourseId course,
                                         std::optional<Currency> currency = std::nullopt,
                                         std::optional<int> period_days = std::nullopt);
/// Who has a share in a course's sales.
[[nodiscard]] std::vector<SaleShare> teachers(storage::Connection& connection, CourseId course);

/// Whether the user has bought the course for good.
[[nodiscard]] bool owns(storage::Connection& connection, UserId user, CourseId course);
/// Whether an enrollment of the user's holds a seat.
[[nodiscard]] bool has_seat(storage::Connection& connection, UserId user, CourseId course);
/// Whether the user is shut out of the course.
[[nodiscard]] bool is_suspended(storage::Connection& connection, UserId user, CourseId course);
/// When the time ends that the user has bought of the course without a gap from `at` on; `at`
/// itself, if there is none.
[[nodiscard]] Timestamp bought_until(storage::Connection& connection, UserId user, CourseId course,
                                     Timestamp at);
/// Whether the user has a certificate of the course that was not revoked.
[[nodiscard]] bool certified(storage::Connection& connection, UserId user, CourseId course);

struct NewOrder {
    Uid uid;
    UserId user;
    Money total;
    Timestamp hold_until;
    std::string_view idempotency_key;
    Digest digest;
    bool seat_held;
};

struct NewLine {
    CourseId course;
    int period_days;
    SaleSplit split;
};

struct Ordered {
    OrderId order;
    OrderLineId line;
};

/// An open order of one line.
[[nodiscard]] Ordered insert(storage::Connection& connection, NewOrder const& order,
                             NewLine const& line, Timestamp at);

struct ByKey {
    PaymentId payment;
    Digest digest;
    std::string description;
    std::string payer;
    std::string return_url;
};

[[nodiscard]] std::optional<ByKey> find_by_key(storage::Connection& connection, UserId user,
                                               std::string_view idempotency_key);

/// An open order.
struct Held {
    OrderId order;
    Uid uid;
    PaymentId payment;
    CourseId course;
    bool seat_held;
    Timestamp hold_until;
};

/// The open order of a user for a course.
[[nodiscard]] std::optional<Held> find_open(storage::Connection& connection, UserId user,
                                            CourseId course);
/// All open orders of a user.
[[nodiscard]] std::vector<Held> all_open(storage::Connection& connection, UserId user);
/// Whether the buyer of a payment has another order for its course: a later one that is open, or
/// one that was fulfilled since.
[[nodiscard]] bool bought_otherwise(storage::Connection& connection, Payment const& payment);
/// Open orders whose time is over at `at`, the earliest first; of one course, if it is given.
[[nodiscard]] std::vector<Held> overdue(storage::Connection& connection, Timestamp at, int limit,
                                        std::optional<CourseId> course = std::nullopt);

void set_state(storage::Connection& connection, OrderId order, OrderState state, bool seat_held,
               Timestamp at);

[[nodiscard]] std::vector<SaleShare> shares(storage::Connection& connection, OrderLineId line);

}  // namespace eduplat::repositories::orders
