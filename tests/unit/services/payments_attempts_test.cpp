#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

TEST_CASE_METHOD(PaymentSchool, "after a decline another attempt may be made, ten in all",
                 "[payments]") {
    gateway.script(std::vector<FakeOutcome>(10, FakeOutcome::decline));
    auto step = finish(payments->checkout(ben, order()));
    CHECK(step.state == PaymentState::failed);
    CHECK(step.attempt == AttemptState::declined);
    CHECK(get(step.payment).failure == "insufficient_funds");
    // To ask again by the same key is no new attempt.
    CHECK_FALSE(payments->checkout(ben, order()).request);
    for (int i = 2; i <= limits::payment_attempts_max; ++i) {
        step = finish(payments->next_step(ben, step.payment));
        CHECK(step.state == PaymentState::failed);
    }
    CHECK(gateway.payment_references().size() == 10);
    CHECK(refusal([&] { return payments->next_step(ben, step.payment); }) ==
          Refusal{ErrorCode::resource_exhausted,
                  {"attempts", "too_many", limits::payment_attempts_max}});
}

TEST_CASE_METHOD(PaymentSchool, "a second attempt that succeeds pays", "[payments]") {
    gateway.script({FakeOutcome::decline});
    auto step = finish(payments->checkout(ben, order()));
    step = payments->next_step(ben, step.payment);
    CHECK(step.state == PaymentState::created);
    CHECK(finish(step).order_state == OrderState::fulfilled);
    CHECK(get(step.payment).failure.empty());
    CHECK(books() == sold_books);
}

TEST_CASE_METHOD(PaymentSchool, "an attempt without an answer is unknown, and never doubled",
                 "[payments]") {
    auto const outcome = GENERATE(FakeOutcome::time_out_before, FakeOutcome::time_out_after);
    gateway.script({outcome});
    auto step = finish(payments->checkout(ben, order()));
    CHECK(step.attempt == AttemptState::unknown);
    CHECK(step.state == PaymentState::created);
    CHECK_FALSE(has_access(ben.user()));

    SECTION("it is asked after by the buyer's next step") {
        step = finish(payments->next_step(ben, step.payment));
    }
    SECTION("or by the same key") {
        step = finish(payments->checkout(ben, order()));
    }
    SECTION("or by what is due, and the buyer") {
        clock.advance(1min);
        auto const due = payments->due();
        REQUIRE(due.size() == 1);
        payments->answer(due.front(), send(due.front().request));
        step = finish(payments->next_step(ben, step.payment));
    }
    SECTION("or told by a webhook, and the buyer") {
        deliver_webhooks();
        step = finish(payments->next_step(ben, step.payment));
    }
    CHECK(step.state == PaymentState::captured);
    CHECK(gateway.payment_references().size() == 1);
    CHECK(books() == sold_books);
}

TEST_CASE_METHOD(PaymentSchool, "an answer that cannot be read leaves the outcome unknown",
                 "[payments]") {
    auto const step = payments->checkout(ben, order());
    for (int const status : {500, 502, 200}) {
        auto const after = payments->answer(step.payment, {.status = status, .body = "<html>"});
        CHECK(after.attempt == AttemptState::unknown);
        CHECK_FALSE(after.request);
    }
    CHECK(finish(payments->next_step(ben, step.payment)).state == PaymentState::captured);
}

