#include "services/payments_impl.hpp"
#include "services/payments_options.hpp"

#include <eduplat/core/error.hpp>

#include <exception>
#include <utility>

namespace eduplat {

Payments::Payments(Dependencies const& dependencies)
    : impl_(std::make_unique<Impl>(dependencies)) {}
Payments::Payments(Payments&&) noexcept = default;
Payments& Payments::operator=(Payments&&) noexcept = default;
Payments::~Payments() = default;

namespace {

Dependencies const& checked(Dependencies const& given) {
    check_options(given.payments, given.gateways);
    return given;
}

// Uids begin in 1970, and what is bought for the longest period still ends before the year 9999.
constexpr Timestamp first_now{};
constexpr Timestamp past_last_now = std::chrono::sys_days{std::chrono::year{9000} / 1 / 1};

}  // namespace

Payments::Impl::Impl(Dependencies const& given) : dependencies(checked(given)) {}

Timestamp Payments::Impl::now() const {
    auto const now = dependencies.clock.now();
    if (now >= first_now && now < past_last_now) return now;
    fail(ErrorCode::failed_precondition, "clock", "out_of_range");
}

void Payments::Impl::refuse_inside_write() const {
    if (!storage().in_write()) return;
    fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
}

PaymentGateway const* Payments::Impl::find_gateway(std::string_view name) const noexcept {
    for (auto const* const gateway : dependencies.gateways) {
        if (gateway->name() == name) return gateway;
    }
    return nullptr;
}

PaymentGateway const& Payments::Impl::gateway(std::string_view name) const {
    auto const* const found = find_gateway(name);
    if (found == nullptr) fail(ErrorCode::failed_precondition, "gateway", "missing");
    return *found;
}

PaymentStep Payments::Impl::completed(OpenStep open) const {
    if (open.ask == Ask::nothing) return std::move(open.step);
    auto const& adapter = gateway(open.gateway);
    if (open.ask == Ask::cancel) open.step.request = adapter.cancel(open.intent);
    if (open.ask != Ask::begin && !open.step.request) {
        open.step.request = adapter.query(open.intent);
    }
    // What cannot be asked after is asked for again: the reference makes it happen once.
    bool const again = open.ask == Ask::query && !open.step.request;
    if (open.ask == Ask::begin || again) {
        auto opening = adapter.begin(open.intent);
        open.step.request = std::move(opening.request);
        open.step.action = std::move(opening.action);
    }
    return std::move(open.step);
}

RefundStep Payments::Impl::completed(OpenRefundStep open) const {
    if (open.ask == Ask::nothing) return std::move(open.step);
    auto const& adapter = gateway(open.gateway);
    if (open.ask == Ask::query) open.step.request = adapter.query_refund(open.intent);
    // What cannot be asked after is asked for again, as long as nobody has heard of it.
    bool const again = !open.step.request && open.step.state == RefundState::requested;
    if (open.ask == Ask::begin || again) open.step.request = adapter.refund(open.intent);
    return std::move(open.step);
}

template <class Open>
Built Payments::Impl::built_of(Open const& open) const {
    try {
        return {.request = completed(open).request};
    } catch (std::exception const& error) {
        dependencies.log.write(LogLevel::error,
                               "gateway " + open.gateway + " cannot be asked: " + error.what());
        return {.failed = true};
    }
}

Built Payments::Impl::built(OpenStep const& open) const {
    return built_of(open);
}

Built Payments::Impl::built(OpenRefundStep const& open) const {
    return built_of(open);
}

OpenStep step_of(Sale const& sale, Ask ask, repositories::payments::Attempt const* attempt) {
    auto const& payment = sale.payment();
    return {.step = {.payment = payment.id,
                     .order = payment.order,
                     .state = payment.state,
                     .order_state = payment.order_state,
                     .attempt = sale.attempts.back().state},
            .ask = ask,
            .intent = sale.intent(attempt == nullptr ? sale.attempts.back() : *attempt),
            .gateway = payment.gateway};
}

OpenRefundStep step_of(Sale const& sale, repositories::refunds::Row const& refund, Ask ask) {
    // Nothing is asked for that the gateway cannot have any more, or that a bank asks for.
    bool const waits = ask != Ask::nothing && refund.refund.state == RefundState::requested &&
                       !sale.may_be_paid_back(refund);
    if (waits) ask = Ask::nothing;
    return {.step = {.refund = refund.refund.id,
                     .payment = sale.payment().id,
                     .state = refund.refund.state,
                     .amount = refund.refund.amount},
            .ask = ask,
            .intent = sale.intent(refund),
            .gateway = sale.payment().gateway};
}

SaleAccess authorize_sale(storage::Connection& connection, Actor const& actor, Call call,
                          PaymentId payment, Timestamp now) {
    auto asker = identify(connection, actor, now);
    if (asker.kind == ActorKind::guest) require(asker, call, Relation::own);
    // Who may do nothing about others is refused before the payment is looked for.
    bool const mine = rule_of(call).own;
    if (!mine) require(asker, call, Relation::other);
    auto row = repositories::payments::find(connection, payment);
    auto const relation = row && asker.is(row->payment.user) ? Relation::own : Relation::other;
    bool const hidden = mine && !asker.may(call, relation);
    if (!row || hidden) fail(ErrorCode::not_found, "payment", "unknown");
    require(asker, call, relation);
    return {asker, load_sale(connection, *std::move(row))};
}

}  // namespace eduplat
