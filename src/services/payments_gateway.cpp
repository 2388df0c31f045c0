#include "services/payments_impl.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
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

using payments_table::Attempt;

/// By its reference; the last one, if that is empty.
Attempt& attempt_of(Sale& sale, std::string_view reference) {
    if (reference.empty()) return sale.attempts.back();
    for (auto& attempt : sale.attempts) {
        if (attempt.reference == reference) return attempt;
    }
    fail(ErrorCode::not_found, "payment", "unknown");
}

/// No readable answer came: only what was not heard of becomes unknown.
void mark_unknown(Change& change, Sale const& sale, Attempt& attempt) {
    if (attempt.state != AttemptState::init) return;
    attempt.state = AttemptState::unknown;
    payments_table::set_attempt(change.connection, attempt.id, attempt.state, attempt.check_at,
                                change.now);
    record(change.connection, change.asker, change.now, "payment.unanswered", "payment",
           sale.payment().uid);
}

/// How long the request that begins an attempt may be on its way.
constexpr std::chrono::hours in_flight_max{1};

/// The gateway has never heard of the attempt: it may begin anew, or is over with its order, once
/// it cannot arrive any more.
Ask never_received(Change& change, Sale& sale, Attempt& attempt, PaymentGateway const& gateway) {
    bool const wanted =
        sale.payment().order_state == OrderState::open && &attempt == &sale.attempts.back();
    if (has_ended(attempt.state)) return Ask::nothing;
    if (!wanted) {
        if (change.now - attempt.created_at < in_flight_max) return Ask::nothing;
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

/// The gateway has never heard of a refund: it is due to be asked for anew, if it was asked after.
void begin_again(Change& change, Sale const& sale, RefundId id) {
    auto const& row = sale.refund(id);
    if (row.asked >= 2) refunds_table::look_after(change.connection, row, 0, change.now);
}

/// What the buyer has to do, as long as that is what it waits for.
std::optional<BuyerAction> action_of(GatewayReading const& reading, PaymentState state) {
    if (state != PaymentState::requires_action) return std::nullopt;
    for (auto const& fact : reading.facts) {
        if (fact.action) return fact.action;
    }
    return std::nullopt;
}

/// What an answer says, if it is of a size that can be kept.
template <class Intent>
GatewayReading read_answer(PaymentGateway const& gateway, Intent const& intent,
                           HttpAnswer const& answer) {
    if (answer.body.size() > limits::webhook_bytes_max) return {};
    auto reading = gateway.read(intent, answer);
    auto kept = kept_facts(std::move(reading.facts));
    if (!kept) return {};
    reading.facts = *std::move(kept);
    return reading;
}

/// A step, or why there is none: what does not fit is refused after the mark is durable.
template <class Open>
struct Answered {
    Open open;
    std::string misfit = {};
};

// -- Webhooks

/// Nothing is kept of an answer that is another payment's.
void refuse_foreign(storage::Connection& connection, Sale const& sale,
                    std::vector<GatewayFact> const& facts) {
    for (auto const& fact : facts) {
        auto const named = [&](auto const& row) { return row.reference == fact.reference; };
        bool const ours = std::any_of(sale.attempts.begin(), sale.attempts.end(), named) ||
                          std::any_of(sale.refunds.begin(), sale.refunds.end(), named);
        bool const taken =
            fact.kind == GatewayFactKind::captured && !fact.transaction_id.empty() &&
            payments_table::captured_as(connection, fact.transaction_id, sale.payment().id);
        if (!ours || taken) fail(ErrorCode::invalid_argument, "payment", "mismatch");
    }
}

/// What of a webhook is about which payment.
struct Told {
    PaymentId payment;
    std::vector<GatewayFact> facts;
};

std::optional<PaymentId> payment_named(storage::Connection& connection,
                                       std::string const& reference) {
    if (auto const attempt = payments_table::find_attempt(connection, reference)) {
        return attempt->payment;
    }
    return refunds_table::payment_of(connection, reference);
}

/// Without what is about nothing of the school's: others may use the same account.
std::vector<Told> by_payment(storage::Connection& connection,
                             std::vector<GatewayFact> const& facts) {
    std::vector<Told> all;
    for (auto const& fact : facts) {
        auto const payment = payment_named(connection, fact.reference);
        if (!payment) continue;
        auto const found = std::find_if(all.begin(), all.end(),
                                        [&](auto const& told) { return told.payment == *payment; });
        if (found == all.end()) {
            all.push_back({*payment, {fact}});
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
    if (auto* const facts = std::get_if<std::vector<GatewayFact>>(&read)) {
        if (auto kept = kept_facts(std::move(*facts))) return *std::move(kept);
        read = WebhookRefusal::malformed;
    }
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
    Received received;
    bool any = facts.empty();
    for (auto const& told : by_payment(change.connection, facts)) {
        auto sale = load_sale(change.connection, told.payment);
        if (sale.payment().gateway != gateway.name()) continue;
        any = true;
        auto const taken = take_in(change, sale, told.facts, gateway);
        received.news += taken.news;
        if (received.misfit.empty()) received.misfit = taken.misfit;
    }
    if (!any) fail(ErrorCode::not_found, "payment", "unknown");
    return received;
}

// -- What is due

/// A request that is not built yet, and when to look again if it is given out.
struct DueAttempt {
    Attempt row;
    OpenStep open;
    std::optional<Timestamp> next;
};

struct DueRefund {
    refunds_table::Row row;
    OpenRefundStep open;
    Timestamp next;
};

struct AllDue {
    std::vector<DueRefund> refunds;
    std::vector<DueAttempt> attempts;
};

/// What is still wanted is asked after; what is not shall take no money any more, and is asked
/// after in turn.
Ask ask_for(Sale const& sale, Attempt const& attempt) {
    auto const& payment = sale.payment();
    bool const wanted =
        payment.order_state == OrderState::open && attempt.id == sale.attempts.back().id;
    if (!wanted) return attempt.asked % 2 == 0 ? Ask::cancel : Ask::look;
    bool const sure = has_ended(attempt.state) || !payment.conflict.empty();
    return sure ? Ask::look : Ask::query;
}

/// What is said to be over is looked after for a day.
std::optional<Timestamp> next_look(Sale const& sale, Attempt const& attempt, Timestamp now) {
    using std::chrono::hours;
    auto const age = now - attempt.created_at;
    if (has_ended(attempt.state)) {
        if (age >= hours{24}) return std::nullopt;
        return std::max(now + hours{1}, next_check(attempt.created_at, now));
    }
    // One that tells what does not fit will hardly tell anything else soon.
    if (!sale.payment().conflict.empty()) return now + hours{6};
    return next_check(attempt.created_at, now);
}

AllDue all_due(storage::Connection& connection, Timestamp now, int limit) {
    AllDue all;
    // Of each kind a half at least, where there are as many.
    for (auto& row : refunds_table::due(connection, now, (limit + 1) / 2)) {
        auto const sale = load_sale(connection, row.refund.payment);
        auto open = step_of(sale, row, row.asked == 0 ? Ask::begin : Ask::query);
        auto const next = next_check(row.refund.created_at, now);
        all.refunds.push_back({std::move(row), std::move(open), next});
    }
    auto const rest = limit - static_cast<int>(all.refunds.size());
    for (auto& row : payments_table::due_attempts(connection, now, rest)) {
        auto const sale = load_sale(connection, row.payment);
        auto open = step_of(sale, ask_for(sale, row), &row);
        auto const next = next_look(sale, row, now);
        all.attempts.push_back({std::move(row), std::move(open), next});
    }
    return all;
}

/// What was refused, and is owed all the same, is asked for anew when it is time.
void ask_for_owed(Dependencies const& dependencies, Timestamp now, int limit) {
    auto const owed = dependencies.storage.read(
        [&](auto& connection) { return refunds_table::owed(connection, now, 1); });
    if (owed.empty()) return;
    Uids const uids{dependencies.random, now};
    dependencies.storage.write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, dependencies.payments.refunds, uids, now};
        settle_owed(change, limit);
    });
}

/// Gives a request to who notes it first. What no adapter could be asked for comes again soon.
void give_out(storage::Connection& connection, DueRefund const& due, Built const& built,
              Timestamp now, std::vector<DueRequest>& requests) {
    auto const next = built.failed ? next_check(now, now) : due.next;
    auto const asked = due.row.asked + (built.request ? 1 : 0);
    bool const first = refunds_table::look_after(connection, due.row, asked, next);
    if (first && built.request) requests.push_back({due.row.refund.id, *built.request});
}

void give_out(storage::Connection& connection, DueAttempt const& due, Built const& built,
              Timestamp now, std::vector<DueRequest>& requests) {
    auto const next = built.failed ? next_check(now, now) : due.next;
    bool const first = payments_table::look_after(connection, due.row, next);
    if (!first || !built.request) return;
    requests.push_back({due.row.payment, *built.request, due.row.reference});
}

}  // namespace

