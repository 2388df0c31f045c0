#include "testing/fake_gateway_server.hpp"

#include <eduplat/core/error.hpp>

#include <sodium.h>

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace eduplat::testing {
namespace {

constexpr std::string_view signature_header = "Fake-Signature";
constexpr std::chrono::minutes webhook_age_max{5};

using Mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

unsigned char const* raw(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

Mac mac_of(std::string_view secret, std::string_view time, std::string_view body) {
    static bool const ready = sodium_init() >= 0;
    if (!ready) throw Error{ErrorCode::internal, "libsodium cannot be initialized"};
    crypto_auth_hmacsha256_state state{};
    crypto_auth_hmacsha256_init(&state, raw(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, raw(time), time.size());
    crypto_auth_hmacsha256_update(&state, raw("."), 1);
    crypto_auth_hmacsha256_update(&state, raw(body), body.size());
    Mac mac{};
    crypto_auth_hmacsha256_final(&state, mac.data());
    return mac;
}

std::string hex(Mac const& mac) {
    std::string text(2 * mac.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), mac.data(), mac.size());
    text.pop_back();  // the zero at its end
    return text;
}

std::string seconds_of(Timestamp at) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

HttpRequest request(std::string_view path, Form const& form) {
    return {.method = "POST",
            .url = std::string{fake_address} + std::string{path},
            .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
            .body = write_form(form)};
}

GatewayReading read_answer(HttpAnswer const& answer) {
    using Outcome = GatewayReading::Outcome;
    if (answer.status == 404) return {.outcome = Outcome::never_received};
    if (answer.status != 200) return {};
    auto fact = read_fact(answer.body);
    if (!fact) return {};
    return {.outcome = Outcome::read, .facts = {*std::move(fact)}};
}

}  // namespace

FakeGateway::FakeGateway(std::string name, std::string secret)
    : name_(std::move(name)),
      secret_(std::move(secret)),
      server_(std::make_unique<Server>("merchant-of-" + name_)),
      merchant_("merchant-of-" + name_) {}
FakeGateway::~FakeGateway() = default;

HttpAnswer FakeGateway::send(HttpRequest const& request) {
    return server_->send(request);
}

void FakeGateway::script(std::vector<FakeOutcome> payments) {
    std::lock_guard const lock{server_->mutex};
    server_->payment_script.assign(payments.begin(), payments.end());
}

void FakeGateway::script_refunds(std::vector<FakeOutcome> refunds) {
    std::lock_guard const lock{server_->mutex};
    server_->refund_script.assign(refunds.begin(), refunds.end());
}

bool FakeGateway::finish(std::string_view reference, bool success) {
    std::lock_guard const lock{server_->mutex};
    return server_->finish(std::string{reference}, success);
}

bool FakeGateway::reverse_refund(std::string_view reference) {
    std::lock_guard const lock{server_->mutex};
    return server_->reverse_refund(std::string{reference});
}

bool FakeGateway::refund_at_desk(std::string_view reference, Money amount) {
    std::lock_guard const lock{server_->mutex};
    return server_->refund_at_desk(std::string{reference}, amount);
}

bool FakeGateway::capture_again(std::string_view reference) {
    std::lock_guard const lock{server_->mutex};
    return server_->capture_again(std::string{reference});
}

bool FakeGateway::open_dispute(std::string_view reference, std::optional<Money> amount) {
    std::lock_guard const lock{server_->mutex};
    return server_->open_dispute(std::string{reference}, amount);
}

bool FakeGateway::close_dispute(std::string_view reference, bool won) {
    std::lock_guard const lock{server_->mutex};
    return server_->close_dispute(std::string{reference}, won);
}

std::vector<std::string> FakeGateway::payment_references() const {
    std::lock_guard const lock{server_->mutex};
    return server_->payments();
}

std::vector<std::string> FakeGateway::refund_references() const {
    std::lock_guard const lock{server_->mutex};
    return server_->refunds();
}

std::int64_t FakeGateway::held_minor(std::string_view reference) const {
    std::lock_guard const lock{server_->mutex};
    return server_->held_minor(std::string{reference});
}

std::vector<Webhook> FakeGateway::take_webhooks(Timestamp now) {
    std::lock_guard const lock{server_->mutex};
    std::vector<Webhook> webhooks;
    for (auto const& fact : std::exchange(server_->news, {}))
        webhooks.push_back(webhook(fact, now));
    return webhooks;
}

Webhook FakeGateway::webhook(GatewayFact const& fact, Timestamp now) const {
    auto body = write_fact(fact);
    auto const time = seconds_of(now);
    auto const mac = mac_of(secret_, time, body);
    return {.headers = {{std::string{signature_header}, "t=" + time + ",v1=" + hex(mac)}},
            .body = std::move(body)};
}

std::string_view FakeGateway::name() const noexcept {
    return name_;
}

std::string_view FakeGateway::merchant() const noexcept {
    return merchant_;
}

GatewayOpening FakeGateway::begin(PaymentIntent const& intent) const {
    return {.request =
                request("payments", {{"reference", intent.reference},
                                     {"amount", std::to_string(intent.amount.minor_units())},
                                     {"currency", std::string{intent.amount.currency().code()}},
                                     {"description", intent.description},
                                     {"payer", intent.payer},
                                     {"return_url", intent.return_url}})};
}

std::optional<HttpRequest> FakeGateway::query(PaymentIntent const& intent) const {
    return request("payments/query", {{"reference", intent.reference}});
}

std::optional<HttpRequest> FakeGateway::cancel(PaymentIntent const& intent) const {
    return request("payments/cancel", {{"reference", intent.reference}});
}

GatewayReading FakeGateway::read(PaymentIntent const& /*intent*/, HttpAnswer const& answer) const {
    return read_answer(answer);
}

std::optional<HttpRequest> FakeGateway::refund(RefundIntent const& intent) const {
    return request("refunds", {{"reference", intent.reference},
                               {"payment", intent.payment_reference},
                               {"charge", intent.transaction_id},
                               {"amount", std::to_string(intent.amount.minor_units())},
                               {"currency", std::string{intent.amount.currency().code()}}});
}

std::optional<HttpRequest> FakeGateway::query_refund(RefundIntent const& intent) const {
    return request("refunds/query", {{"reference", intent.reference}});
}

GatewayReading FakeGateway::read(RefundIntent const& /*intent*/, HttpAnswer const& answer) const {
    return read_answer(answer);
}

std::variant<std::vector<GatewayFact>, WebhookRefusal> FakeGateway::verify(Webhook const& webhook,
                                                                           Timestamp now) const {
    auto const signature = find_header(webhook.headers, signature_header);
    if (!signature) return WebhookRefusal::not_signed;
    auto const comma = signature->find(",v1=");
    if (!signature->starts_with("t=") || comma == std::string_view::npos) {
        return WebhookRefusal::wrong_signature;
    }
    auto const time = signature->substr(2, comma - 2);
    auto const given = signature->substr(comma + 4);
    auto const expected = hex(mac_of(secret_, time, webhook.body));
    bool const same = given.size() == expected.size() &&
                      sodium_memcmp(given.data(), expected.data(), expected.size()) == 0;
    if (!same) return WebhookRefusal::wrong_signature;
    std::int64_t seconds = 0;
    std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (now - Timestamp{std::chrono::seconds{seconds}} > webhook_age_max) {
        return WebhookRefusal::too_old;
    }
    auto fact = read_fact(webhook.body);
    if (!fact) return WebhookRefusal::malformed;
    return std::vector<GatewayFact>{*std::move(fact)};
}

}  // namespace eduplat::testing
