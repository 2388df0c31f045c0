#include "repositories/orders.hpp"
#include "services/enrollment_core.hpp"
#include "services/payment_holds.hpp"
#include "services/payments_impl.hpp"
#include "services/tokens.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace eduplat {

namespace orders = repositories::orders;
namespace payments_table = repositories::payments;

namespace {

/// A request that is well-formed.
struct Wish {
    CourseId course;
    std::string key;
    std::optional<Currency> currency;
    std::optional<int> period_days;
    std::string gateway;
    std::string description;
    std::string payer;
    std::string return_url;
    TokenHash digest = {};
};

/// Of what a request says that is no text of the buyer's: those are compared as they are, for a
/// digest of them would outlive an erasure.
TokenHash digest_of(Wish const& wish) {
    std::string text = std::to_string(wish.course.value()) + ' ';
    text += wish.currency ? wish.currency->code() : "-";
    text += ' ' + std::to_string(wish.period_days.value_or(-1)) + ' ' + wish.gateway;
    return salted_hash({}, text);
}

Wish checked(CheckoutRequest const& request, Dependencies const& dependencies) {
    Validation validation;
    Wish wish{
        .course = request.course,
        .key = validation.text("idempotency_key", request.idempotency_key,
                               {1, limits::idempotency_key_bytes_max}),
        .currency = request.currency,
        .period_days = request.period_days,
        .gateway = request.gateway,
        .description = validation.text("description", request.description,
                                       {0, limits::payment_description_bytes_max}),
        .payer = validation.text("payer", request.payer, {0, limits::payment_payer_bytes_max}),
        .return_url = validation.text("return_url", request.return_url,
                                      {0, limits::payment_return_url_bytes_max})};
    if (wish.period_days && *wish.period_days < 0) validation.add("period_days", "too_small", 0);
    auto const& gateways = dependencies.gateways;
    bool const known = std::any_of(gateways.begin(), gateways.end(), [&](auto const* gateway) {
        return wish.gateway.empty() || gateway->name() == wish.gateway;
    });
    if (!known && !wish.gateway.empty()) validation.add("gateway", "unknown");
    validation.check("checkout");
    if (gateways.empty()) fail(ErrorCode::failed_precondition, "gateway", "missing");
    // Without the default's name: it may be another one when the request comes again.
    wish.digest = digest_of(wish);
    if (wish.gateway.empty()) wish.gateway = gateways.front()->name();
    return wish;
}

orders::Price offered(storage::Connection& connection, Wish const& wish) {
    auto const offer = orders::offer(connection, wish.course, wish.currency, wish.period_days);
    if (offer && offer->course_state == "archived") {
        fail(ErrorCode::failed_precondition, "course", "archived");
    }
    if (!offer || offer->course_state != "published") {
        fail(ErrorCode::not_found, "course", "unknown");
    }
    if (offer->price) return *offer->price;
    bool const for_sale = orders::offer(connection, wish.course)->price.has_value();
    fail(ErrorCode::failed_precondition, "price", for_sale ? "unknown" : "free");
}

/// A price with the host's tax on it, asked for outside the transaction.
struct Quote {
    orders::Price price;
    Money tax;
};

Money checked_tax(Money tax, Money net) {
    if (tax.currency() != net.currency()) {
        fail(ErrorCode::failed_precondition, "tax", "other_currency");
    }
    if (tax.minor_units() < 0) fail(ErrorCode::failed_precondition, "tax", "too_small", 0);
    static_cast<void>(net + tax);  // refused if there is no such amount
    return tax;
}

/// What was ordered under the request's key.
std::optional<PaymentId> known_order(storage::Connection& connection, UserId user,
                                     Wish const& wish) {
    auto const known = orders::find_by_key(connection, user, wish.key);
    if (!known) return std::nullopt;
    bool const same = known->digest == wish.digest && known->description == wish.description &&
                      known->payer == wish.payer && known->return_url == wish.return_url;
    if (!same) {
        fail(ErrorCode::already_exists, "idempotency_key", "other_body");
    }
    return known->payment;
}

/// Asks the host's rule, if there is one and the order is new.
std::optional<Quote> quoted(Dependencies const& dependencies, Actor const& actor, Wish const& wish,
                            Timestamp now) {
    if (dependencies.tax == nullptr) return std::nullopt;
    auto const price = dependencies.storage.read(
        [&](storage::Connection& connection) -> std::optional<orders::Price> {
            auto const asker = authorize_own(connection, actor, Call::payments_checkout, now);
            if (known_order(connection, *asker.user, wish)) return std::nullopt;
            return offered(connection, wish);
        });
    if (!price) return std::nullopt;
    auto const tax = dependencies.tax->tax(price->amount, wish.course, actor.user(), now);
    return Quote{*price, checked_tax(tax, price->amount)};
}

/// Nobody pays twice for one course by accident, or for one that he is shut out of.
void check_wanted(Change& change, UserId user, CourseId course, orders::Standing const& standing) {
    if (standing.owns) fail(ErrorCode::failed_precondition, "course", "owned");
    if (standing.is_suspended) fail(ErrorCode::failed_precondition, "course", "suspended");
    auto const open = orders::find_open(change.connection, user, course);
    if (!open) return;
    if (open->hold_until > change.now) fail(ErrorCode::failed_precondition, "course", "order_open");
    expire_order(change, *open);
}

/// Takes a seat for who has none. Orders whose time is over give theirs up for it.
void hold_seat(Change& change, CourseId course) {
    if (take_seat(change.connection, course, change.now)) return;
    bool const freed = expire_orders(change, course) > 0;
    if (!freed || !take_seat(change.connection, course, change.now)) {
        fail(ErrorCode::resource_exhausted, "course", "full");
    }
}

SaleSplit split_of(storage::Connection& connection, Wish const& wish, Quote const& quote,
                   PaymentOptions const& options) {
    SaleSplit split{.net = quote.price.amount,
                    .tax = quote.tax,
                    .fee = platform_fee(quote.price.amount, options.platform_fee_bp),
                    .shares = orders::teachers(connection, wish.course)};
    if (split.shares.empty()) split.fee = split.net;
    return split;
}

/// The step of a new order: its first attempt is to begin.
OpenStep first_step(Wish const& wish, OrderId order, PaymentId payment, PaymentIntent intent) {
    return {.step = {.payment = payment,
                     .order = order,
                     .state = PaymentState::created,
                     .order_state = OrderState::open,
                     .attempt = AttemptState::init},
            .ask = Ask::begin,
            .intent = std::move(intent),
            .gateway = wish.gateway};
}

OpenStep place_order(Change& change, UserId user, Wish const& wish, Quote const& quote,
                     PaymentOptions const& options) {
    auto const standing = orders::standing(change.connection, user, wish.course);
    check_wanted(change, user, wish.course, standing);
    if (!standing.has_seat) hold_seat(change, wish.course);
    auto const split = split_of(change.connection, wish, quote, options);
    auto const uid = change.uids.next();
    auto const total = split.net + split.tax;
    auto const hold_until = change.now + options.seat_hold;
    auto const order = orders::insert(change.connection,
                                      {.uid = uid,
                                       .user = user,
                                       .total = total,
                                       .hold_until = hold_until,
                                       .idempotency_key = wish.key,
                                       .digest = wish.digest,
                                       .seat_held = !standing.has_seat},
                                      {wish.course, quote.price.period_days, split}, change.now);
    auto const payment = payments_table::insert(change.connection,
                                                {.uid = change.uids.next(),
                                                 .order = order,
                                                 .user = user,
                                                 .gateway = wish.gateway,
                                                 .description = wish.description,
                                                 .payer = wish.payer,
                                                 .return_url = wish.return_url,
                                                 .amount = total},
                                                change.now);
    record(change.connection, change.asker, change.now, "order.open", "order", uid);
    return first_step(wish, order, payment,
                      {.reference = insert_attempt(change, payment, 1),
                       .amount = total,
                       .description = wish.description,
                       .payer = wish.payer,
                       .return_url = wish.return_url,
                       .expires_at = hold_until});
}

/// Ends an open order whose time is over.
void expire_if_overdue(Change& change, Sale& sale) {
    auto const& payment = sale.payment();
    if (payment.order_state != OrderState::open || payment.hold_until > change.now) return;
    set_order(change, sale, OrderState::expired);
    settle(change, sale);
}

/// What to ask for an attempt whose end may be open.
Ask ask_again(Sale const& sale) {
    if (sale.payment().order_state != OrderState::open || !sale.attempt_is_open()) {
        return Ask::nothing;
    }
    bool const heard = sale.attempts.back().state != AttemptState::init;
    return heard ? Ask::query : Ask::begin;
}

}  // namespace

