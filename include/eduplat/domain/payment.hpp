#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What is bought and what is owed for it: states, and which may follow which, as data.
namespace eduplat {

/// What a buyer ordered. An open order holds a seat for a time.
enum class OrderState : std::uint8_t {
    open,               ///< waits for its payment
    paid,               ///< paid, not yet delivered: left again in the same transaction
    fulfilled,          ///< its grant was given
    fulfillment_error,  ///< paid, but there is no seat or no wish for it: refunded by itself
    canceled,           ///< given up by the buyer or the school
    expired,            ///< not paid in time
    refunded,           ///< paid, not delivered, and paid back in full
};

/// What a buyer owes for an order. How much of it was paid back is told by amounts.
enum class PaymentState : std::uint8_t {
    created,          ///< nothing is known of the gateway's doing yet
    requires_action,  ///< the buyer has something to do: confirm, scan, transfer
    processing,       ///< the gateway works on it
    authorized,       ///< reserved with the buyer's bank
    captured,         ///< paid
    failed,           ///< declined; another attempt may be begun
    canceled,
    expired,
    conflicted,  ///< a gateway told of another amount, currency or merchant: look into it
};

/// One try to get a payment through a gateway.
enum class AttemptState : std::uint8_t {
    init,       ///< written down before its request was given away; nothing was heard
    sent,       ///< the gateway knows it, and its end is open
    succeeded,  ///< captured
    declined,   ///< declined, canceled or expired
    unknown,    ///< no readable answer came: it may have happened
};

enum class RefundState : std::uint8_t { requested, pending, succeeded, failed };

enum class RefundCause : std::uint8_t {
    asked,        ///< by Payments::refund
    unfulfilled,  ///< what was paid cannot be delivered: by itself
    surplus,      ///< paid twice: by itself
    gateway,      ///< made at the gateway's own desk
};

enum class DisputeState : std::uint8_t { none, open, won, lost };

enum class RevocationState : std::uint8_t {
    requested,
    done,
    refused,  ///< the refund policy forbids it: a certificate was issued
};

[[nodiscard]] std::string_view name(OrderState state) noexcept;
[[nodiscard]] std::string_view name(PaymentState state) noexcept;
[[nodiscard]] std::string_view name(AttemptState state) noexcept;
[[nodiscard]] std::string_view name(RefundState state) noexcept;
[[nodiscard]] std::string_view name(RefundCause cause) noexcept;
[[nodiscard]] std::string_view name(DisputeState state) noexcept;
[[nodiscard]] std::string_view name(RevocationState state) noexcept;
[[nodiscard]] std::optional<OrderState> parse_order_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<PaymentState> parse_payment_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<AttemptState> parse_attempt_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<RefundState> parse_refund_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<RefundCause> parse_refund_cause(std::string_view text) noexcept;
[[nodiscard]] std::optional<DisputeState> parse_dispute_state(std::string_view text) noexcept;
[[nodiscard]] std::optional<RevocationState> parse_revocation_state(std::string_view text) noexcept;

template <class State>
struct Transition {
    State from;
    State to;

    friend bool operator==(Transition const&, Transition const&) = default;
};
template <class State>
Transition(State, State) -> Transition<State>;

/// Every change of state that may happen. What a late or repeated word of a gateway would change
/// beyond these does not change anything.
[[nodiscard]] std::span<Transition<OrderState> const> order_transitions() noexcept;
[[nodiscard]] std::span<Transition<PaymentState> const> payment_transitions() noexcept;
[[nodiscard]] std::span<Transition<AttemptState> const> attempt_transitions() noexcept;
[[nodiscard]] std::span<Transition<RefundState> const> refund_transitions() noexcept;
[[nodiscard]] bool can_change(OrderState from, OrderState to) noexcept;
[[nodiscard]] bool can_change(PaymentState from, PaymentState to) noexcept;
[[nodiscard]] bool can_change(AttemptState from, AttemptState to) noexcept;
[[nodiscard]] bool can_change(RefundState from, RefundState to) noexcept;

/// A payment with its order, which has one line for now. All amounts are in one currency;
/// refunded + lost + refund_pending <= captured <= authorized <= amount.
struct Payment {
    PaymentId id;
    Uid uid;
    OrderId order;
    OrderState order_state;
    Timestamp hold_until;  ///< an open order keeps its seat until then
    OrderLineId line;
    CourseId course;
    int period_days;  ///< of access; 0: for good
    UserId user;
    std::string gateway;
    PaymentState state;
    Money amount;  ///< net and tax
    Money tax;
    Money authorized;
    Money captured;
    Money refund_pending;
    Money refunded;
    Money lost;  ///< taken back by banks, in disputes
    DisputeState dispute;
    std::string conflict;  ///< what differed: "amount", "currency" ...; empty: nothing
    std::string failure;   ///< the gateway's word for why the last attempt failed
    std::int64_t version;
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> captured_at = std::nullopt;

    friend bool operator==(Payment const&, Payment const&) = default;
};

struct Refund {
    RefundId id;
    Uid uid;
    PaymentId payment;
    RefundState state;
    RefundCause cause;
    Money amount;
    std::string reason;
    Timestamp created_at;
    Timestamp updated_at;

    friend bool operator==(Refund const&, Refund const&) = default;
};

}  // namespace eduplat
