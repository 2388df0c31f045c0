#include "payments_fixture.hpp"

#include <stdexcept>
#include <variant>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

/// An adapter that lacks some of the requests, or is broken.
struct PartialGateway final : PaymentGateway {
    explicit PartialGateway(testing::FakeGateway& whole) : inner(whole) {}

    [[nodiscard]] std::string_view name() const noexcept override { return inner.name(); }
    [[nodiscard]] GatewayOpening begin(PaymentIntent const& intent) const override {
        return inner.begin(intent);
    }
    [[nodiscard]] std::optional<HttpRequest> query(PaymentIntent const& intent) const override {
        if (breaks) throw std::runtime_error{"it is broken"};
        return can_query ? inner.query(intent) : std::nullopt;
    }
    [[nodiscard]] std::optional<HttpRequest> cancel(PaymentIntent const& intent) const override {
        return can_cancel ? inner.cancel(intent) : std::nullopt;
    }
    [[nodiscard]] GatewayReading read(PaymentIntent const& intent,
                                      HttpAnswer const& answer) const override {
        return inner.read(intent, answer);
    }
    [[nodiscard]] std::optional<HttpRequest> refund(RefundIntent const& intent) const override {
        reasons.push_back(intent.reason);
        return inner.refund(intent);
    }
    [[nodiscard]] std::optional<HttpRequest> query_refund(
        RefundIntent const& intent) const override {
        return can_query ? inner.query_refund(intent) : std::nullopt;
    }
    [[nodiscard]] GatewayReading read(RefundIntent const& intent,
                                      HttpAnswer const& answer) const override {
        return inner.read(intent, answer);
    }
    [[nodiscard]] std::variant<std::vector<GatewayFact>, WebhookRefusal> verify(
        Webhook const& webhook, Timestamp now) const override {
        return inner.verify(webhook, now);
    }

    testing::FakeGateway& inner;
    bool can_query = true;
    bool can_cancel = true;
    bool breaks = false;
    mutable std::vector<std::string> reasons;
};

struct PartialSchool : PaymentSchool {
    PartialSchool() { use({&partial}); }

    void use(std::vector<PaymentGateway const*> gateways) {
        auto all = dependencies();
        all.gateways = std::move(gateways);
        payments.emplace(all);
    }

    /// The paths of all requests that are due, which are sent and answered.
    std::vector<std::string> answer_due() {
        std::vector<std::string> paths;
        for (auto const& due : payments->due()) {
            paths.push_back(due.request.url.substr(due.request.url.find(".org/") + 5));
            bool const lost = !lose.empty() && due.request.url.ends_with(lose);
            auto const answer = send(due.request);
            payments->answer(due, lost ? HttpAnswer{.status = 502} : answer);
        }
        return paths;
    }

    /// An order whose buyer still has to do something.
    PaymentStep waiting(Actor const& buyer, std::string key = "order-1") {
        gateway.script({FakeOutcome::require_action});
        return finish(payments->checkout(buyer, order(std::move(key))));
    }

    bool asked_for(std::vector<DueRequest> const& all, PaymentId payment) {
        return std::any_of(all.begin(), all.end(), [&](auto const& due) {
            return due.about == std::variant<PaymentId, RefundId>{payment};
        });
    }

