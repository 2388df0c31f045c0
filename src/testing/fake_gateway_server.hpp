#pragma once

#include "testing/form.hpp"

#include <eduplat/testing/fake_gateway.hpp>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::testing {

inline constexpr std::string_view fake_address = "https://gateway.example.org/";

/// A fact as a body. Empty fields are left out.
[[nodiscard]] std::string write_fact(GatewayFact const& fact);
/// Nothing for a malformed one.
[[nodiscard]] std::optional<GatewayFact> read_fact(std::string_view body);

/// What the fake gateway knows, and does.
class FakeGateway::Server {
  public:
    explicit Server(std::string merchant) : merchant_(std::move(merchant)) {}

    HttpAnswer send(HttpRequest const& request);

    std::mutex mutex;
    std::deque<FakeOutcome> payment_script;
    std::deque<FakeOutcome> refund_script;
    std::vector<GatewayFact> news;  ///< what webhooks have to tell

    bool finish(std::string const& reference, bool success);
    bool reverse_refund(std::string const& reference);
    bool refund_at_desk(std::string const& reference, Money amount);
    bool capture_again(std::string const& reference);
    bool open_dispute(std::string const& reference, std::optional<Money> amount);
    bool close_dispute(std::string const& reference, bool won);

    [[nodiscard]] std::vector<std::string> const& payments() const noexcept {
        return payment_order_;
    }
    [[nodiscard]] std::vector<std::string> const& refunds() const noexcept { return refund_order_; }
    [[nodiscard]] std::int64_t held_minor(std::string const& reference) const;

  private:
    /// Of one payment there is more than one charge only where the buyer paid twice.
    struct Charge {
        std::string id;
        std::int64_t held_minor = 0;
        std::string dispute = {};  ///< the open one
        std::int64_t disputed_minor = 0;
    };
    struct Payment {
        Money amount;
        GatewayFactKind state;
        std::vector<Charge> charges = {};  ///< one at least
    };
    struct Refund {
        std::string payment;
        std::size_t charge;  ///< its place
        Money amount;
        std::string id;
        GatewayFactKind state;
    };

    HttpAnswer begin(Form const& form);
    HttpAnswer begin_refund(Form const& form);
    HttpAnswer cancel(std::string const& reference);
    HttpAnswer tell_payment(std::string const& reference);
    HttpAnswer tell_refund(std::string const& reference);

    void capture(std::string const& reference);
    bool pay_back(std::string const& reference);
    [[nodiscard]] GatewayFact fact_of(std::string const& reference, std::size_t charge = 0) const;
    [[nodiscard]] GatewayFact refund_fact(std::string const& reference) const;
    [[nodiscard]] GatewayFact dispute_fact(std::string const& reference, Charge const& charge,
                                           GatewayFactKind kind) const;
    [[nodiscard]] std::string new_id(std::string_view prefix);

    std::string merchant_;
    std::map<std::string, Payment, std::less<>> payments_;
    std::map<std::string, Refund, std::less<>> refunds_;
    std::vector<std::string> payment_order_;
    std::vector<std::string> refund_order_;
    int serial_ = 0;
};

}  // namespace eduplat::testing
