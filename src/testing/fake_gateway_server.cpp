#include "testing/fake_gateway_server.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace eduplat::testing {
namespace {

using enum GatewayFactKind;

FakeOutcome next_of(std::deque<FakeOutcome>& script) {
    if (script.empty()) return FakeOutcome::approve;
    auto const outcome = script.front();
    script.pop_front();
    return outcome;
}

std::optional<std::int64_t> number(Form const& form, std::string const& name) {
    auto const found = form.find(name);
    if (found == form.end()) return std::nullopt;
    std::int64_t value = 0;
    auto const& text = found->second;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string text_in(Form const& form, std::string const& name) {
    auto const found = form.find(name);
    return found == form.end() ? std::string{} : found->second;
}

std::optional<Money> money_in(Form const& form) {
    auto const minor = number(form, "amount");
    if (!minor) return std::nullopt;
    return Money{*minor, Currency::from_code(text_in(form, "currency"))};
}

HttpAnswer answer(GatewayFact const& fact) {
    return {.status = 200, .body = write_fact(fact)};
}

HttpAnswer not_found() {
    return {.status = 404};
}

}  // namespace

std::string write_fact(GatewayFact const& fact) {
    Form form{{"kind", std::string{eduplat::name(fact.kind)}},
              {"reference", fact.reference},
              {"transaction", fact.transaction_id},
              {"merchant", fact.merchant},
              {"reason", fact.reason},
              {"charge", fact.charge_id}};
    if (fact.amount) {
        form["amount"] = std::to_string(fact.amount->minor_units());
        form["currency"] = fact.amount->currency().code();
    }
    if (fact.action) form["action"] = fact.action->value;
    std::erase_if(form, [](auto const& field) { return field.second.empty(); });
    return write_form(form);
}

std::optional<GatewayFact> read_fact(std::string_view body) {
    auto const form = read_form(body);
    if (!form) return std::nullopt;
    auto const kind = parse_gateway_fact_kind(text_in(*form, "kind"));
    if (!kind) return std::nullopt;
    GatewayFact fact{.kind = *kind,
                     .reference = text_in(*form, "reference"),
                     .transaction_id = text_in(*form, "transaction"),
                     .merchant = text_in(*form, "merchant"),
                     .reason = text_in(*form, "reason"),
                     .charge_id = text_in(*form, "charge")};
    if (form->contains("amount")) {
        fact.amount = money_in(*form);
        if (!fact.amount) return std::nullopt;
    }
    auto const action = text_in(*form, "action");
    if (!action.empty()) fact.action = BuyerAction{BuyerAction::Kind::redirect, action};
    return fact;
}

HttpAnswer FakeGateway::Server::send(HttpRequest const& request) {
    std::lock_guard const lock{mutex};
    auto const form = read_form(request.body);
    if (!request.url.starts_with(fake_address) || !form) return {.status = 400};
    auto const path = request.url.substr(fake_address.size());
    auto const reference = text_in(*form, "reference");
    if (path == "payments") return begin(*form);
    if (path == "payments/query") return tell_payment(reference);
    if (path == "payments/cancel") return cancel(reference);
    if (path == "refunds") return begin_refund(*form);
    if (path == "refunds/query") return tell_refund(reference);
    return {.status = 400};
}

HttpAnswer FakeGateway::Server::begin(Form const& form) {
    auto const reference = text_in(form, "reference");
    auto const amount = money_in(form);
    if (reference.empty() || !amount) return {.status = 400};
    if (payments_.contains(reference)) return tell_payment(reference);
    auto const outcome = next_of(payment_script);
    if (outcome == FakeOutcome::time_out_before) return {.status = 0};
    Payment payment{.amount = *amount, .state = captured, .charges = {{.id = new_id("charge")}}};
    if (outcome == FakeOutcome::decline) payment.state = declined;
    if (outcome == FakeOutcome::require_action) payment.state = requires_action;
    if (outcome == FakeOutcome::process) payment.state = processing;
    payments_.emplace(reference, payment);
    payment_order_.push_back(reference);
    if (payment.state == captured) capture(reference);
    if (payment.state == declined) news.push_back(fact_of(reference));
    if (outcome == FakeOutcome::time_out_after) return {.status = 0};
    return tell_payment(reference);
}

HttpAnswer FakeGateway::Server::begin_refund(Form const& form) {
    auto const reference = text_in(form, "reference");
    auto const payment = payments_.find(text_in(form, "payment"));
    auto const amount = money_in(form);
    if (reference.empty() || !amount || payment == payments_.end()) return {.status = 400};
    if (refunds_.contains(reference)) return tell_refund(reference);
    auto const& charges = payment->second.charges;
    auto const charge = std::find_if(charges.begin(), charges.end(), [&](Charge const& each) {
        return each.id == text_in(form, "charge");
    });
    if (charge == charges.end()) return {.status = 400};
    auto const outcome = next_of(refund_script);
    if (outcome == FakeOutcome::time_out_before) return {.status = 0};
    refunds_.emplace(reference, Refund{.payment = payment->first,
                                       .charge = static_cast<std::size_t>(charge - charges.begin()),
                                       .amount = *amount,
                                       .id = new_id("refund"),
                                       .state = refund_pending});
    refund_order_.push_back(reference);
    bool const waits = outcome == FakeOutcome::process || outcome == FakeOutcome::require_action;
    if (outcome == FakeOutcome::decline) {
        refunds_.at(reference).state = refund_failed;
        news.push_back(refund_fact(reference));
    } else if (!waits) {
        static_cast<void>(pay_back(reference));
    }
    if (outcome == FakeOutcome::time_out_after) return {.status = 0};
    return tell_refund(reference);
}

HttpAnswer FakeGateway::Server::cancel(std::string const& reference) {
    auto const found = payments_.find(reference);
    if (found == payments_.end()) return not_found();
    auto& state = found->second.state;
    if (state == requires_action || state == processing) {
        state = canceled;
        news.push_back(fact_of(reference));
    }
    return tell_payment(reference);
}

HttpAnswer FakeGateway::Server::tell_payment(std::string const& reference) {
    return payments_.contains(reference) ? answer(fact_of(reference)) : not_found();
}

HttpAnswer FakeGateway::Server::tell_refund(std::string const& reference) {
    return refunds_.contains(reference) ? answer(refund_fact(reference)) : not_found();
}

void FakeGateway::Server::capture(std::string const& reference) {
    auto& payment = payments_.at(reference);
    payment.state = captured;
    payment.charges.front().held_minor = payment.amount.minor_units();
    news.push_back(fact_of(reference));
}

bool FakeGateway::Server::capture_again(std::string const& reference) {
    auto const payment = payments_.find(reference);
    if (payment == payments_.end() || payment->second.state != captured) return false;
    auto& charges = payment->second.charges;
    charges.push_back({.id = new_id("charge"), .held_minor = payment->second.amount.minor_units()});
    news.push_back(fact_of(reference, charges.size() - 1));
    return true;
}

/// A gateway pays back no more than it has.
bool FakeGateway::Server::pay_back(std::string const& reference) {
    auto& refund = refunds_.at(reference);
    auto& held = payments_.at(refund.payment).charges.at(refund.charge).held_minor;
    bool const enough = refund.amount.minor_units() <= held;
    refund.state = enough ? refund_succeeded : refund_failed;
    if (enough) held -= refund.amount.minor_units();
    news.push_back(refund_fact(reference));
    return enough;
}

bool FakeGateway::Server::finish(std::string const& reference, bool success) {
    if (auto const refund = refunds_.find(reference); refund != refunds_.end()) {
        if (refund->second.state != refund_pending) return false;
        if (success) return pay_back(reference);
        refund->second.state = refund_failed;
        news.push_back(refund_fact(reference));
        return true;
    }
    auto const payment = payments_.find(reference);
    if (payment == payments_.end()) return false;
    auto& state = payment->second.state;
    if (state != requires_action && state != processing) return false;
    if (success) {
        capture(reference);
    } else {
        state = declined;
        news.push_back(fact_of(reference));
    }
    return true;
}

bool FakeGateway::Server::reverse_refund(std::string const& reference) {
    auto const found = refunds_.find(reference);
    if (found == refunds_.end() || found->second.state != refund_succeeded) return false;
    auto& refund = found->second;
    refund.state = refund_failed;
    payments_.at(refund.payment).charges.at(refund.charge).held_minor +=
        refund.amount.minor_units();
    news.push_back(refund_fact(reference));
    return true;
}

bool FakeGateway::Server::refund_at_desk(std::string const& reference, Money amount) {
    auto const payment = payments_.find(reference);
    if (payment == payments_.end()) return false;
    for (auto& charge : payment->second.charges) {
        if (charge.held_minor < amount.minor_units()) continue;
        charge.held_minor -= amount.minor_units();
        news.push_back({.kind = refund_succeeded,
                        .reference = reference,
                        .transaction_id = new_id("refund"),
                        .amount = amount,
                        .merchant = merchant_,
                        .charge_id = charge.id});
        return true;
    }
    return false;
}

bool FakeGateway::Server::open_dispute(std::string const& reference, std::optional<Money> amount) {
    auto const payment = payments_.find(reference);
    if (payment == payments_.end()) return false;
    for (auto& charge : payment->second.charges) {
        auto const minor = amount ? amount->minor_units() : charge.held_minor;
        bool const may = minor > 0 && charge.held_minor >= minor && charge.dispute.empty();
        if (!may) continue;
        charge.dispute = new_id("dispute");
        charge.disputed_minor = minor;
        news.push_back(dispute_fact(reference, charge, dispute_opened));
        return true;
    }
    return false;
}

bool FakeGateway::Server::close_dispute(std::string const& reference, bool won) {
    auto const payment = payments_.find(reference);
    if (payment == payments_.end()) return false;
    for (auto& charge : payment->second.charges) {
        if (charge.dispute.empty()) continue;
        auto const lost = won ? 0 : std::min(charge.disputed_minor, charge.held_minor);
        // If all was paid back, there is nothing to take.
        if (lost > 0) charge.disputed_minor = lost;
        news.push_back(dispute_fact(reference, charge, lost > 0 ? dispute_lost : dispute_won));
        charge.held_minor -= lost;
        charge.dispute.clear();
        return true;
    }
    return false;
}

std::int64_t FakeGateway::Server::held_minor(std::string const& reference) const {
    auto const payment = payments_.find(reference);
    if (payment == payments_.end()) return 0;
    std::int64_t held = 0;
    for (auto const& charge : payment->second.charges)
        held += charge.held_minor;
    return held;
}

GatewayFact FakeGateway::Server::fact_of(std::string const& reference, std::size_t charge) const {
    auto const& payment = payments_.at(reference);
    GatewayFact fact{.kind = payment.state,
                     .reference = reference,
                     .transaction_id = payment.charges.at(charge).id,
                     .amount = payment.amount,
                     .merchant = merchant_};
    if (payment.state == requires_action) {
        fact.action = BuyerAction{BuyerAction::Kind::redirect,
                                  std::string{fake_address} + "confirm/" + reference};
    }
    if (payment.state == declined) fact.reason = "insufficient_funds";
    return fact;
}

GatewayFact FakeGateway::Server::refund_fact(std::string const& reference) const {
    auto const& refund = refunds_.at(reference);
    return {.kind = refund.state,
            .reference = reference,
            .transaction_id = refund.id,
            .amount = refund.amount,
            .merchant = merchant_,
            .charge_id = payments_.at(refund.payment).charges.at(refund.charge).id};
}

GatewayFact FakeGateway::Server::dispute_fact(std::string const& reference, Charge const& charge,
                                              GatewayFactKind kind) const {
    auto const currency = payments_.at(reference).amount.currency();
    return {.kind = kind,
            .reference = reference,
            .transaction_id = charge.dispute,
            .amount = Money{charge.disputed_minor, currency},
            .merchant = merchant_,
            .charge_id = charge.id};
}

std::string FakeGateway::Server::new_id(std::string_view prefix) {
    return std::string{prefix} + '-' + merchant_ + '-' + std::to_string(++serial_);
}

}  // namespace eduplat::testing