    PartialGateway partial{gateway};
    std::string lose = {};  ///< answers to such requests get lost
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(PartialSchool, "an attempt of an order that is over is asked after, as one can",
                 "[payments]") {
    auto const step = waiting(ben);
    SECTION("the gateway has no cancellation") {
        partial.can_cancel = false;
    }
    SECTION("the gateway does not answer it") {
        lose = "cancel";
    }
    clock.advance(30min);
    Jobs{dependencies()}.run_due(Actor::system(), 1s);
    REQUIRE(get(step.payment).order_state == OrderState::expired);
    CHECK(reconciled().unsettled == std::vector{step.payment});
    // It is paid, and no webhook comes.
    REQUIRE(gateway.finish(gateway.payment_references().front()));
    for (int i = 0; i < 2; ++i) {
        clock.advance(6h);
        answer_due();
    }
    CHECK(get(step.payment).order_state == OrderState::fulfilled);
    CHECK(reconciled().unsettled.empty());
    clock.advance(24h);
    CHECK(payments->due().empty());
}

TEST_CASE_METHOD(PartialSchool, "a canceled attempt is canceled and asked after in turn",
                 "[payments]") {
    auto const step = waiting(ben);
    lose = "cancel";
    // The answer to this is lost too.
    static_cast<void>(payments->cancel(ben, step.payment));
    clock.advance(6h);
    CHECK(answer_due() == Paths{"payments/query"});
    clock.advance(6h);
    CHECK(answer_due() == Paths{"payments/cancel"});
    clock.advance(6h);
    CHECK(answer_due() == Paths{"payments/query"});
    CHECK(get(step.payment).state == PaymentState::canceled);
}

TEST_CASE_METHOD(PartialSchool, "one gateway that cannot be asked is not in the way of others",
                 "[payments]") {
    use({&gateway, &other_gateway});
    Actor const ann{learner("ann").id};
    auto const here = payments->checkout(ben, order());
    auto elsewhere_order = order();
    elsewhere_order.gateway = "other";
    auto const elsewhere = payments->checkout(ann, elsewhere_order);
    // Both are heard of, so that their ends are asked for.
    payments->answer(here.payment, {.status = 500});
    payments->answer(elsewhere.payment, {.status = 500});
    clock.advance(1min);
    SECTION("it is missing") {
        use({&other_gateway});
    }
    SECTION("its adapter throws") {
        partial.breaks = true;
        use({&partial, &other_gateway});
    }
    auto const due = payments->due();
    REQUIRE(due.size() == 1);
    CHECK(asked_for(due, elsewhere.payment));
    CHECK(log.lines().size() == 1);
    // It comes again a minute later.
    use({&gateway, &other_gateway});
    CHECK(payments->due().empty());
    clock.advance(1min);
    CHECK(asked_for(payments->due(), here.payment));
}

TEST_CASE_METHOD(PartialSchool, "another payment's answer changes nothing", "[payments]") {
    Actor const ann{learner("ann").id};
    auto const step = waiting(ben);
    auto const other = payments->checkout(ann, order());
    auto const before = get(step.payment);
    auto const answer = send(*other.request);
    CHECK(refusal([&] { return payments->answer(step.payment, answer); }) ==
          invalid("payment", "mismatch"));
    CHECK(get(step.payment) == before);
    CHECK(payments->answer(other.payment, answer).state == PaymentState::captured);
}

TEST_CASE_METHOD(PartialSchool, "a conflict ends with a capture that fits", "[payments]") {
    auto const step = waiting(ben);
    auto const reference = gateway.payment_references().front();
    auto const wrong = gateway.webhook({.kind = GatewayFactKind::captured,
                                        .reference = reference,
                                        .transaction_id = "less",
                                        .amount = 48'00_eur},
                                       clock.now());
    CHECK(refusal([&] { return payments->webhook("fake", wrong); }) ==
          invalid("amount", "mismatch"));
    REQUIRE(get(step.payment).state == PaymentState::conflicted);
    REQUIRE(gateway.finish(reference));
    SECTION("which is found by itself") {
        clock.advance(6h);
        answer_due();
    }
    SECTION("which staff asks for") {
        CHECK_FALSE(payments->next_step(ben, step.payment).request);
        finish(payments->next_step(*admin, step.payment));
    }
    CHECK(get(step.payment).state == PaymentState::captured);
    CHECK(get(step.payment).order_state == OrderState::fulfilled);
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(PartialSchool, "a refund whose outcome is unknown is asked after first",
                 "[payments]") {
    auto const step = sell(ben);
    auto const outcome = GENERATE(FakeOutcome::time_out_after, FakeOutcome::time_out_before);
    gateway.script_refunds({outcome});
    auto const refund = pay_back(step.payment);
    CHECK(refund.state == RefundState::requested);
    CHECK(payments->due().empty());
    clock.advance(1min);
    CHECK(answer_due() == Paths{"refunds/query"});
    if (outcome == FakeOutcome::time_out_before) {
        // It never arrived, and is asked for anew.
        CHECK(answer_due() == Paths{"refunds"});
    }
    CHECK(get(step.payment).refunded == 49'00_eur);
    CHECK(gateway.refund_references().size() == 1);
    clock.advance(24h);
    CHECK(payments->due().empty());
}

TEST_CASE_METHOD(PartialSchool, "a refund that cannot be asked after is asked for again",
                 "[payments]") {
    auto const step = sell(ben);
    partial.can_query = false;
    gateway.script_refunds({FakeOutcome::time_out_before});
    pay_back(step.payment);
    clock.advance(1min);
    CHECK(answer_due() == Paths{"refunds"});
    CHECK(get(step.payment).refunded == 49'00_eur);
}

TEST_CASE_METHOD(PartialSchool,
                 "a refund that the gateway forgot is asked for anew, at most once "
                 "for each time it is asked after",
                 "[payments]") {
    auto const step = sell(ben);
    gateway.script_refunds({FakeOutcome::process});
    REQUIRE(pay_back(step.payment).state == RefundState::pending);
    auto const refund = payments->refunds(ben, step.payment).items.front().id;
    // Once for what asks for it, which is no reason to ask for it again at once.
    clock.advance(1min);
    auto due = payments->due();
    REQUIRE(due.size() == 1);
    payments->answer(due.front(), {.status = 404});
    due = payments->due();
    REQUIRE(due.size() == 1);
    CHECK(due.front().request.url.ends_with("refunds"));
    CHECK_FALSE(payments->answer(refund, {.status = 404}).request);
    CHECK(payments->due().empty());
}

TEST_CASE_METHOD(PartialSchool, "a declined attempt is looked after for a day", "[payments]") {
    gateway.script({FakeOutcome::decline});
    auto const step = finish(payments->checkout(ben, order()));
    REQUIRE(step.attempt == AttemptState::declined);
    clock.advance(1h - 1us);
    CHECK(payments->due().empty());
    clock.advance(1us);
    CHECK(answer_due() == Paths{"payments/query"});
    CHECK(answer_due().empty());
    std::size_t looks = 0;
    for (int i = 0; i < 20; ++i) {
        clock.advance(6h);
        looks += answer_due().size();
    }
    CHECK(looks >= 3);
    CHECK(looks <= 5);
}

TEST_CASE_METHOD(PartialSchool, "when another attempt begins, the one before is canceled",
                 "[payments]") {
    gateway.script({FakeOutcome::decline});
    auto const step = finish(payments->checkout(ben, order()));
    auto const first = gateway.payment_references().front();
    finish(payments->next_step(ben, step.payment));
    auto const due = payments->due();
    REQUIRE(due.size() == 1);
    CHECK(due.front().reference == first);
    CHECK(due.front().request.url.ends_with("payments/cancel"));
    CHECK(due.front().request.body.find(first) != std::string::npos);
    // Its answer is read as its own.
    payments->answer(due.front(), send(due.front().request));
    CHECK(get(step.payment).order_state == OrderState::fulfilled);
}

TEST_CASE_METHOD(PartialSchool, "two gateways may call two charges the same", "[payments]") {
    use({&gateway, &other_gateway});
    Actor const ann{learner("ann").id};
    sell(ben);
    auto elsewhere = order();
    elsewhere.gateway = "other";
    auto const step = payments->checkout(ann, elsewhere);
    auto const paid = payments->answer(step.payment, other_gateway.send(*step.request));
    CHECK(paid.order_state == OrderState::fulfilled);
    CHECK(reconciled().conflicted.empty());
}

TEST_CASE_METHOD(PartialSchool, "gateways are told why by a word of the library's", "[payments]") {
    auto const step = sell(ben);
    static_cast<void>(payments->refund(
        *admin,
        {.payment = step.payment, .idempotency_key = "refund-1", .reason = "Ben has moved"}));
    CHECK(partial.reasons == std::vector<std::string>{"asked"});
}
