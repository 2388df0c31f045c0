#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/ledger.hpp>
#include <eduplat/domain/payment.hpp>
#include <eduplat/domain/payment_position.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Payments with their orders and lines, the attempts to get them, and what gateways told.
namespace eduplat::repositories::payments {

using AttemptId = Id<struct AttemptTag>;

/// All of a payment's rows of which there is one each.
struct Row {
    Payment payment;
    Uid order_uid;
    Uid user_uid;
    bool seat_held;
    SaleSplit split;  ///< without shares
    bool user_erased = false;
    std::string description = {};
    std::string payer = {};
    std::string return_url = {};
};

struct NewPayment {
    Uid uid;
    OrderId order;
    UserId user;
    std::string_view gateway;
    std::string_view description;
    std::string_view payer;
    std::string_view return_url;
    Money amount;
};

[[nodiscard]] PaymentId insert(storage::Connection& connection, NewPayment const& payment,
                               Timestamp at);
[[nodiscard]] std::optional<Row> find(storage::Connection& connection, PaymentId payment);
[[nodiscard]] std::optional<Row> find(storage::Connection& connection, Uid const& payment);

/// Writes what follows from the position, and raises the version.
void update(storage::Connection& connection, PaymentId payment, PaymentPosition const& position,
            std::optional<Timestamp> captured_at, Timestamp at);

// -- Attempts

struct Attempt {
    AttemptId id;
    PaymentId payment;
    int number;
    std::string reference;
    AttemptState state;
    Timestamp created_at;
    std::optional<Timestamp> check_at;
    int asked;  ///< how often it was looked after
};

void insert_attempt(storage::Connection& connection, PaymentId payment, int number,
                    std::string_view reference, Timestamp at, Timestamp check_at);
[[nodiscard]] std::vector<Attempt> attempts(storage::Connection& connection, PaymentId payment);
[[nodiscard]] std::optional<Attempt> find_attempt(storage::Connection& connection,
                                                  std::string_view reference);
/// Those that should have been looked after by `at`, the longest waiting first.
[[nodiscard]] std::vector<Attempt> due_attempts(storage::Connection& connection, Timestamp at,
                                                int limit);
void set_attempt(storage::Connection& connection, AttemptId attempt, AttemptState state,
                 std::optional<Timestamp> check_at, Timestamp at);

/// Notes that it was looked after, and when it will be next. False if somebody else did so since it
/// was read.
bool look_after(storage::Connection& connection, Attempt const& attempt,
                std::optional<Timestamp> check_at);

// -- Facts

struct Fact {
    KnownFact known;
    std::string currency = {};
};

/// False if it was known; with another reason, if the one that is known comes first in the order of
/// texts.
bool insert_fact(storage::Connection& connection, PaymentId payment, Fact const& fact,
                 Timestamp at);
[[nodiscard]] std::vector<Fact> facts(storage::Connection& connection, PaymentId payment);
/// A payment through the gateway of `but` that was captured under its name `transaction_id`, other
/// than `but`.
[[nodiscard]] std::optional<PaymentId> captured_as(storage::Connection& connection,
                                                   std::string_view transaction_id, PaymentId but);

// -- Lists

struct Filter {
    std::optional<UserId> user = std::nullopt;
    std::optional<CourseId> course = std::nullopt;
    std::optional<PaymentState> state = std::nullopt;
};

/// Payments before the one numbered `before`, newest first: by their lines' numbers, if a course
/// and no user is given, else by their own. One statement.
[[nodiscard]] std::vector<Payment> page(storage::Connection& connection, Filter const& filter,
                                        std::int64_t before, int limit);

// -- What does not agree

/// Each oldest first.
[[nodiscard]] std::vector<PaymentId> paid_not_delivered(storage::Connection& connection, int limit);
[[nodiscard]] std::vector<PaymentId> delivered_not_paid(storage::Connection& connection, int limit);
[[nodiscard]] std::vector<PaymentId> unsettled(storage::Connection& connection, int limit);
[[nodiscard]] std::vector<PaymentId> conflicted(storage::Connection& connection, int limit);

}  // namespace eduplat::repositories::payments
