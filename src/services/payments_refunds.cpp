#include "repositories/orders.hpp"
#include "services/enrollment_core.hpp"
#include "services/payments_impl.hpp"
#include "services/tokens.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <string>
#include <utility>

namespace eduplat {

namespace refunds_table = repositories::refunds;
using refunds_table::RevocationCause;

namespace {

struct Wish {
    std::string key;
    std::optional<Money> amount;
    std::string reason;
    TokenHash digest = {};
};

Wish checked(RefundRequest const& request) {
    Validation validation;
    Wish wish{.key = validation.text("idempotency_key", request.idempotency_key,
                                     {1, limits::idempotency_key_bytes_max}),
              .amount = request.amount,
              .reason = validation.text("reason", request.reason,
                                        {0, limits::refund_reason_bytes_max, true})};
    if (wish.amount && wish.amount->minor_units() < 1) validation.add("amount", "too_small", 1);
    validation.check("refund");
    wish.digest = salted_hash({}, wish.amount ? to_string(*wish.amount) : "all");
    return wish;
}

/// How much is meant, of what is left.
Money amount_of(Wish const& wish, Money left) {
    if (left.minor_units() < 1 && !wish.amount) {
        fail(ErrorCode::invalid_argument, "amount", "too_large", 0);
    }
    if (!wish.amount) return left;
    if (*wish.amount > left) {
        fail(ErrorCode::invalid_argument, "amount", "too_large", left.minor_units());
    }
    return *wish.amount;
}

void check_refundable(Change& change, Sale const& sale) {
    auto const& payment = sale.payment();
    if (payment.state != PaymentState::captured) {
        fail(ErrorCode::failed_precondition, "state", name(payment.state));
    }
    bool const taken = payment.dispute == DisputeState::open || payment.lost == payment.captured;
    if (taken) fail(ErrorCode::failed_precondition, "dispute", name(payment.dispute));
    bool const kept =
        change.policy.certificate_forbids &&
        repositories::orders::certified(change.connection, payment.user, payment.course);
    if (kept) fail(ErrorCode::failed_precondition, "course", "certified");
}

RefundId new_refund(Change& change, Sale& sale, Wish const& wish) {
    check_refundable(change, sale);
    auto const position = position_of(sale.records());
    auto const& charge = position.charges.at(position.paid_by.value());
    auto const amount = amount_of(wish, position.left());
    auto const id = add_refund(change, sale,
                               {.attempt = charge.attempt,
                                .cause = RefundCause::asked,
                                .amount_minor = amount.minor_units(),
                                .reason = wish.reason,
                                .idempotency_key = wish.key,
                                .digest = wish.digest,
                                .charge_id = charge.id});
    settle(change, sale);
    return id;
}

/// The step that asks for a refund that has not ended, or after it.
OpenRefundStep asked_step(Change& change, Sale const& sale, RefundId id) {
    auto const& row = sale.refund(id);
    bool const ended =
        row.refund.state == RefundState::succeeded || row.refund.state == RefundState::failed;
    if (ended) return step_of(sale, row, Ask::nothing);
    refunds_table::look_after(change.connection, row, row.asked + 1,
                              next_check(row.refund.created_at, change.now));
    return step_of(sale, row, row.asked == 0 ? Ask::begin : Ask::query);
}

}  // namespace

RefundStep Payments::refund(Actor const& actor, RefundRequest const& request) {
    impl_->refuse_inside_write();
    auto wish = checked(request);
    auto const now = impl_->now();
    Uids const uids{impl_->dependencies.random, now};
    return impl_->completed(impl_->storage().write([&](auto& connection) {
        auto [asker, sale] =
            authorize_sale(connection, actor, Call::payments_refund, request.payment, now);
        // Of a person who was erased nothing is written any more.
        if (sale.row.user_erased) wish.reason.clear();
        Change change{connection, asker, impl_->options().refunds, uids, now};
        auto const known = refunds_table::find_by_key(connection, request.payment, wish.key);
        bool const same =
            known && known->digest == wish.digest && known->refund.reason == wish.reason;
        if (known && !same) {
            fail(ErrorCode::already_exists, "idempotency_key", "other_body");
        }
        auto const id = known ? known->refund.id : new_refund(change, sale, wish);
        return asked_step(change, sale, id);
    }));
}

Revocation Payments::revoke(Actor const& actor, PaymentId payment) {
    auto const now = impl_->now();
    Uids const uids{impl_->dependencies.random, now};
    return impl_->storage().write([&](auto& connection) {
        auto [asker, sale] = authorize_sale(connection, actor, Call::payments_revoke, payment, now);
        Change change{connection, asker, impl_->options().refunds, uids, now};
        auto const grant = grant_of_line(connection, sale.payment().line);
        if (!grant) {
            fail(ErrorCode::failed_precondition, "state", name(sale.payment().order_state));
        }
        if (sale.revocation && sale.revocation->state == RevocationState::done) {
            return Revocation{payment, RevocationState::done};
        }
        refunds_table::set_revocation(connection, sale.payment().line, change.uids.next(),
                                      {RevocationCause::asked, RevocationState::done}, now);
        take_back_grant(connection, asker, grant->id, "revoked", now);
        record(connection, asker, now, "payment.revoked", "payment", sale.payment().uid);
        return Revocation{payment, RevocationState::done};
    });
}

}  // namespace eduplat
