#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/domain/gateway_fact.hpp>
#include <eduplat/domain/payment.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Where a payment stands, as a pure function of what was told and of what the school itself wrote
/// down.
namespace eduplat {

/// A fact as it was kept.
struct KnownFact {
    GatewayFactKind kind;
    std::string reference;  ///< of an attempt or a refund
    std::int64_t amount_minor = 0;
    std::string conflict = {};  ///< what of it does not fit; such a fact only marks
    std::string reason = {};
};

struct KnownAttempt {
    std::string reference;
    AttemptState state = AttemptState::init;  ///< init or unknown, where no fact says more
};

struct KnownRefund {
    std::string reference;
    std::size_t attempt = 0;  ///< place of the attempt whose money it is
    RefundCause cause = RefundCause::asked;
    std::int64_t amount_minor = 0;
};

struct PaymentRecords {
    Money amount;
    OrderState order = OrderState::open;
    std::vector<KnownAttempt> attempts = {};  ///< in order
    std::vector<KnownRefund> refunds = {};
    std::vector<KnownFact> facts = {};  ///< in any order, each as often as you like
};

struct PaymentPosition {
    PaymentState state = PaymentState::created;
    Money authorized;
    Money captured;
    Money refund_pending;
    Money refunded;
    DisputeState dispute = DisputeState::none;
    Money disputed;          ///< while the dispute is open
    Money lost;              ///< when it is lost
    Money surplus;           ///< captured by further attempts
    Money surplus_refunded;  ///< of that
    std::string conflict = {};
    std::string failure = {};
    std::optional<std::size_t> paid_by = std::nullopt;  ///< the attempt that counts as captured
    std::vector<AttemptState> attempts = {};            ///< as the records' attempts
    std::vector<RefundState> refunds = {};              ///< as the records' refunds

    /// What of the captured money is still there, and asked back by nobody.
    [[nodiscard]] Money left() const {
        return captured - refunded - refund_pending - disputed - lost;
    }
    /// Whether all of it went back.
    [[nodiscard]] bool all_returned() const {
        return captured.minor_units() > 0 && captured == refunded + lost;
    }
};

/// The rules: what fits is believed however late it comes. A capture outlasts a decline, a
/// cancellation and an expiry; a failed refund outlasts one that succeeded; a lost dispute one that
/// was won. Refunds count within what was captured. Of several captures one pays, and it stays the
/// same one once a refund was made of it or of another; the others are surplus.
[[nodiscard]] PaymentPosition position_of(PaymentRecords const& records);

/// A refund that is owed without being asked for.
struct OwedRefund {
    std::size_t attempt;
    RefundCause cause;
    std::int64_t amount_minor;
};

/// What has to be asked back from the gateway: every surplus capture, and if `undelivered` what is
/// left of the captured money. Not what was tried limits::refund_tries_max times in vain.
[[nodiscard]] std::vector<OwedRefund> owed_refunds(PaymentRecords const& records,
                                                   PaymentPosition const& position,
                                                   bool undelivered);

/// What of a fact does not fit: "amount", "currency", "merchant"; empty if all does. `expected` is
/// the amount of what the fact is about: of the attempt's payment or of the refund. Captures,
/// authorizations and refunds that the school knows (`known_refund`) are of the whole of it; others
/// of a part at most.
[[nodiscard]] std::string_view misfit(GatewayFact const& fact, Money expected, bool known_refund,
                                      std::string_view merchant);

}  // namespace eduplat