PaymentStep Payments::checkout(Actor const& actor, CheckoutRequest const& request) {
    impl_->refuse_inside_write();
    auto const wish = checked(request, impl_->dependencies);
    auto const now = impl_->now();
    auto const quote = quoted(impl_->dependencies, actor, wish, now);
    Uids const uids{impl_->dependencies.random, now};
    return impl_->completed(impl_->storage().write([&](auto& connection) {
        auto const asker = authorize_own(connection, actor, Call::payments_checkout, now);
        Change change{connection, asker, impl_->options().refunds, uids, now};
        if (auto const known = known_order(connection, *asker.user, wish)) {
            auto sale = load_sale(connection, *known);
            expire_if_overdue(change, sale);
            return step_of(sale, ask_again(sale));
        }
        auto const price = offered(connection, wish);
        if (quote && quote->price != price) fail(ErrorCode::conflict, "price", "changed");
        auto const now_quoted = quote.value_or(Quote{price, Money{0, price.amount.currency()}});
        return place_order(change, *asker.user, wish, now_quoted, impl_->options());
    }));
}

PaymentStep Payments::next_step(Actor const& actor, PaymentId payment) {
    impl_->refuse_inside_write();
    auto const now = impl_->now();
    Uids const uids{impl_->dependencies.random, now};
    return impl_->completed(impl_->storage().write([&](auto& connection) {
        auto [asker, sale] =
            authorize_sale(connection, actor, Call::payments_next_step, payment, now);
        Change change{connection, asker, impl_->options().refunds, uids, now};
        expire_if_overdue(change, sale);
        if (sale.payment().state == PaymentState::conflicted) {
            bool const is_staff = asker.may(Call::payments_next_step, Relation::other);
            return step_of(sale, is_staff ? Ask::look : Ask::nothing);
        }
        if (sale.payment().order_state != OrderState::open) return step_of(sale, Ask::nothing);
        if (sale.attempt_is_open()) return step_of(sale, ask_again(sale));
        if (sale.attempts.size() >= limits::payment_attempts_max) {
            fail(ErrorCode::resource_exhausted, "attempts", "too_many",
                 limits::payment_attempts_max);
        }
        add_attempt(change, sale);
        settle(change, sale);
        return step_of(sale, Ask::begin);
    }));
}

PaymentStep Payments::cancel(Actor const& actor, PaymentId payment) {
    impl_->refuse_inside_write();
    auto const now = impl_->now();
    Uids const uids{impl_->dependencies.random, now};
    return impl_->completed(impl_->storage().write([&](auto& connection) {
        auto [asker, sale] = authorize_sale(connection, actor, Call::payments_cancel, payment, now);
        Change change{connection, asker, impl_->options().refunds, uids, now};
        auto const state = sale.payment().order_state;
        if (can_change(state, OrderState::canceled)) {
            set_order(change, sale, OrderState::canceled);
            settle(change, sale);
        } else if (state != OrderState::canceled) {
            fail(ErrorCode::failed_precondition, "state", name(state));
        }
        if (!sale.attempt_is_open()) return step_of(sale, Ask::nothing);
        auto const& attempt = sale.attempts.back();
        payments_table::look_after(connection, attempt, next_check(attempt.created_at, now));
        return step_of(sale, Ask::cancel);
    }));
}

}  // namespace eduplat
