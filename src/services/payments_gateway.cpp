#include "services/payments_impl.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <utility>

namespace eduplat {

namespace payments_table = repositories::payments;
namespace refunds_table = repositories::refunds;
using Outcome = GatewayReading::Outcome;

namespace {

/// Gateways are no users: what they tell is done by the system.
constexpr Asker gateway_asker() noexcept {
    return {.kind = ActorKind::system};
}

/// After the mark was written.
void refuse(std::string const& misfit) {
    if (!misfit.empty()) fail(ErrorCode::invalid_argument, misfit, "mismatch");
}

/// No readable answer came: only what was not heard of becomes unknown.
void mark_unknown(Change& change, Sale& sale) {
    auto& attempt = sale.attempts.back();
    if (attempt.state != AttemptState::init) return;
    attempt.state = AttemptState::unknown;
    payments_table::set_attempt(change.connection, attempt.id, attempt.state, attempt.check_at,
                                change.now);
    record(change.connection, change.asker, change.now, "payment.unanswered", "payment",
           sale.payment().uid);
}

/// The gateway has never heard of the attempt: it may begin anew, or is over with its order.
Ask never_received(Change& change, Sale& sale, PaymentGateway const& gateway) {
    auto& attempt = sale.attempts.back();
    if (!sale.attempt_is_open()) return Ask::nothing;
    if (sale.payment().order_state != OrderState::open) {
        static_cast<void>(take_in(
            change, sale, {{.kind = GatewayFactKind::canceled, .reference = attempt.reference}},
            gateway));
        return Ask::nothing;
    }
    if (attempt.state != AttemptState::unknown) return Ask::nothing;
    attempt.state = AttemptState::init;
    payments_table::set_attempt(change.connection, attempt.id, attempt.state, attempt.check_at,
                                change.now);
    record(change.connection, change.asker, change.now, "payment.not_received", "payment",
           sale.payment().uid);
    return Ask::begin;
}

/// What the buyer has to do, as long as that is what it waits for.
std::optional<BuyerAction> action_of(GatewayReading const& reading, PaymentState state) {
    if (state != PaymentState::requires_action) return std::nullopt;
    for (auto const& fact : reading.facts) {
        if (fact.action) return fact.action;
    }
    return std::nullopt;
}

/// A step, or why there is none: what does not fit is refused after the mark is durable.
template <class Open>
struct Answered {
    Open open;
    std::string misfit = {};
};

// -- Webhooks

/// What of a webhook is about which payment.
struct Told {
    PaymentId payment;
    std::vector<GatewayFact> facts;
};

PaymentId payment_named(storage::Connection& connection, std::string const& reference) {
    if (auto const attempt = payments_table::find_attempt(connection, reference)) {
        return attempt->payment;
    }
    auto const payment = refunds_table::payment_of(connection, reference);
    if (!payment) fail(ErrorCode::not_found, "payment", "unknown");
    return *payment;
}

std::vector<Told> by_payment(storage::Connection& connection,
                             std::vector<GatewayFact> const& facts) {
    std::vector<Told> all;
    for (auto const& fact : facts) {
        auto const payment = payment_named(connection, fact.reference);
        auto const found = std::find_if(all.begin(), all.end(),
                                        [&](auto const& told) { return told.payment == payment; });
        if (found == all.end()) {
            all.push_back({payment, {fact}});
        } else {
            found->facts.push_back(fact);
        }
    }
    return all;
}

std::vector<GatewayFact> believed(PaymentGateway const& gateway, Webhook const& webhook,
                                  Timestamp now) {
    if (webhook.body.size() > limits::webhook_bytes_max) {
        fail(ErrorCode::invalid_argument, "body", "too_long", limits::webhook_bytes_max);
    }
    auto read = gateway.verify(webhook, now);
    if (auto* const facts = std::get_if<std::vector<GatewayFact>>(&read)) return std::move(*facts);
    switch (std::get<WebhookRefusal>(read)) {
        case WebhookRefusal::not_signed:
            fail(ErrorCode::permission_denied, "signature", "missing");
        case WebhookRefusal::wrong_signature:
            fail(ErrorCode::permission_denied, "signature", "wrong");
        case WebhookRefusal::too_old:
            fail(ErrorCode::permission_denied, "timestamp", "too_old");
        case WebhookRefusal::malformed:
            break;
    }
    fail(ErrorCode::invalid_argument, "body", "malformed");
}

struct Received {
    int news = 0;
    std::string misfit = {};
};

Received receive(Change& change, std::vector<GatewayFact> const& facts,
                 PaymentGateway const& gateway) {
    std::vector<Sale> sales;
    auto const told = by_payment(change.connection, facts);
    for (auto const& [payment, unused] : told) {
        sales.push_back(load_sale(change.connection, payment));
        if (sales.back().payment().gateway == gateway.name()) continue;
        fail(ErrorCode::not_found, "payment", "unknown");
    }
    Received received;
    for (std::size_t i = 0; i < told.size(); ++i) {
        auto const taken = take_in(change, sales[i], told[i].facts, gateway);
        received.news += taken.news;
        if (received.misfit.empty()) received.misfit = taken.misfit;
    }
    return received;
}

// -- What is due

/// A request that is not built yet.
struct Due {
    std::optional<OpenStep> payment = std::nullopt;
    std::optional<OpenRefundStep> refund = std::nullopt;
};

void add_due_attempts(Change& change, int limit, std::vector<Due>& all) {
    for (auto const& attempt : payments_table::due_attempts(change.connection, change.now, limit)) {
        auto const sale = load_sale(change.connection, attempt.payment);
        bool const wanted = sale.payment().order_state == OrderState::open;
        all.push_back({.payment = step_of(sale, wanted ? Ask::query : Ask::cancel)});
        payments_table::set_attempt(change.connection, attempt.id, attempt.state,
                                    next_check(attempt.created_at, change.now), change.now);
    }
}

void add_due_refunds(Change& change, int limit, std::vector<Due>& all) {
    for (auto const& row : refunds_table::due(change.connection, change.now, limit)) {
        auto const sale = load_sale(change.connection, row.refund.payment);
        bool const asked = row.refund.state == RefundState::pending;
        all.push_back({.refund = step_of(sale, row, asked ? Ask::query : Ask::begin)});
        refunds_table::set_state(change.connection, row.refund.id, row.refund.state,
                                 next_check(row.refund.created_at, change.now), change.now);
    }
}

}  // namespace

PaymentStep Payments::answer(PaymentId payment, HttpAnswer const& answer) {
    impl_->refuse_inside_write();
    auto const now = impl_->now();
    auto const asked = impl_->storage().read(
        [&](auto& connection) { return step_of(load_sale(connection, payment), Ask::nothing); });
    auto const& gateway = impl_->gateway(asked.gateway);
    auto const reading = gateway.read(asked.intent, answer);
    Uids const uids{impl_->dependencies.random, now};
    auto answered = impl_->storage().write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, impl_->options().refunds, uids, now};
        auto sale = load_sale(connection, payment);
        auto ask = Ask::nothing;
        TakenIn taken;
        if (reading.outcome == Outcome::unknown) mark_unknown(change, sale);
        if (reading.outcome == Outcome::never_received) ask = never_received(change, sale, gateway);
        if (reading.outcome == Outcome::read) {
            taken = take_in(change, sale, reading.facts, gateway);
        }
        return Answered<OpenStep>{step_of(sale, ask), taken.misfit};
    });
    refuse(answered.misfit);
    auto step = impl_->completed(std::move(answered.open));
    if (!step.action) step.action = action_of(reading, step.state);
    return step;
}

