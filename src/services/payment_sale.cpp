#include "services/payment_sale.hpp"

#include "repositories/orders.hpp"
#include "services/enrollment_core.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace eduplat {

namespace payments_table = repositories::payments;
namespace refunds_table = repositories::refunds;

PaymentRecords Sale::records() const {
    PaymentRecords records{.amount = payment().amount, .order = payment().order_state};
    for (auto const& attempt : attempts) {
        // Only these two are not told by facts.
        auto const unheard =
            attempt.state == AttemptState::unknown ? AttemptState::unknown : AttemptState::init;
        records.attempts.push_back({attempt.reference, unheard});
    }
    for (auto const& each : refunds) {
        records.refunds.push_back({each.reference, attempt_of(each), each.refund.cause,
                                   each.refund.amount.minor_units(), each.charge_id,
                                   each.refund.state == RefundState::failed});
    }
    for (auto const& fact : facts)
        records.facts.push_back(fact.known);
    return records;
}

PaymentIntent Sale::intent(payments_table::Attempt const& attempt) const {
    return {.reference = attempt.reference,
            .amount = payment().amount,
            .description = row.description,
            .payer = row.payer,
            .return_url = row.return_url,
            .expires_at = payment().hold_until};
}

RefundIntent Sale::intent(refunds_table::Row const& refund) const {
    auto const& reference = attempts.at(attempt_of(refund)).reference;
    return {.reference = refund.reference,
            .payment_reference = reference,
            .transaction_id = refund.charge_id,
            .amount = refund.refund.amount,
            .captured = payment().amount,
            .reason = std::string{name(refund.refund.cause)}};
}

bool Sale::may_be_paid_back(refunds_table::Row const& refund) const {
    auto const position = position_of(records());
    for (std::size_t i = 0; i < refunds.size(); ++i) {
        auto const charge = position.refunded_charges[i];
        if (refunds[i].refund.id != refund.refund.id || !charge) continue;
        auto const& money = position.charges[*charge];
        return refund.refund.amount.minor_units() <= money.rest() - money.disputed;
    }
    return false;
}

bool Sale::attempt_is_open() const {
    return !has_ended(attempts.back().state);
}

refunds_table::Row const& Sale::refund(RefundId refund) const {
    auto const found = std::find_if(refunds.begin(), refunds.end(),
                                    [&](auto const& each) { return each.refund.id == refund; });
    if (found == refunds.end()) fail(ErrorCode::not_found, "refund", "unknown");
    return *found;
}

std::size_t Sale::attempt_of(refunds_table::Row const& refund) const {
    auto const found = std::find_if(attempts.begin(), attempts.end(),
                                    [&](auto const& each) { return each.id == refund.attempt; });
    if (found == attempts.end()) fail(ErrorCode::data_loss, "refunds.attempt_id", "unknown_value");
    return static_cast<std::size_t>(found - attempts.begin());
}

Sale load_sale(storage::Connection& connection, payments_table::Row row) {
    auto const payment = row.payment.id;
    auto const line = row.payment.line;
    Sale sale{.row = std::move(row)};
    sale.row.split.shares = repositories::orders::shares(connection, line);
    sale.attempts = payments_table::attempts(connection, payment);
    sale.facts = payments_table::facts(connection, payment);
    // Money is paid back, taken back and booked only after a gateway told of it.
    sale.has_books = !sale.facts.empty();
    if (!sale.has_books) return sale;
    sale.refunds = refunds_table::of_payment(connection, payment);
    sale.revocation = refunds_table::find_revocation(connection, line);
    return sale;
}

Sale load_sale(storage::Connection& connection, PaymentId payment) {
    auto row = payments_table::find(connection, payment);
    if (!row) fail(ErrorCode::not_found, "payment", "unknown");
    return load_sale(connection, *std::move(row));
}

std::string insert_attempt(Change& change, PaymentId payment, int number) {
    auto reference = to_string(change.uids.next());
    payments_table::insert_attempt(change.connection, payment, number, reference, change.now,
                                   next_check(change.now, change.now));
    return reference;
}

void add_attempt(Change& change, Sale& sale) {
    if (!sale.attempts.empty()) {
        // The one before is to be canceled, should its gateway still think of taking the money.
        auto const& before = sale.attempts.back();
        payments_table::set_attempt(change.connection, before.id, before.state, change.now,
                                    change.now);
    }
    auto const number = static_cast<int>(sale.attempts.size()) + 1;
    static_cast<void>(insert_attempt(change, sale.payment().id, number));
    sale.attempts = payments_table::attempts(change.connection, sale.payment().id);
}

RefundId add_refund(Change& change, Sale& sale, AskedRefund const& asked) {
    auto const uid = change.uids.next();
    auto const own_name = to_string(uid);
    auto const& reference = asked.reference.empty() ? own_name : asked.reference;
    // What the gateway does by itself cannot be asked after by a reference of ours.
    bool const ours = asked.cause != RefundCause::gateway;
    auto const id = refunds_table::insert(
        change.connection,
        {.uid = uid,
         .payment = sale.payment().id,
         .attempt = sale.attempts.at(asked.attempt).id,
         .cause = asked.cause,
         .amount_minor = asked.amount_minor,
         .reason = asked.reason,
         .idempotency_key = asked.idempotency_key.empty() ? reference : asked.idempotency_key,
         .digest = asked.digest,
         .reference = reference,
         .check_at = ours ? std::optional{change.now} : std::nullopt,
         .charge_id = asked.charge_id},
        change.now);
    if (!id) fail(ErrorCode::already_exists, "idempotency_key", "taken");
    record(change.connection, change.asker, change.now, "refund.requested", "refund", uid);
    sale.refunds = refunds_table::of_payment(change.connection, sale.payment().id);
    return *id;
}

void note_order(Change& change, Sale const& sale, OrderState state) {
    record(change.connection, change.asker, change.now, "order." + std::string{name(state)},
           "order", sale.row.order_uid);
}

void set_order(Change& change, Sale& sale, OrderState state) {
    auto& payment = sale.row.payment;
    if (sale.row.seat_held) free_seat(change.connection, payment.course);
    sale.row.seat_held = false;
    payment.order_state = state;
    repositories::orders::set_state(change.connection, payment.order, state, change.now);
    note_order(change, sale, state);
}

std::optional<Timestamp> check_after(payments_table::Attempt const& attempt, AttemptState state,
                                     Timestamp now) {
    if (state == AttemptState::succeeded) return std::nullopt;
    bool const now_over =
        state == AttemptState::declined && attempt.state != AttemptState::declined;
    return now_over ? now + std::chrono::hours{1} : attempt.check_at;
}

Timestamp next_check(Timestamp since, Timestamp now) {
    using std::chrono::microseconds;
    constexpr microseconds soonest = std::chrono::minutes{1};
    constexpr microseconds latest = std::chrono::hours{6};
    return now + std::clamp(now - since, soonest, latest);
}

}  // namespace eduplat
