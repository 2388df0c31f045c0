#pragma once

#include <eduplat/ports/payment_gateway.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::testing {

/// What the fake gateway does with the next payment or refund it is asked for.
enum class FakeOutcome : std::uint8_t {
    approve,          ///< captures, or pays back, at once
    decline,          ///< says no
    require_action,   ///< waits for the buyer: see finish()
    process,          ///< takes its time: see finish()
    time_out_before,  ///< no answer, and nothing happened
    time_out_after,   ///< approves, but the answer gets lost
};

/// A payment gateway in memory: its adapter, and with send() the server that a host would reach by
/// HTTP. It is deterministic and knows nothing but what it was told. What happens is also told by
/// webhooks, signed with HMAC-SHA256, which wait until they are taken.
///
/// Thread safety: all members may be called from any thread.
class FakeGateway final : public PaymentGateway {
  public:
    explicit FakeGateway(std::string name = "fake", std::string secret = "a secret of tests");
    FakeGateway(FakeGateway const&) = delete;
    FakeGateway& operator=(FakeGateway const&) = delete;
    ~FakeGateway() override;

    // -- The server

    /// Does what a request asks for, and answers. The same request twice happens once.
    HttpAnswer send(HttpRequest const& request);

    /// What becomes of the payments, or refunds, that come next, one each; then all are approved.
    void script(std::vector<FakeOutcome> payments);
    void script_refunds(std::vector<FakeOutcome> refunds);

    /// Brings a payment or refund that waits to its end. False if there is none of this reference,
    /// or it has ended.
    bool finish(std::string_view reference, bool success = true);
    /// Takes back a refund that had succeeded.
    bool reverse_refund(std::string_view reference);
    /// Captures a payment that was captured once more, as a charge of its own. False if it was not.
    bool capture_again(std::string_view reference);
    /// Pays back at the gateway's own desk, without being asked by the school.
    bool refund_at_desk(std::string_view reference, Money amount);
    /// Opens a dispute about the first charge of a captured payment that has money and none open,
    /// of all that is there of it or of `amount`; ends the one that was opened first.
    bool open_dispute(std::string_view reference, std::optional<Money> amount = std::nullopt);
    bool close_dispute(std::string_view reference, bool won);

    /// The references of all payments, or refunds, that arrived, in order.
    [[nodiscard]] std::vector<std::string> payment_references() const;
    [[nodiscard]] std::vector<std::string> refund_references() const;
    /// What is left with the gateway of a payment after refunds and lost disputes: minor units.
    [[nodiscard]] std::int64_t held_minor(std::string_view reference) const;

    /// Webhooks since the last call, oldest first, signed as of `now`. Give them on in any order
    /// and as often as you like.
    [[nodiscard]] std::vector<Webhook> take_webhooks(Timestamp now);
    /// A webhook that tells `fact`, true or not, signed as of `now`.
    [[nodiscard]] Webhook webhook(GatewayFact const& fact, Timestamp now) const;

    // -- The adapter

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::string_view merchant() const noexcept override;
    [[nodiscard]] GatewayOpening begin(PaymentIntent const& intent) const override;
    [[nodiscard]] std::optional<HttpRequest> query(PaymentIntent const& intent) const override;
    [[nodiscard]] std::optional<HttpRequest> cancel(PaymentIntent const& intent) const override;
    [[nodiscard]] GatewayReading read(PaymentIntent const& intent,
                                      HttpAnswer const& answer) const override;
    [[nodiscard]] std::optional<HttpRequest> refund(RefundIntent const& intent) const override;
    [[nodiscard]] std::optional<HttpRequest> query_refund(
        RefundIntent const& intent) const override;
    [[nodiscard]] GatewayReading read(RefundIntent const& intent,
                                      HttpAnswer const& answer) const override;
    /// Webhooks older than five minutes are refused.
    [[nodiscard]] std::variant<std::vector<GatewayFact>, WebhookRefusal> verify(
        Webhook const& webhook, Timestamp now) const override;

  private:
    class Server;
    std::string name_;
    std::string secret_;
    std::unique_ptr<Server> server_;
    std::string merchant_;
};

}  // namespace eduplat::testing
