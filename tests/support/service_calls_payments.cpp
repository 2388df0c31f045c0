#include "support/course_rows.hpp"
#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <eduplat/core/error.hpp>

#include <array>
#include <string>
#include <variant>

namespace eduplat::test {
namespace {

// -- What calls need

void make_offer(Scene& scene) {
    scene.course =
        CourseRows{scene.school.storage(), scene.school.random}.course({.has_price = true});
}

CheckoutRequest order(Scene const& scene) {
    return {.course = *scene.course, .idempotency_key = "order"};
}

void make_order(Scene& scene) {
    make_offer(scene);
    auto const step = scene.school.payments.checkout(scene.target.actor, order(scene));
    scene.payment = step.payment;
}

void make_sale(Scene& scene) {
    make_order(scene);
    auto& payments = scene.school.payments;
    auto const step = payments.next_step(Actor::system(), *scene.payment);
    static_cast<void>(payments.answer(*scene.payment, scene.school.gateway.send(*step.request)));
    constexpr std::string_view field = "reference=";
    constexpr std::size_t uid_length = 36;
    auto const& body = step.request->body;
    scene.note = body.substr(body.find(field) + field.size(), uid_length);
}

void make_refund(Scene& scene) {
    make_sale(scene);
    auto const step = scene.school.payments.refund(
        Actor::system(), {.payment = *scene.payment, .idempotency_key = "refund"});
    scene.refund = step.refund;
}

/// Paid after it was given up: a refund is owed.
void make_owed_refund(Scene& scene) {
    make_order(scene);
    auto& payments = scene.school.payments;
    auto const step = payments.next_step(Actor::system(), *scene.payment);
    static_cast<void>(payments.cancel(Actor::system(), *scene.payment));
    static_cast<void>(payments.answer(*scene.payment, scene.school.gateway.send(*step.request)));
}

// -- Results as text

std::string show(PaymentStep const& step) {
    return std::string{name(step.state)} + ' ' + std::string{name(step.order_state)} + ' ' +
           std::string{name(step.attempt)} + ' ' + (step.request ? step.request->body : "-");
}

std::string show(RefundStep const& step) {
    return std::string{name(step.state)} + ' ' + to_string(step.amount) + ' ' +
           (step.request ? step.request->body : "-");
}

std::string show(Payment const& payment) {
    return to_string(payment.uid) + ' ' + std::string{name(payment.state)} + ' ' +
           to_string(payment.captured);
}

std::string show(Refund const& refund) {
    return to_string(refund.uid) + ' ' + std::string{name(refund.state)};
}

std::string show(Posting const& posting) {
    return std::string{name(posting.account.kind)} + ' ' + to_string(posting.amount);
}

std::string show(Transfer const& transfer) {
    std::string text = to_string(transfer.uid) + ' ' + transfer.kind;
    for (auto const& posting : transfer.postings)
        text += ' ' + show(posting);
    return text;
}

std::string show(Balance const& balance) {
    return show(Posting{balance.account, balance.amount});
}

template <class T>
std::string show_all(Page<T> const& page) {
    std::string text;
    for (auto const& item : page.items)
        text += show(item) + '\n';
    return text;
}

// -- The calls

std::string checkout(Scene& s) {
    return show(s.school.payments.checkout(s.actor, order(s)));
}

std::string next_step(Scene& s) {
    return show(s.school.payments.next_step(s.actor, *s.payment));
}

std::string cancel(Scene& s) {
    return show(s.school.payments.cancel(s.actor, *s.payment));
}

std::string answer(Scene& s) {
    // What a gateway says of a payment that it refuses, whatever it was asked.
    auto const step = s.school.payments.next_step(Actor::system(), *s.payment);
    return show(s.school.payments.answer(*s.payment, s.school.gateway.send(*step.request)));
}

std::string answer_refund(Scene& s) {
    return show(s.school.payments.answer(*s.refund, {.status = 0}));
}

std::string answer_due(Scene& s) {
    s.school.payments.answer(DueRequest{*s.payment, {}}, {.status = 0});
    return {};
}

std::string webhook(Scene& s) {
    auto const told = s.school.gateway.webhook({.kind = GatewayFactKind::dispute_opened,
                                                .reference = s.note,
                                                .amount = Money{1, Currency::named("EUR")}},
                                               s.school.clock.now());
    return std::to_string(s.school.payments.webhook("fake", told).news);
}

std::string due(Scene& s) {
    return std::to_string(s.school.payments.due().size());
}

std::string refund(Scene& s) {
    return show(s.school.payments.refund(
        s.actor, {.payment = *s.payment, .idempotency_key = s.school.fresh("refund")}));
}

std::string revoke(Scene& s) {
    return std::string{name(s.school.payments.revoke(s.actor, *s.payment).state)};
}

std::string get_payment(Scene& s) {
    return show(s.school.payments.get_payment(s.actor, *s.payment));
}

/// Nothing, for whom the payment is hidden, is as not_found.
std::string shown(std::optional<Payment> const& payment) {
    if (!payment) fail(ErrorCode::not_found, "payment", "unknown");
    return show(*payment);
}

std::string find_payment(Scene& s) {
    return shown(s.school.payments.find_payment(s.actor, *s.payment));
}

std::string find_payment_by_uid(Scene& s) {
    auto const uid = s.school.payments.get_payment(Actor::system(), *s.payment).uid;
    return shown(s.school.payments.find_payment(s.actor, uid));
}

std::string payments(Scene& s) {
    return show_all(s.school.payments.payments(s.actor, {.user = s.target.id}));
}

std::string refunds(Scene& s) {
    return show_all(s.school.payments.refunds(s.actor, *s.payment));
}

std::string transfers(Scene& s) {
    return show_all(s.school.payments.transfers(s.actor, *s.payment));
}

std::string balances(Scene& s) {
    return show_all(s.school.payments.balances(s.actor));
}

std::string reconcile(Scene& s) {
    return s.school.payments.reconcile(s.actor).sound() ? "sound" : "not sound";
}

using enum Subject;

constexpr std::array table{
    ServiceCall{.call = Call::payments_checkout,
                .member = "Payments::checkout",
                .about = self,
                .writes = true,
                .prepare = make_offer,
                .invoke = checkout},
    ServiceCall{.call = Call::payments_next_step,
                .member = "Payments::next_step",
                .about = user,
                .prepare = make_order,
                .invoke = next_step,
                .hides = true},
    ServiceCall{.call = Call::payments_cancel,
                .member = "Payments::cancel",
                .about = user,
                .writes = true,
                .prepare = make_order,
                .invoke = cancel,
                .hides = true},
    ServiceCall{.call = Call::payments_answer,
                .member = "Payments::answer",
                .asks = false,
                .writes = true,
                .prepare = make_order,
                .invoke = answer},
    ServiceCall{.call = Call::payments_answer,
                .member = "Payments::answer",
                .asks = false,
                .prepare = make_refund,
                .invoke = answer_refund},
    ServiceCall{.call = Call::payments_answer,
                .member = "Payments::answer",
                .asks = false,
                .writes = true,
                .prepare = make_order,
                .invoke = answer_due},
    ServiceCall{.call = Call::payments_webhook,
                .member = "Payments::webhook",
                .asks = false,
                .writes = true,
                .prepare = make_sale,
                .invoke = webhook},
    ServiceCall{.call = Call::payments_due,
                .member = "Payments::due",
                .asks = false,
                .writes = true,
                .prepare = make_owed_refund,
                .invoke = due},
    ServiceCall{.call = Call::payments_refund,
                .member = "Payments::refund",
                .about = user,
                .writes = true,
                .prepare = make_sale,
                .invoke = refund},
    ServiceCall{.call = Call::payments_revoke,
                .member = "Payments::revoke",
                .about = user,
                .writes = true,
                .prepare = make_sale,
                .invoke = revoke},
    ServiceCall{.call = Call::payments_get_payment,
                .member = "Payments::get_payment",
                .about = user,
                .prepare = make_order,
                .invoke = get_payment,
                .hides = true},
    ServiceCall{.call = Call::payments_find_payment,
                .member = "Payments::find_payment",
                .about = user,
                .prepare = make_order,
                .invoke = find_payment,
                .hides = true},
    ServiceCall{.call = Call::payments_find_payment,
                .member = "Payments::find_payment",
                .about = user,
                .prepare = make_order,
                .invoke = find_payment_by_uid,
                .hides = true},
    ServiceCall{.call = Call::payments_payments,
                .member = "Payments::payments",
                .about = user,
                .prepare = make_order,
                .invoke = payments},
    ServiceCall{.call = Call::payments_refunds,
                .member = "Payments::refunds",
                .about = user,
                .prepare = make_refund,
                .invoke = refunds,
                .hides = true},
    ServiceCall{.call = Call::payments_transfers,
                .member = "Payments::transfers",
                .prepare = make_sale,
                .invoke = transfers},
    ServiceCall{.call = Call::payments_balances,
                .member = "Payments::balances",
                .prepare = make_sale,
                .invoke = balances},
    ServiceCall{.call = Call::payments_reconcile,
                .member = "Payments::reconcile",
                .prepare = make_sale,
                .invoke = reconcile},
};

}  // namespace

std::span<ServiceCall const> payments_calls() {
    return table;
}

}  // namespace eduplat::test
