#include "domain/names.hpp"

#include <eduplat/domain/gateway_fact.hpp>
#include <eduplat/domain/payment.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace eduplat {
namespace {

constexpr std::array<std::string_view, 7> order_names{
    "open", "paid", "fulfilled", "fulfillment_error", "canceled", "expired", "refunded"};
constexpr std::array<std::string_view, 9> payment_names{
    "created", "requires_action", "processing", "authorized", "captured",
    "failed",  "canceled",        "expired",    "conflicted"};
constexpr std::array<std::string_view, 5> attempt_names{"init", "sent", "succeeded", "declined",
                                                        "unknown"};
constexpr std::array<std::string_view, 4> refund_names{"requested", "pending", "succeeded",
                                                       "failed"};
constexpr std::array<std::string_view, 4> cause_names{"asked", "unfulfilled", "surplus", "gateway"};
constexpr std::array<std::string_view, 4> dispute_names{"none", "open", "won", "lost"};
constexpr std::array<std::string_view, 3> revocation_names{"requested", "done", "refused"};
constexpr std::array<std::string_view, 13> fact_names{
    "requires_action", "processing",  "authorized",     "captured",         "declined",
    "canceled",        "expired",     "refund_pending", "refund_succeeded", "refund_failed",
    "dispute_opened",  "dispute_won", "dispute_lost"};

constexpr std::array orders{
    Transition{OrderState::open, OrderState::paid},
    Transition{OrderState::open, OrderState::canceled},
    Transition{OrderState::open, OrderState::expired},
    Transition{OrderState::expired, OrderState::canceled},
    Transition{OrderState::canceled, OrderState::paid},  // paid all the same
    Transition{OrderState::expired, OrderState::paid},   // paid too late
    Transition{OrderState::paid, OrderState::fulfilled},
    Transition{OrderState::paid, OrderState::fulfillment_error},
    Transition{OrderState::fulfillment_error, OrderState::refunded},
    Transition{OrderState::refunded, OrderState::fulfillment_error},  // the refund was reversed
};

using enum PaymentState;

// A capture may come at any time; a mark of conflict goes only with it.
constexpr std::array payments{
    Transition{created, requires_action},
    Transition{created, processing},
    Transition{created, authorized},
    Transition{created, captured},
    Transition{created, failed},
    Transition{created, canceled},
    Transition{created, expired},
    Transition{created, conflicted},
    Transition{requires_action, processing},
    Transition{requires_action, authorized},
    Transition{requires_action, captured},
    Transition{requires_action, failed},
    Transition{requires_action, canceled},
    Transition{requires_action, expired},
    Transition{requires_action, conflicted},
    Transition{processing, authorized},
    Transition{processing, captured},
    Transition{processing, failed},
    Transition{processing, canceled},
    Transition{processing, expired},
    Transition{processing, conflicted},
    Transition{authorized, captured},
    Transition{authorized, failed},
    Transition{authorized, canceled},
    Transition{authorized, expired},
    Transition{authorized, conflicted},
    Transition{failed, created},  // by another attempt
    Transition{failed, captured},
    Transition{failed, canceled},
    Transition{failed, expired},
    Transition{failed, conflicted},
    Transition{canceled, created},  // by the gateway, and tried again
    Transition{canceled, captured},
    Transition{canceled, expired},
    Transition{canceled, conflicted},
    Transition{expired, created},  // at the gateway, and tried again
    Transition{expired, captured},
    Transition{expired, canceled},
    Transition{expired, conflicted},
    Transition{conflicted, captured},
};

constexpr std::array attempts{
    Transition{AttemptState::init, AttemptState::sent},
    Transition{AttemptState::init, AttemptState::succeeded},
    Transition{AttemptState::init, AttemptState::declined},
    Transition{AttemptState::init, AttemptState::unknown},
    Transition{AttemptState::unknown, AttemptState::init},  // it never arrived
    Transition{AttemptState::unknown, AttemptState::sent},
    Transition{AttemptState::unknown, AttemptState::succeeded},
    Transition{AttemptState::unknown, AttemptState::declined},
    Transition{AttemptState::sent, AttemptState::succeeded},
    Transition{AttemptState::sent, AttemptState::declined},
    Transition{AttemptState::declined, AttemptState::succeeded},  // a late capture
};

constexpr std::array refund_changes{
    Transition{RefundState::requested, RefundState::pending},
    Transition{RefundState::requested, RefundState::succeeded},
    Transition{RefundState::requested, RefundState::failed},
    Transition{RefundState::pending, RefundState::succeeded},
    Transition{RefundState::pending, RefundState::failed},
    Transition{RefundState::succeeded, RefundState::failed},  // reversed
    Transition{RefundState::failed, RefundState::succeeded},  // given up, and paid all the same
};

template <class State, std::size_t Size>
bool contains(std::array<Transition<State>, Size> const& table, State from, State to) noexcept {
    return std::find(table.begin(), table.end(), Transition<State>{from, to}) != table.end();
}

}  // namespace

std::string_view name(OrderState state) noexcept {
    return name_in(order_names, state);
}
std::string_view name(PaymentState state) noexcept {
    return name_in(payment_names, state);
}
std::string_view name(AttemptState state) noexcept {
    return name_in(attempt_names, state);
}
std::string_view name(RefundState state) noexcept {
    return name_in(refund_names, state);
}
std::string_view name(RefundCause cause) noexcept {
    return name_in(cause_names, cause);
}
std::string_view name(DisputeState state) noexcept {
    return name_in(dispute_names, state);
}
std::string_view name(RevocationState state) noexcept {
    return name_in(revocation_names, state);
}
std::string_view name(GatewayFactKind kind) noexcept {
    return name_in(fact_names, kind);
}

std::optional<OrderState> parse_order_state(std::string_view text) noexcept {
    return parse_in<OrderState>(order_names, text);
}
std::optional<PaymentState> parse_payment_state(std::string_view text) noexcept {
    return parse_in<PaymentState>(payment_names, text);
}
std::optional<AttemptState> parse_attempt_state(std::string_view text) noexcept {
    return parse_in<AttemptState>(attempt_names, text);
}
std::optional<RefundState> parse_refund_state(std::string_view text) noexcept {
    return parse_in<RefundState>(refund_names, text);
}
std::optional<RefundCause> parse_refund_cause(std::string_view text) noexcept {
    return parse_in<RefundCause>(cause_names, text);
}
std::optional<DisputeState> parse_dispute_state(std::string_view text) noexcept {
    return parse_in<DisputeState>(dispute_names, text);
}
std::optional<RevocationState> parse_revocation_state(std::string_view text) noexcept {
    return parse_in<RevocationState>(revocation_names, text);
}
std::optional<GatewayFactKind> parse_gateway_fact_kind(std::string_view text) noexcept {
    return parse_in<GatewayFactKind>(fact_names, text);
}

std::span<Transition<OrderState> const> order_transitions() noexcept {
    return orders;
}
std::span<Transition<PaymentState> const> payment_transitions() noexcept {
    return payments;
}
std::span<Transition<AttemptState> const> attempt_transitions() noexcept {
    return attempts;
}
std::span<Transition<RefundState> const> refund_transitions() noexcept {
    return refund_changes;
}

bool can_change(OrderState from, OrderState to) noexcept {
    return contains(orders, from, to);
}
bool can_change(PaymentState from, PaymentState to) noexcept {
    return contains(payments, from, to);
}
bool can_change(AttemptState from, AttemptState to) noexcept {
    return contains(attempts, from, to);
}
bool can_change(RefundState from, RefundState to) noexcept {
    return contains(refund_changes, from, to);
}

}  // namespace eduplat
