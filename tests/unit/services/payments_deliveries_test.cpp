#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;
using enum GatewayFactKind;

namespace {

/// A gateway that tells what it is told to, in one delivery.
class Teller final : public PaymentGateway {
  public:
    using PaymentGateway::read;

    [[nodiscard]] std::string_view name() const noexcept override { return "teller"; }
    [[nodiscard]] GatewayOpening begin(PaymentIntent const& /*intent*/) const override {
        return {.request = HttpRequest{.url = "https://teller.example.org"}};
    }
    [[nodiscard]] GatewayReading read(PaymentIntent const& /*intent*/,
                                      HttpAnswer const& /*answer*/) const override {
        return {.outcome = GatewayReading::Outcome::read, .facts = facts};
    }
    [[nodiscard]] std::variant<std::vector<GatewayFact>, WebhookRefusal> verify(
        Webhook const& /*webhook*/, Timestamp /*now*/) const override {
        return facts;
    }

    std::vector<GatewayFact> facts;
};

struct Told : PaymentSchool {
    Told() {
        auto all = dependencies();
        all.gateways = {&teller, &gateway};
        payments.emplace(all);
        payment = payments->checkout(ben, order()).payment;
        other = payments->checkout(ann, order()).payment;
    }

    GatewayFact fact(PaymentId about, GatewayFactKind kind, Money amount = 49'00_eur) {
        static constexpr storage::Sql sql =
            "SELECT reference FROM payment_attempts WHERE payment_id = ?1";
        auto const reference = storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql, about);
            row.step();
            return row.string(0);
        });
        return {.kind = kind,
                .reference = reference,
                .transaction_id = "charge-" + std::to_string(about.value()),
                .amount = amount};
    }

    WebhookReceipt deliver(std::vector<GatewayFact> facts) {
        teller.facts = std::move(facts);
        return payments->webhook("teller", {});
    }

    Teller teller;
    Actor ann{learner("ann").id};
    PaymentId payment{0};
    PaymentId other{0};
};

}  // namespace

TEST_CASE_METHOD(Told, "what fits of a delivery counts, whatever else is in it", "[payments]") {
    auto bad = fact(payment, refund_succeeded, 1'00_eur);
    bad.transaction_id.clear();
    std::vector<GatewayFact> const facts{bad, fact(payment, captured), fact(other, captured)};
    auto const expected =
        Refusal{ErrorCode::invalid_argument, {"transaction", "mismatch", std::nullopt}};
    SECTION("by a webhook") {
        for (int i = 0; i < 2; ++i)
            CHECK(refusal([&] { return deliver(facts); }) == expected);
        CHECK(get(other).state == PaymentState::captured);
    }
    SECTION("by an answer") {
        teller.facts = {bad, fact(payment, captured)};
        CHECK(refusal([&] { return payments->answer(payment, HttpAnswer{.status = 200}); }) ==
              expected);
    }
    CHECK(get(payment).state == PaymentState::captured);
    CHECK(get(payment).conflict == "transaction");
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(Told, "what a webhook tells of others' payments is passed over", "[payments]") {
    auto foreign = fact(payment, captured);
    foreign.reference = "of another shop";
    auto const receipt = deliver({foreign, fact(payment, captured)});
    CHECK(receipt.facts == 2);
    CHECK(receipt.news == 1);
    CHECK(get(payment).state == PaymentState::captured);
    CHECK(refusal([&] { return deliver({foreign, foreign}); }) == missing("payment"));
    // Another gateway's payment is none of this one's.
    Actor const max{learner("max").id};
    auto request = order();
    request.gateway = "fake";
    auto const of_fake = payments->checkout(max, request).payment;
    CHECK(deliver({fact(other, captured), fact(of_fake, captured)}).news == 1);
    CHECK(get(other).state == PaymentState::captured);
    CHECK(get(of_fake).state == PaymentState::created);
    CHECK(deliver({}).facts == 0);
}

TEST_CASE_METHOD(Told, "long words of a gateway are cut or refused", "[payments]") {
    auto said = fact(payment, declined);
    SECTION("a reason as long as may be") {
        auto const length =
            GENERATE(limits::gateway_reason_bytes_max - 1, limits::gateway_reason_bytes_max);
        said.reason = std::string(length, 'x');
        deliver({said});
        CHECK(get(payment).failure == said.reason);
    }
    SECTION("a longer one") {
        said.reason = std::string(limits::gateway_reason_bytes_max + 1, 'x');
        deliver({said});
        CHECK(get(payment).failure == std::string(limits::gateway_reason_bytes_max, 'x'));
    }
    SECTION("no character is cut in two") {
        said.reason = std::string(limits::gateway_reason_bytes_max - 1, 'x') + "\u00fc";
        deliver({said});
        CHECK(get(payment).failure == std::string(limits::gateway_reason_bytes_max - 1, 'x'));
    }
    SECTION("no text") {
        said.reason = "\xff";
        deliver({said});
        CHECK(get(payment).state == PaymentState::failed);
        CHECK(get(payment).failure.empty());
    }
    SECTION("a name as long as may be") {
        auto const length =
            GENERATE(limits::gateway_word_bytes_max - 1, limits::gateway_word_bytes_max);
        said.transaction_id = std::string(length, 'x');
        CHECK(deliver({said}).news == 1);
    }
    SECTION("a longer one, or no text") {
        auto const name =
            GENERATE(std::string(limits::gateway_word_bytes_max + 1, 'x'), std::string("\xff"));
        for (auto* const field : {&said.transaction_id, &said.charge_id, &said.merchant}) {
            *field = name;
            CHECK(refusal([&] { return deliver({said}); }) == invalid("body", "malformed"));
            // Of an answer nobody knows what it was to say.
            CHECK(payments->answer(payment, HttpAnswer{.status = 200}).attempt ==
                  AttemptState::unknown);
            field->clear();
        }
    }
}

TEST_CASE_METHOD(Told, "an answer that is longer than a webhook may be is not read", "[payments]") {
    teller.facts = {fact(payment, captured)};
    HttpAnswer answer{.status = 200, .body = std::string(limits::webhook_bytes_max + 1, 'x')};
    CHECK(payments->answer(payment, answer).attempt == AttemptState::unknown);
    answer.body.pop_back();
    CHECK(payments->answer(payment, answer).state == PaymentState::captured);
}
