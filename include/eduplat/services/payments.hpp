#pragma once

#include <eduplat/core/limits.hpp>
#include <eduplat/core/page.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ledger.hpp>
#include <eduplat/domain/payment.hpp>
#include <eduplat/ports/payment_gateway.hpp>
#include <eduplat/services/dependencies.hpp>
#include <eduplat/services/payments_types.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace eduplat {

/// Sales: orders, payments, refunds and the books.
///
/// The library sends nothing: calls give requests, the host sends them and brings the answers. What
/// gateways tell is kept, each fact once, and the state follows from the set of facts: it does not
/// matter in which order they come, how often, and whether as answers or webhooks. A capture, the
/// books and the access to the course become durable in one transaction.
///
/// Calls that ask a gateway's adapter or the host's tax rule refuse to run inside a write of the
/// host's (failed_precondition, field "transaction", rule "not_allowed_inside").
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; of calls with an actor unauthenticated and
/// permission_denied; not_found (field "payment" or "refund", rule "unknown") also for those of
/// others; invalid_argument with all violations at once; failed_precondition (field "gateway", rule
/// "missing": the payment's gateway was not given to Platform::open).
class Payments final {
  public:
    /// Errors: invalid_argument, fields "payments.seat_hold" and so on, "gateways".
    explicit Payments(Dependencies const& dependencies);
    Payments(Payments&&) noexcept;
    Payments& operator=(Payments&&) noexcept;
    ~Payments();

    // -- Buying

    /// Orders a course for the asking user, at the price of this moment, and holds a seat. The same
    /// key with the same request gives what there is by now; with another, already_exists (field
    /// "idempotency_key", rule "other_body"). Nobody pays twice by accident: failed_precondition,
    /// field "course", "owned" (bought, for good) or "order_open" (ordered under another key: go on
    /// with next_step(), or cancel() it), or "suspended" (shut out; what is paid of an order made
    /// before is refunded by itself). Other errors: not_found (field "course"),
    /// failed_precondition ("course", "archived"; "price", "free" or "unknown": not offered so),
    /// resource_exhausted ("course", "full").
    PaymentStep checkout(Actor const& actor, CheckoutRequest const& request);

    /// What comes next: for an attempt whose end is open, to ask for it again under the same
    /// reference, or what became of it; after a failed one, another attempt. For staff, of a
    /// conflicted payment: what became of it; a capture that fits ends the conflict. Errors:
    /// resource_exhausted (field "attempts", rule "too_many", limit).
    PaymentStep next_step(Actor const& actor, PaymentId payment);

    /// Gives the order up and its seat back. What is paid all the same is refunded by itself.
    /// Errors: failed_precondition (field "state": it is paid).
    PaymentStep cancel(Actor const& actor, PaymentId payment);

    // -- Gateways' words: for hosts

    /// Takes in the answer to the request of a step or of due(). Errors: invalid_argument (field
    /// "amount", "currency", "merchant" or "transaction", rule "mismatch"): something of it does
    /// not fit; the payment is marked as conflicted, and what else it tells counts. Field
    /// "payment": it is another payment's, and nothing is changed.
    PaymentStep answer(PaymentId payment, HttpAnswer const& answer);
    RefundStep answer(RefundId refund, HttpAnswer const& answer);
    void answer(DueRequest const& request, HttpAnswer const& answer);

    /// Takes in a webhook, repeated or late as it may be. Errors: as answer(); permission_denied
    /// (field "signature", rule "missing" or "wrong"; field "timestamp", rule "too_old"),
    /// invalid_argument (field "body", rule "malformed"; field "gateway", rule "unknown"),
    /// not_found (field "payment": it knows none of ours); nothing is changed then.
    WebhookReceipt webhook(std::string_view gateway, Webhook const& webhook);

    /// Requests that settle what is open: refunds to be asked for, attempts and refunds whose end
    /// is not known, attempts of orders that were given up, and for a day attempts that are said to
    /// be over. Those given are due again only after a minute or more. Where an adapter is missing
    /// or throws, that is logged, and the others are given. Call it every minute or so:
    /// `for (auto const& due : payments.due()) payments.answer(due, send(due.request));`
    [[nodiscard]] std::vector<DueRequest> due(int limit = limits::page_size_default);

    // -- Paying back

    /// Reserves the amount and gives the request for it. The same key and request give the same
    /// refund. When all is paid back, access is revoked as PaymentOptions::refunds says. Errors:
    /// already_exists ("idempotency_key", "other_body"); failed_precondition (field "state": it is
    /// not paid; "dispute": open, or all is lost; "course", "certified": the policy forbids it);
    /// invalid_argument ("amount", "too_small", "too_large" with the rest as limit; "currency",
    /// "mixed").
    RefundStep refund(Actor const& actor, RefundRequest const& request);

    /// Takes back what the payment gave access to, with or without a refund. Twice is as once.
    /// Errors: failed_precondition (field "state": nothing was delivered).
    Revocation revoke(Actor const& actor, PaymentId payment);

    // -- Reading

    [[nodiscard]] Payment get_payment(Actor const& actor, PaymentId payment) const;
    [[nodiscard]] std::optional<Payment> find_payment(Actor const& actor, PaymentId payment) const;
    [[nodiscard]] std::optional<Payment> find_payment(Actor const& actor, Uid const& payment) const;

    /// Newest first. Of others' payments only with the right; who has none names himself as user.
    [[nodiscard]] Page<Payment> payments(Actor const& actor, PaymentFilter const& filter = {},
                                         PageRequest const& request = {}) const;

    /// Oldest first.
    [[nodiscard]] Page<Refund> refunds(Actor const& actor, PaymentId payment,
                                       PageRequest const& request = {}) const;
    [[nodiscard]] Page<Transfer> transfers(Actor const& actor, PaymentId payment,
                                           PageRequest const& request = {}) const;
    /// In the order in which accounts were used for the first time, and by currency.
    [[nodiscard]] Page<Balance> balances(Actor const& actor, PageRequest const& request = {}) const;

    /// Compares payments, courses and books. Takes time in proportion to all that was ever sold.
    [[nodiscard]] Reconciliation reconcile(Actor const& actor) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
