#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/ledger.hpp>
#include <eduplat/domain/payment.hpp>
#include <eduplat/ports/payment_gateway.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What Payments takes and gives. Bounds of texts are in core/limits.hpp.
namespace eduplat {

struct CheckoutRequest {
    CourseId course;
    /// The buyer's own word for this purchase: sent again, it buys nothing twice.
    std::string idempotency_key;
    /// Which of the course's prices; none: the first in order of currency and period.
    std::optional<Currency> currency = std::nullopt;
    std::optional<int> period_days = std::nullopt;
    std::string gateway = {};      ///< by name; empty: the first one
    std::string description = {};  ///< these three go to the gateway: see PaymentIntent
    std::string payer = {};
    std::string return_url = {};
};

/// What comes next for a payment. While there is a request, the host sends it and gives the answer
/// to Payments::answer(); with an action, the buyer acts, and a webhook tells the rest.
struct PaymentStep {
    PaymentId payment;
    OrderId order;
    PaymentState state;
    OrderState order_state;
    AttemptState attempt;  ///< of the last one; `unknown`: see Payments::next_step()
    std::optional<HttpRequest> request = std::nullopt;
    std::optional<BuyerAction> action = std::nullopt;
};

struct RefundRequest {
    PaymentId payment;
    std::string idempotency_key;                 ///< one for each refund of a payment
    std::optional<Money> amount = std::nullopt;  ///< none: all that is left
    std::string reason = {};
};

/// What comes next for a refund; as PaymentStep.
struct RefundStep {
    RefundId refund;
    PaymentId payment;
    RefundState state;
    Money amount;
    std::optional<HttpRequest> request = std::nullopt;
};

/// A request that is due to be sent, and what its answer is about.
struct DueRequest {
    std::variant<PaymentId, RefundId> about;
    HttpRequest request;
    std::string reference = {};  ///< of the attempt, if it is about a payment
};

struct WebhookReceipt {
    int facts = 0;          ///< told by the webhook
    int news = 0;           ///< of these, not known before
    HttpAnswer reply = {};  ///< what the gateway wants to hear
};

struct PaymentFilter {
    std::optional<UserId> user = std::nullopt;
    std::optional<CourseId> course = std::nullopt;
    std::optional<PaymentState> state = std::nullopt;
};

struct Revocation {
    PaymentId payment;
    RevocationState state;
};

/// Where books, payments and courses do not agree, and what is still open. Each list is cut at
/// limits::reconciliation_items_max; the oldest come first.
struct Reconciliation {
    /// Paid and not paid back, and without access to the course: nothing is, unless somebody took
    /// it back without a refund.
    std::vector<PaymentId> paid_not_delivered;
    /// With access by a purchase that is not paid, or paid back in full.
    std::vector<PaymentId> delivered_not_paid;
    /// An attempt's outcome is not known, or it is open though its order is closed.
    std::vector<PaymentId> unsettled;
    std::vector<PaymentId> conflicted;  ///< a gateway told what does not fit
    std::vector<RefundId> open_refunds;
    /// Of which something is owed to buyers that the gateway refused to pay back: it is asked for
    /// again by due(), ever more seldom, to once a day.
    std::vector<PaymentId> owed;
    std::vector<PaymentId> open_revocations;  ///< requested or refused
    std::vector<Money> unbalanced;            ///< what accounts do not add up to zero by
    bool balances_match = true;               ///< balances are the sums of the postings

    /// Whether money and deliveries agree, and nothing is lost or stuck; what is open is not at
    /// fault.
    [[nodiscard]] bool sound() const noexcept {
        return paid_not_delivered.empty() && delivered_not_paid.empty() && conflicted.empty() &&
               owed.empty() && unbalanced.empty() && balances_match;
    }
};

}  // namespace eduplat