PaymentStep Payments::Impl::answer(PaymentId payment, std::string_view reference,
                                   HttpAnswer const& answer) const {
    refuse_inside_write();
    auto const at = now();
    auto const asked = storage().read([&](auto& connection) {
        auto sale = load_sale(connection, payment);
        return step_of(sale, Ask::nothing, &attempt_of(sale, reference));
    });
    auto const& adapter = gateway(asked.gateway);
    auto const reading = read_answer(adapter, asked.intent, answer);
    Uids const uids{dependencies.random, at};
    auto answered = storage().write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, options().refunds, uids, at};
        auto sale = load_sale(connection, payment);
        auto& attempt = attempt_of(sale, reference);
        auto ask = Ask::nothing;
        TakenIn taken;
        if (reading.outcome == Outcome::unknown) mark_unknown(change, sale, attempt);
        if (reading.outcome == Outcome::never_received) {
            ask = never_received(change, sale, attempt, adapter);
        }
        if (reading.outcome == Outcome::read) {
            refuse_foreign(connection, sale, reading.facts);
            taken = take_in(change, sale, reading.facts, adapter, Claims::checked);
        }
        return Answered<OpenStep>{step_of(sale, ask), taken.misfit};
    });
    refuse(answered.misfit);
    auto step = completed(std::move(answered.open));
    if (!step.action) step.action = action_of(reading, step.state);
    return step;
}

