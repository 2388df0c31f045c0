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
    std::string transaction_id = {};  ///< as GatewayFact's
    std::string charge_id = {};       ///< as GatewayFact's
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
    std::string charge_id = {};  ///< of that attempt; as GatewayFact's
    bool ended = false;          ///< the school gave it up: failed, where no fact says otherwise
};

struct PaymentRecords {
    Money amount;
    OrderState order = OrderState::open;
    std::vector<KnownAttempt> attempts = {};  ///< in order
    std::vector<KnownRefund> refunds = {};
    std::vector<KnownFact> facts = {};  ///< in any order, each as often as you like
};

/// Money that was captured, once, and where it is: in minor units.
struct Charge {
    std::size_t attempt;
    std::string id;  ///< the gateway's name
    std::int64_t whole;
    std::int64_t refund_pending = 0;
    std::int64_t refunded = 0;
    std::int64_t disputed = 0;  ///< while a dispute is open
    std::int64_t lost = 0;      ///< when one is lost
    DisputeState dispute = DisputeState::none;
    bool overdrawn = false;  ///< more is told to have gone back than there was

    /// What has not gone back.
    [[nodiscard]] std::int64_t rest() const noexcept { return whole - refunded - lost; }
    /// What nobody took or asked back.
    [[nodiscard]] std::int64_t left() const noexcept { return rest() - disputed - refund_pending; }
};

struct PaymentPosition {
    PaymentState state = PaymentState::created;
    Money authorized;
    Money captured;
    Money refund_pending;
    Money refunded;
    DisputeState dispute = DisputeState::none;
    Money disputed;          ///< while disputes are open
    Money lost;              ///< when they are lost
    Money surplus;           ///< captured by further charges
    Money surplus_refunded;  ///< of that, or lost
    Money surplus_disputed;  ///< of the rest
    std::string conflict = {};
    std::string failure = {};
    std::vector<Charge> charges = {};                   ///< in order of attempts and names
    std::optional<std::size_t> paid_by = std::nullopt;  ///< the charge that counts as captured
    std::vector<AttemptState> attempts = {};            ///< as the records' attempts
    std::vector<RefundState> refunds = {};              ///< as the records' refunds
    std::vector<std::optional<std::size_t>> refunded_charges = {};  ///< whose money each refund is

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
/// was won. Refunds and lost disputes count within what was captured; what is beyond is a conflict,
/// "refunded"; what does not fit is one until what fits is told of the same charge. Captures are
/// told apart by the gateway's names of the charges: one charge pays, the one that staff asked a
/// refund of, or else the first in order of attempts and names; the others are surplus. Disputes of
/// a charge are told apart by their names, and added up.
[[nodiscard]] PaymentPosition position_of(PaymentRecords const& records);

/// A refund that is owed without being asked for.
struct OwedRefund {
    std::size_t charge;  ///< its place in PaymentPosition::charges
    RefundCause cause;
    std::int64_t amount_minor;
};

/// What has to be asked back from the gateway: what is left of every surplus charge, and if
/// `undelivered` of the captured money.
[[nodiscard]] std::vector<OwedRefund> owed_refunds(PaymentPosition const& position,
                                                   bool undelivered);

/// What of a fact does not fit: "amount", "currency", "merchant", or "transaction" for a refund
/// of the gateway's desk that has no name; empty if all does. `expected` is the amount of what the
/// fact is about: of the attempt's payment or of the refund. Captures, authorizations and refunds
/// that the school knows (`known_refund`) are of the whole of it; others of a part at most.
[[nodiscard]] std::string_view misfit(GatewayFact const& fact, Money expected, bool known_refund,
                                      std::string_view merchant);

}  // namespace eduplat
