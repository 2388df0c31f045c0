// A school that is paid by bank transfer. Its gateway is the host's own: nothing is asked of the
// bank, the buyer is told what to write on the transfer, and the bank's statement comes line by
// line as webhooks, each with an HMAC. A cashier pays back by hand, and the statement shows that
// too.
#include <eduplat/eduplat.hpp>

#include <sodium.h>

#include <array>
#include <cstdio>
#include <sstream>

namespace edu = eduplat;
using namespace edu::literals;

namespace {

std::string hmac(std::string const& text) {
    std::array<unsigned char, crypto_auth_hmacsha256_KEYBYTES> const key{'b', 'a', 'n', 'k'};
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
    crypto_auth_hmacsha256(mac.data(), reinterpret_cast<unsigned char const*>(text.data()),
                           text.size(), key.data());
    std::array<char, 2 * crypto_auth_hmacsha256_BYTES + 1> hex{};
    return sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
}

/// A line of the statement: "in REFERENCE ENTRY 49.00 EUR", or "out ..." for money paid back.
class BankTransfer final : public edu::PaymentGateway {
  public:
    [[nodiscard]] std::string_view name() const noexcept override { return "transfer"; }

    [[nodiscard]] edu::GatewayOpening begin(edu::PaymentIntent const& intent) const override {
        auto const text = "Transfer " + edu::to_string(intent.amount) +
                          " to account 12345 at Example Bank, reference " + intent.reference;
        return {.action = edu::BuyerAction{edu::BuyerAction::Kind::instructions, text}};
    }

    // Nothing more: a bank has nobody to ask, so the statement has to tell.

    [[nodiscard]] std::variant<std::vector<edu::GatewayFact>, edu::WebhookRefusal> verify(
        edu::Webhook const& webhook, edu::Timestamp) const override {
        auto const signature = edu::find_header(webhook.headers, "Bank-Signature");
        if (!signature) return edu::WebhookRefusal::not_signed;
        if (*signature != hmac(webhook.body)) return edu::WebhookRefusal::wrong_signature;
        std::istringstream line{webhook.body};
        std::string direction, reference, entry, amount, currency;
        if (!(line >> direction >> reference >> entry >> amount >> currency)) {
            return edu::WebhookRefusal::malformed;
        }
        return std::vector{edu::GatewayFact{
            .kind = direction == "in" ? edu::GatewayFactKind::captured
                                      : edu::GatewayFactKind::refund_succeeded,
            .reference = reference,
            .transaction_id = entry,
            .amount = edu::parse_money(amount, edu::Currency::from_code(currency))}};
    }
};

edu::Webhook statement(std::string const& line) {
    return {.headers = {{"Bank-Signature", hmac(line)}}, .body = line};
}

}  // namespace

int main() try {
    auto school =
        edu::Platform::open({.path = "school.db", .gateways = {std::make_shared<BankTransfer>()}});
    auto const host = edu::Actor::system();
    auto& accounts = school.accounts();
    auto const ben =
        accounts.register_user(host, {.email = "ben@example.org", .display_name = "Ben"});
    auto const cpp =
        school.courses().create(host, {.title = {{"en", "C++ by example"}}, .price = 49'00_eur});
    school.courses().add_lecture(host,
                                 {.course = cpp.id,
                                  .title = {{"en", "RAII"}},
                                  .items = {edu::Video{.duration = std::chrono::minutes{12}}}});
    school.courses().publish(host, {.course = cpp.id});

    auto& payments = school.payments();
    auto const step =
        payments.checkout(edu::Actor{ben.id}, {.course = cpp.id, .idempotency_key = "order-1"});
    std::printf("%s\n", step.action->value.c_str());
    auto const& text = step.action->value;
    auto const reference = text.substr(text.rfind(' ') + 1);

    // The day after, the statement comes. It may come twice: it counts once.
    auto const paid = statement("in " + reference + " entry-1 49.00 EUR");
    payments.webhook("transfer", paid);
    payments.webhook("transfer", paid);
    auto const show = [&](char const* when) {
        auto const payment = payments.get_payment(host, step.payment);
        std::printf("%s: %s, paid %s, paid back %s\n", when,
                    std::string{edu::name(payment.order_state)}.c_str(),
                    edu::to_string(payment.captured).c_str(),
                    edu::to_string(payment.refunded).c_str());
    };
    show("after the transfer");

    // The cashier pays back by hand; the statement names the transfer that goes back.
    payments.webhook("transfer", statement("out " + reference + " entry-2 49.00 EUR"));
    show("after the refund");
    return payments.reconcile(host).sound() ? 0 : 1;
} catch (edu::Error const& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