RefundStep Payments::answer(RefundId refund, HttpAnswer const& answer) {
    impl_->refuse_inside_write();
    auto const now = impl_->now();
    auto const load = [&](storage::Connection& connection) {
        auto const row = refunds_table::find(connection, refund);
        if (!row) fail(ErrorCode::not_found, "refund", "unknown");
        return load_sale(connection, row->refund.payment);
    };
    auto const asked = impl_->storage().read([&](auto& connection) {
        auto const sale = load(connection);
        return step_of(sale, sale.refund(refund), Ask::nothing);
    });
    auto const& gateway = impl_->gateway(asked.gateway);
    auto const reading = gateway.read(asked.intent, answer);
    Uids const uids{impl_->dependencies.random, now};
    auto answered = impl_->storage().write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, impl_->options().refunds, uids, now};
        auto sale = load(connection);
        // What was not read, or never arrived, is asked for again when it is due.
        TakenIn taken;
        if (reading.outcome == Outcome::read) {
            taken = take_in(change, sale, reading.facts, gateway);
        }
        return Answered<OpenRefundStep>{step_of(sale, sale.refund(refund), Ask::nothing),
                                        taken.misfit};
    });
    refuse(answered.misfit);
    return std::move(answered.open.step);
}

void Payments::answer(DueRequest const& request, HttpAnswer const& given) {
    if (auto const* const payment = std::get_if<PaymentId>(&request.about)) {
        static_cast<void>(answer(*payment, given));
    } else {
        static_cast<void>(answer(std::get<RefundId>(request.about), given));
    }
}

WebhookReceipt Payments::webhook(std::string_view gateway, Webhook const& webhook) {
    impl_->refuse_inside_write();
    auto const now = impl_->now();
    auto const* const adapter = impl_->find_gateway(gateway);
    if (adapter == nullptr) fail(ErrorCode::invalid_argument, "gateway", "unknown");
    auto const facts = believed(*adapter, webhook, now);
    Uids const uids{impl_->dependencies.random, now};
    auto const received = impl_->storage().write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, impl_->options().refunds, uids, now};
        return receive(change, facts, *adapter);
    });
    refuse(received.misfit);
    return {.facts = static_cast<int>(facts.size()),
            .news = received.news,
            .reply = adapter->acknowledgment()};
}

std::vector<DueRequest> Payments::due(int limit) {
    impl_->refuse_inside_write();
    check_page_limit(limit);
    auto const now = impl_->now();
    Uids const uids{impl_->dependencies.random, now};
    auto waiting = impl_->storage().write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, impl_->options().refunds, uids, now};
        // Of each kind a half at least, where there are as many.
        std::vector<Due> all;
        add_due_refunds(change, (limit + 1) / 2, all);
        add_due_attempts(change, limit - static_cast<int>(all.size()), all);
        return all;
    });
    std::vector<DueRequest> requests;
    for (auto& due : waiting) {
        if (due.payment) {
            auto step = impl_->completed(*std::move(due.payment));
            if (step.request) requests.push_back({step.payment, *std::move(step.request)});
        } else if (due.refund) {
            auto step = impl_->completed(*std::move(due.refund));
            if (step.request) requests.push_back({step.refund, *std::move(step.request)});
        }
    }
    return requests;
}

}  // namespace eduplat