TEST_CASE_METHOD(PaymentSchool, "a buyer who has something to do is told, as often as he asks",
                 "[payments]") {
    gateway.script({FakeOutcome::require_action});
    auto step = finish(payments->checkout(ben, order()));
    CHECK(step.state == PaymentState::requires_action);
    CHECK(step.attempt == AttemptState::sent);
    REQUIRE(step.action);
    CHECK(step.action->kind == BuyerAction::Kind::redirect);
    auto const again = finish(payments->next_step(ben, step.payment));
    CHECK(again.action == step.action);
    CHECK(gateway.payment_references().size() == 1);

    REQUIRE(gateway.finish(gateway.payment_references().front()));
    deliver_webhooks();
    CHECK(get(step.payment).state == PaymentState::captured);
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(PaymentSchool, "a canceled order is canceled at the gateway too", "[payments]") {
    gateway.script({FakeOutcome::require_action});
    auto const step = finish(payments->checkout(ben, order()));
    auto canceled = payments->cancel(ben, step.payment);
    CHECK(canceled.order_state == OrderState::canceled);
    CHECK(canceled.state == PaymentState::canceled);
    CHECK(seats_taken(storage, course) == 0);
    REQUIRE(canceled.request);
    canceled = finish(canceled);
    CHECK(canceled.attempt == AttemptState::declined);
    CHECK_FALSE(gateway.finish(gateway.payment_references().front()));
    CHECK_FALSE(payments->cancel(ben, step.payment).request);
    CHECK_FALSE(payments->next_step(ben, step.payment).request);
}

TEST_CASE_METHOD(PaymentSchool, "what is paid cannot be canceled", "[payments]") {
    auto const step = sell(ben);
    CHECK(refusal([&] { return payments->cancel(ben, step.payment); }) ==
          precondition("state", "fulfilled"));
}

TEST_CASE_METHOD(PaymentSchool, "an attempt of a canceled order that never arrived is over",
                 "[payments]") {
    gateway.script({FakeOutcome::time_out_before});
    auto const step = finish(payments->checkout(ben, order()));
    // For an hour it may still be on its way.
    auto const canceled = finish(payments->cancel(ben, step.payment));
    CHECK(canceled.attempt == AttemptState::unknown);
    CHECK(reconciled().unsettled == std::vector{step.payment});
    clock.advance(1h - 1us);
    CHECK(finish(payments->cancel(ben, step.payment)).attempt == AttemptState::unknown);
    clock.advance(1us);
    CHECK(finish(payments->cancel(ben, step.payment)).attempt == AttemptState::declined);
    CHECK(reconciled().unsettled.empty());
    settle();
    CHECK(payments->due().empty());
}

TEST_CASE_METHOD(PaymentSchool, "what is due is due again only later, ever more seldom",
                 "[payments]") {
    auto const step = payments->checkout(ben, order());
    clock.advance(1min - 1us);
    CHECK(payments->due().empty());
    clock.advance(1us);
    CHECK(payments->due().size() == 1);
    CHECK(payments->due().empty());
    clock.advance(1min);
    CHECK(payments->due().size() == 1);
    clock.advance(1min);
    CHECK(payments->due().empty());
    clock.advance(1min);
    CHECK(payments->due().size() == 1);
    CHECK(refusal([&] { return payments->due(0); }) == invalid("limit", "too_small", 1));
    static_cast<void>(step);
}

TEST_CASE_METHOD(PaymentSchool, "a capture after the buyer gave up is paid back, once",
                 "[payments]") {
    gateway.script({FakeOutcome::require_action});
    auto const step = finish(payments->checkout(ben, order()));
    static_cast<void>(payments->cancel(ben, step.payment));  // the request is never sent
    REQUIRE(gateway.finish(gateway.payment_references().front()));
    deliver_webhooks();
    CHECK(get(step.payment).order_state == OrderState::fulfillment_error);
    CHECK(get(step.payment).refund_pending == 49'00_eur);
    CHECK_FALSE(has_access(ben.user()));
    settle();
    CHECK(get(step.payment).order_state == OrderState::refunded);
    CHECK(get(step.payment).refunded == 49'00_eur);
    CHECK(gateway.refund_references().size() == 1);
    CHECK(gateway.held_minor(gateway.payment_references().front()) == 0);
    CHECK(books().empty());
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(PaymentSchool, "a capture after the order's time is delivered if there is a seat",
                 "[payments]") {
    set_capacity(1);
    gateway.script({FakeOutcome::require_action});
    auto const late = finish(payments->checkout(ben, order()));
    auto const reference = gateway.payment_references().front();
    clock.advance(30min);
    Jobs{dependencies()}.run_due(Actor::system(), 1s);
    REQUIRE(get(late.payment).order_state == OrderState::expired);

    SECTION("there is") {
        REQUIRE(gateway.finish(reference));
        deliver_webhooks();
        CHECK(get(late.payment).order_state == OrderState::fulfilled);
        CHECK(has_access(ben.user()));
    }
    SECTION("there is none") {
        Actor const ann{learner("ann").id};
        sell(ann);
        REQUIRE(gateway.finish(reference));
        deliver_webhooks();
        CHECK(get(late.payment).order_state == OrderState::fulfillment_error);
        settle();
        CHECK(get(late.payment).order_state == OrderState::refunded);
        CHECK(gateway.held_minor(reference) == 0);
        CHECK(has_access(ann.user()));
        CHECK(books() == sold_books);
    }
    SECTION("the buyer has ordered it anew") {
        auto const anew = payments->checkout(ben, order("anew"));
        REQUIRE(gateway.finish(reference));
        deliver_webhooks();
        CHECK(get(late.payment).order_state == OrderState::fulfillment_error);
        finish(anew);
        settle();
        CHECK(get(late.payment).order_state == OrderState::refunded);
        CHECK(get(anew.payment).order_state == OrderState::fulfilled);
        CHECK(books() == sold_books);
    }
    SECTION("the gateway is asked to cancel it, and does") {
        clock.advance(24h);
        settle();
        CHECK(get(late.payment).state == PaymentState::expired);
        CHECK_FALSE(gateway.finish(reference));
        CHECK(payments->due().empty());
    }
    CHECK(seats_taken(storage, course) <= 1);
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(PaymentSchool, "what is captured twice is paid back once", "[payments]") {
    gateway.script({FakeOutcome::decline});
    auto const step = finish(payments->checkout(ben, order()));
    finish(payments->next_step(ben, step.payment));
    auto const references = gateway.payment_references();
    // The first attempt was declined, and captured all the same.
    auto const late = gateway.webhook({.kind = GatewayFactKind::captured,
                                       .reference = references.front(),
                                       .transaction_id = "late",
                                       .amount = 49'00_eur},
                                      clock.now());
    for (int i = 0; i < 3; ++i)
        static_cast<void>(payments->webhook("fake", late));
    CHECK(books() == std::vector<std::string>{"gateway 98.00 EUR", "platform_fees -4.90 EUR",
                                              "teacher_payable -44.10 EUR",
                                              "buyer_payable -49.00 EUR"});
    auto const refunds = payments->refunds(ben, step.payment).items;
    REQUIRE(refunds.size() == 1);
    CHECK(refunds.front().cause == RefundCause::surplus);
    CHECK(refunds.front().amount == 49'00_eur);
    auto const due = payments->due();
    REQUIRE(due.size() == 1);
    payments->answer(due.front(), send(due.front().request));
    CHECK(gateway.refund_references().size() == 1);
    CHECK(get(step.payment).captured == 49'00_eur);
    CHECK(get(step.payment).refunded == 0'00_eur);
    CHECK(has_access(ben.user()));
}

namespace {

/// A payment that came too late, and that the gateway has no refund for as long as it is told so.
struct Owed : PaymentSchool {
    Owed() {
        gateway.script({FakeOutcome::require_action});
        payment = finish(payments->checkout(ben, order())).payment;
        static_cast<void>(payments->cancel(ben, payment));
        REQUIRE(gateway.finish(gateway.payment_references().front()));
        deliver_webhooks();
    }

    /// Sends what is due. Whether a refund was asked for.
    bool asked() {
        auto const before = gateway.refund_references().size();
        for (auto const& one : payments->due())
            payments->answer(one, send(one.request));
        return gateway.refund_references().size() > before;
    }

    /// How long it takes until a refund is asked for, in minutes, up to five days.
    int minutes_until_asked() {
        for (int minutes = 0; minutes < 5 * 24 * 60; ++minutes) {
            if (asked()) return minutes;
            clock.advance(1min);
        }
        return -1;
    }

    PaymentId payment{0};
};

}  // namespace

TEST_CASE_METHOD(Owed, "a refund that is owed is tried again until it succeeds", "[payments]") {
    gateway.script_refunds(
        {FakeOutcome::decline, FakeOutcome::time_out_before, FakeOutcome::time_out_after});
    settle();
    settle();
    CHECK(get(payment).order_state == OrderState::refunded);
    CHECK(gateway.held_minor(gateway.payment_references().front()) == 0);
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(Owed, "a refund that is refused is tried ever more seldom, to once a day",
                 "[payments]") {
    gateway.script_refunds(std::vector<FakeOutcome>(9, FakeOutcome::decline));
    std::vector<int> waits;
    for (int i = 0; i < 9; ++i)
        waits.push_back(minutes_until_asked());
    CHECK(waits == std::vector<int>{0, 1, 4, 16, 64, 256, 1024, 1440, 1440});
    CHECK(reconciled().owed == std::vector<PaymentId>{payment});
    CHECK(reconciled().open_refunds.empty());
    CHECK_FALSE(reconciled().sound());
    SECTION("a person may ask at once") {
        pay_back(payment);
    }
    SECTION("or it is tried once more") {
        CHECK(minutes_until_asked() == 1440);
    }
    CHECK(get(payment).order_state == OrderState::refunded);
    CHECK(reconciled().owed.empty());
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(PaymentSchool, "a charge that came twice under one name of ours is paid back",
                 "[payments]") {
    auto const payment = sell(ben).payment;
    auto const reference = gateway.payment_references().front();
    REQUIRE(gateway.capture_again(reference));
    deliver_webhooks();
    CHECK(books() == std::vector<std::string>{"gateway 98.00 EUR", "platform_fees -4.90 EUR",
                                              "teacher_payable -44.10 EUR",
                                              "buyer_payable -49.00 EUR"});
    SECTION("by itself") {
        settle();
        CHECK(gateway.held_minor(reference) == 49'00);
        CHECK(books() == sold_books);
        // It was the second charge's money: the first can still be paid back.
        CHECK(pay_back(payment).state == RefundState::succeeded);
        CHECK(gateway.held_minor(reference) == 0);
        CHECK(books().empty());
    }
    SECTION("but not while a bank asks for it, nor what the bank has taken") {
        REQUIRE(gateway.open_dispute(reference));
        REQUIRE(gateway.open_dispute(reference));
        deliver_webhooks();
        CHECK(books() ==
              std::vector<std::string>{"platform_fees -4.90 EUR", "teacher_payable -44.10 EUR",
                                       "buyer_payable -49.00 EUR", "disputed 98.00 EUR"});
        clock.advance(1h);
        CHECK(payments->due().empty());
        bool const second_won = GENERATE(true, false);
        REQUIRE(gateway.close_dispute(reference, true));
        REQUIRE(gateway.close_dispute(reference, second_won));
        deliver_webhooks();
        settle();
        CHECK(gateway.refund_references().size() == (second_won ? 1 : 0));
        CHECK(gateway.held_minor(reference) == 49'00);
        CHECK(books() == sold_books);
    }
    SECTION("as far as the bank has not taken it") {
        auto const due = payments->due();
        REQUIRE(due.size() == 1);
        REQUIRE(gateway.open_dispute(reference, 49'00_eur));
        REQUIRE(gateway.open_dispute(reference, 19'00_eur));
        REQUIRE(gateway.close_dispute(reference, true));
        REQUIRE(gateway.close_dispute(reference, false));
        deliver_webhooks();
        settle();
        CHECK(gateway.refund_references().size() == 1);  // the 49.00 EUR were not asked for
        CHECK(gateway.held_minor(reference) == 49'00);
        CHECK(payments->refunds(ben, payment).items.front().state == RefundState::failed);
        CHECK(payments->refunds(ben, payment).items.back().amount == 30'00_eur);
        CHECK(books() == sold_books);
    }
    CHECK(reconciled().sound());
}
