#pragma once

#include <eduplat/core/money.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eduplat {

/// What a gateway can tell of a payment. Facts are never taken back: a payment's state follows from
/// the set of them, in whatever order and however often they come.
enum class GatewayFactKind : std::uint8_t {
    requires_action,
    processing,
    authorized,
    captured,
    declined,  ///< this and the next two: it cannot be paid any more; as long as the buyer may try
    canceled,  ///< again under the same reference, an adapter tells requires_action
    expired,
    refund_pending,
    refund_succeeded,
    refund_failed,
    dispute_opened,
    dispute_won,
    dispute_lost,
};

[[nodiscard]] std::string_view name(GatewayFactKind kind) noexcept;
[[nodiscard]] std::optional<GatewayFactKind> parse_gateway_fact_kind(
    std::string_view text) noexcept;

/// What the buyer has to do before a payment can go on.
struct BuyerAction {
    enum class Kind : std::uint8_t {
        redirect,       ///< open this address
        show_code,      ///< show this text as a code to scan
        client_secret,  ///< hand this to the gateway's own script on the buyer's device
        instructions,   ///< do what this text says
    };

    Kind kind;
    std::string value;

    friend bool operator==(BuyerAction const&, BuyerAction const&) = default;
};

struct GatewayFact {
    GatewayFactKind kind;
    /// Ours: of the attempt, or of the refund. A refund made at the gateway's desk has none of
    /// ours: it names the attempt it takes back.
    std::string reference;
    /// The gateway's own name of the charge; in facts of refunds, of the refund; in facts of
    /// disputes, of the dispute, or of the charge where disputes have no names. It is by these that
    /// two are told from one: in answers and webhooks alike, always the same name for the same
    /// thing. A refund of the gateway's desk must have one.
    std::string transaction_id = {};
    /// Of the whole fact. Needed in facts of money: authorized, captured, refunds and disputes.
    std::optional<Money> amount = std::nullopt;
    std::string merchant = {};  ///< to whom; empty: not told
    std::optional<BuyerAction> action = std::nullopt;
    std::string reason =
        {};  ///< why it was declined or failed, in the gateway's words; a long one is cut
    /// In facts of refunds and disputes: the gateway's name of the charge. Needed only where one
    /// attempt may be captured twice; empty: the attempt's first charge.
    std::string charge_id = {};

    friend bool operator==(GatewayFact const&, GatewayFact const&) = default;
};

}  // namespace eduplat
