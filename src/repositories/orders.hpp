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

/// What a buyer is offered of a course.
struct Offer {
    std::string course_state;
    std::optional<Price> price;
};

/// With the first price by currency and period, among those of this currency and period; nothing
/// for an unknown course.
[[nodiscard]] std::optional<Offer> offer(storage::Connection& connection, CourseId course,
                                         std::optional<Currency> currency = std::nullopt,
                                         std::optional<int> period_days = std::nullopt);
/// Who has a share in a course's sales.
[[nodiscard]] std::vector<SaleShare> teachers(storage::Connection& connection, CourseId course);

/// What a user has of a course.
struct Standing {
    bool owns = false;          ///< has bought it for good
    bool is_suspended = false;  ///< is shut out of it
    bool has_seat = false;      ///< his enrollment holds one
};

[[nodiscard]] Standing standing(storage::Connection& connection, UserId user, CourseId course);
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

/// An open order of one line.
[[nodiscard]] OrderId insert(storage::Connection& connection, NewOrder const& order,
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

/// To another state than open: it holds no seat any more.
void set_state(storage::Connection& connection, OrderId order, OrderState state, Timestamp at);

[[nodiscard]] std::vector<SaleShare> shares(storage::Connection& connection, OrderLineId line);

}  // namespace eduplat::repositories::orders