PaymentStep Payments::answer(PaymentId payment, HttpAnswer const& answer) {
    return impl_->answer(payment, {}, answer);
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
    auto const reading = read_answer(gateway, asked.intent, answer);
    Uids const uids{impl_->dependencies.random, now};
    auto answered = impl_->storage().write([&](auto& connection) {
        auto const asker = gateway_asker();
        Change change{connection, asker, impl_->options().refunds, uids, now};
        auto sale = load(connection);
        // What was not read is asked after when it is due.
        TakenIn taken;
        if (reading.outcome == Outcome::never_received) begin_again(change, sale, refund);
        if (reading.outcome == Outcome::read) {
            refuse_foreign(connection, sale, reading.facts);
            taken = take_in(change, sale, reading.facts, gateway, Claims::checked);
        }
        return Answered<OpenRefundStep>{step_of(sale, sale.refund(refund), Ask::nothing),
                                        taken.misfit};
    });
    refuse(answered.misfit);
    return std::move(answered.open.step);
}

void Payments::answer(DueRequest const& request, HttpAnswer const& given) {
    if (auto const* const payment = std::get_if<PaymentId>(&request.about)) {
        static_cast<void>(impl_->answer(*payment, request.reference, given));
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
    ask_for_owed(impl_->dependencies, now, limit);
    auto const waiting =
        impl_->storage().read([&](auto& connection) { return all_due(connection, now, limit); });
    std::vector<Built> refunds;
    for (auto const& due : waiting.refunds)
        refunds.push_back(impl_->built(due.open));
    std::vector<Built> attempts;
    for (auto const& due : waiting.attempts)
        attempts.push_back(impl_->built(due.open));
    if (refunds.empty() && attempts.empty()) return {};
    return impl_->storage().write([&](auto& connection) {
        std::vector<DueRequest> requests;
        for (std::size_t i = 0; i < refunds.size(); ++i)
            give_out(connection, waiting.refunds[i], refunds[i], now, requests);
        for (std::size_t i = 0; i < attempts.size(); ++i)
            give_out(connection, waiting.attempts[i], attempts[i], now, requests);
        return requests;
    });
}

}  // namespace eduplat
