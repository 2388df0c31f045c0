#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/gateway_fact.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// How a school gets paid. A gateway's adapter does no I/O: it builds requests, which the host
/// sends, and reads answers. So it can be tested without a network, and a host keeps its own HTTP
/// client, time-outs and proxies.
namespace eduplat {

struct HttpHeader {
    std::string name;
    std::string value;

    friend bool operator==(HttpHeader const&, HttpHeader const&) = default;
};

struct HttpRequest {
    std::string method = "POST";
    std::string url = {};
    std::vector<HttpHeader> headers = {};
    std::string body = {};

    friend bool operator==(HttpRequest const&, HttpRequest const&) = default;
};

struct HttpAnswer {
    int status = 0;  ///< 0: no answer came, and what was asked may have happened
    std::vector<HttpHeader> headers = {};
    std::string body = {};
};

/// What a gateway sent by itself: the headers and the body to the byte, for signatures are over
/// bytes.
struct Webhook {
    std::vector<HttpHeader> headers = {};
    std::string body = {};
};

/// The value of the first header of this name, in any case of letters; nothing if there is none.
[[nodiscard]] inline std::optional<std::string_view> find_header(
    std::vector<HttpHeader> const& headers, std::string_view name) noexcept {
    auto const lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    auto const same = [&](char a, char b) { return lower(a) == lower(b); };
    for (auto const& header : headers) {
        if (std::equal(header.name.begin(), header.name.end(), name.begin(), name.end(), same)) {
            return header.value;
        }
    }
    return std::nullopt;
}

/// A payment to be asked for. Asked for again, it is equal to the byte. Once its order is closed,
/// the buyer may have been erased: then description, payer and return_url are empty, and queries
/// and cancellations go by the reference.
struct PaymentIntent {
    /// Ours, unique for ever, 36 characters: the gateway's idempotency key, and what its answers
    /// and webhooks have to carry.
    std::string reference;
    Money amount;
    std::string description = {};  ///< what the buyer reads on his bill
    std::string payer = {};        ///< the gateway's name of the buyer, where it needs one
    std::string return_url = {};   ///< where the buyer comes back to
    Timestamp expires_at = {};     ///< when the seat is no longer held
};

/// A refund to be asked for. Asked for again, it is equal to the byte.
struct RefundIntent {
    std::string reference;          ///< ours, of the refund; as above
    std::string payment_reference;  ///< ours, of the attempt that was captured
    std::string transaction_id;     ///< the gateway's name of the charge to be paid back
    Money amount;
    Money captured;           ///< of the whole charge
    std::string reason = {};  ///< for the gateway's records: a name of RefundCause
};

/// How a payment begins: with a request for the host to send, or at once with what the buyer has to
/// do, or both.
struct GatewayOpening {
    std::optional<HttpRequest> request = std::nullopt;
    std::optional<BuyerAction> action = std::nullopt;
};

/// What an answer says.
struct GatewayReading {
    enum class Outcome : std::uint8_t {
        unknown,         ///< nothing readable: it may have happened
        read,            ///< `facts` say all there is
        never_received,  ///< the gateway has no payment or refund of this reference
    };

    Outcome outcome = Outcome::unknown;
    std::vector<GatewayFact> facts = {};
};

/// Why a webhook is not to be believed.
enum class WebhookRefusal : std::uint8_t { malformed, not_signed, wrong_signature, too_old };

/// An adapter for one merchant's account at one gateway.
///
/// It turns minor units into what the gateway counts in, whose exponent may differ from ISO 4217's,
/// and back. Which of its requests an answer belongs to, an adapter sees from the answer. For one
/// charge, refund or dispute it always uses one name: GatewayFact::transaction_id.
///
/// How some fit:
/// - Stripe: `begin` makes a payment intent with the reference as Idempotency-Key and in its
///   metadata; the action is the client secret; `Stripe-Signature` is an HMAC over time and body.
/// - WeChat Pay: the reference is out_trade_no; `begin` is a prepay request, its answer a code to
///   show or the parameters of JSAPI (`payer` is the openid); webhooks are decrypted after their
///   RSA signature over time, nonce and body; refunds are known by out_refund_no.
/// - Alipay: `begin` signs a form and needs no request: the action is a redirect; webhooks are
///   form-encoded with a `sign` parameter; `acknowledgment` is "success".
///
/// Thread safety: an implementation is called from any thread, outside any transaction. Everything
/// but `verify` is a pure function of its arguments, and that of its arguments and its keys.
class PaymentGateway {
  public:
    virtual ~PaymentGateway() = default;

    /// A word that never changes: it is stored with payments. 1 to 50 bytes.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    /// To whom facts have to be addressed, where they say; empty: not compared.
    [[nodiscard]] virtual std::string_view merchant() const noexcept { return {}; }

    [[nodiscard]] virtual GatewayOpening begin(PaymentIntent const& intent) const = 0;

    // The rest has to be there only for gateways that can be asked.

    /// Asks what became of it. Nothing, here and below: the gateway has no such request, and its
    /// webhooks or a person tell.
    [[nodiscard]] virtual std::optional<HttpRequest> query(PaymentIntent const& /*intent*/) const {
        return std::nullopt;
    }
    /// Asks to take no money for it any more.
    [[nodiscard]] virtual std::optional<HttpRequest> cancel(PaymentIntent const& /*intent*/) const {
        return std::nullopt;
    }
    /// What an answer to one of the three says.
    [[nodiscard]] virtual GatewayReading read(PaymentIntent const& /*intent*/,
                                              HttpAnswer const& /*answer*/) const {
        return {};
    }

    [[nodiscard]] virtual std::optional<HttpRequest> refund(RefundIntent const& /*intent*/) const {
        return std::nullopt;
    }
    [[nodiscard]] virtual std::optional<HttpRequest> query_refund(
        RefundIntent const& /*intent*/) const {
        return std::nullopt;
    }
    /// What an answer to one of the two says.
    [[nodiscard]] virtual GatewayReading read(RefundIntent const& /*intent*/,
                                              HttpAnswer const& /*answer*/) const {
        return {};
    }

    /// Checks signature and age of a webhook, and only then reads it. Events that are no facts give
    /// none.
    [[nodiscard]] virtual std::variant<std::vector<GatewayFact>, WebhookRefusal> verify(
        Webhook const& webhook, Timestamp now) const = 0;
    /// What the gateway wants to hear after a webhook was taken in.
    [[nodiscard]] virtual HttpAnswer acknowledgment() const { return {.status = 200}; }
};

}  // namespace eduplat
