#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

struct BuyerSchool : PaymentSchool {
    PaymentStep waiting(std::string key = "order-1") {
        gateway.script({FakeOutcome::require_action});
        return finish(payments->checkout(ben, order(std::move(key))));
    }

    Webhook told(GatewayFactKind kind, std::string reason = {}) {
        return gateway.webhook({.kind = kind,
                                .reference = gateway.payment_references().front(),
                                .transaction_id = "charge",
                                .amount = 49'00_eur,
                                .reason = std::move(reason)},
                               clock.now());
    }

    std::string text_of(PaymentId payment) {
        static constexpr storage::Sql sql =
            "SELECT description || payer || return_url || failure FROM payments WHERE id = ?1";
        return storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql, payment);
            row.step();
            return row.string(0);
        });
    }

    void suspend() {
        auto const found = enrollments.find_enrollment(Actor::system(), ben.user(), course);
        static_cast<void>(enrollments.suspend(*admin, found->id, "he shouts"));
    }

    void erase() { static_cast<void>((*this)->erase_user(*admin, ben.user())); }

    std::vector<Grant> grants() {
        auto const found = enrollments.find_enrollment(Actor::system(), ben.user(), course);
        return enrollments.grants(Actor::system(), found->id).items;
    }
};

}  // namespace

TEST_CASE_METHOD(BuyerSchool, "the orders of a buyer who is erased are given up", "[payments]") {
    auto request = order();
    request.description = "for Ben";
    request.payer = "ben-1";
    gateway.script({FakeOutcome::require_action});
    auto const step = finish(payments->checkout(ben, request));
    erase();
    CHECK(get(step.payment).order_state == OrderState::canceled);
    CHECK(seats_taken(storage, course) == 0);
    CHECK(text_of(step.payment).empty());

    SECTION("what is paid all the same is paid back") {
        REQUIRE(gateway.finish(gateway.payment_references().front()));
        settle();
        CHECK(get(step.payment).order_state == OrderState::refunded);
        CHECK_FALSE(has_access(ben.user()));
        CHECK(books().empty());
    }
    SECTION("what is told of him is not kept") {
        static_cast<void>(
            payments->webhook("fake", told(GatewayFactKind::declined, "Ben's card is lost")));
        CHECK(get(step.payment).failure.empty());
    }
}

TEST_CASE_METHOD(BuyerSchool, "an expired order of a buyer who is erased is not delivered",
                 "[payments]") {
    auto const step = waiting();
    clock.advance(30min);
    Jobs{dependencies()}.run_due(Actor::system(), 1s);
    REQUIRE(get(step.payment).order_state == OrderState::expired);
    erase();
    REQUIRE(gateway.finish(gateway.payment_references().front()));
    settle();
    CHECK(get(step.payment).order_state == OrderState::refunded);
    CHECK_FALSE(has_access(ben.user()));
}

TEST_CASE_METHOD(BuyerSchool, "no key of his keeps a buyer from being erased", "[payments]") {
    static_cast<void>(payments->cancel(ben, waiting("first").payment));
    static_cast<void>(payments->cancel(ben, waiting("erased 1").payment));
    auto const last = waiting(" erased 2 ");
    erase();
    CHECK(get(last.payment).order_state == OrderState::canceled);
}

TEST_CASE_METHOD(BuyerSchool, "who is shut out of a course buys no more of it", "[payments]") {
    set_price("USD", 30, 900);
    auto request = order();
    request.currency = Currency::from_code("USD");
    finish(payments->checkout(ben, request));
    SECTION("he is told") {
        suspend();
        request.idempotency_key = "again";
        CHECK(refusal([&] { return payments->checkout(ben, request); }) ==
              precondition("course", "suspended"));
    }
    SECTION("what he ordered before is paid back") {
        gateway.script({FakeOutcome::require_action});
        request.idempotency_key = "again";
        auto const step = finish(payments->checkout(ben, request));
        suspend();
        REQUIRE(gateway.finish(gateway.payment_references().back()));
        settle();
        CHECK(get(step.payment).order_state == OrderState::refunded);
        CHECK(grants().size() == 1);
    }
}

TEST_CASE_METHOD(BuyerSchool, "a renewal fills the gap that a refund left", "[payments]") {
    forget_prices();
    set_price("EUR", 30, 49'00);
    auto const first = sell(ben, "first");
    sell(ben, "second");
    pay_back(first.payment);
    REQUIRE_FALSE(has_access(ben.user()));
    sell(ben, "third");
    CHECK(has_access(ben.user()));
    CHECK(grants().back().starts_at == clock.now());
    sell(ben, "fourth");
    // Without a gap after the second one.
    CHECK(grants().back().starts_at == grants().at(1).ends_at);
}

TEST_CASE_METHOD(BuyerSchool, "an expired order can be given up, and is paid back when it is paid",
                 "[payments]") {
    auto const step = waiting();
    clock.advance(30min);
    Jobs{dependencies()}.run_due(Actor::system(), 1s);
    REQUIRE(get(step.payment).order_state == OrderState::expired);
    CHECK(payments->cancel(ben, step.payment).order_state == OrderState::canceled);
    CHECK(get(step.payment).state == PaymentState::canceled);
    REQUIRE(gateway.finish(gateway.payment_references().front()));
    settle();
    CHECK(get(step.payment).order_state == OrderState::refunded);
}

TEST_CASE_METHOD(BuyerSchool, "the same key does not open an order whose time is over",
                 "[payments]") {
    auto const step = payments->checkout(ben, order());
    clock.advance(30min - 1us);
    CHECK(payments->checkout(ben, order()).request);
    clock.advance(1us);
    auto const late = payments->checkout(ben, order());
    CHECK(late.payment == step.payment);
    CHECK(late.order_state == OrderState::expired);
    CHECK_FALSE(late.request);
    CHECK(seats_taken(storage, course) == 0);
}

TEST_CASE_METHOD(BuyerSchool, "a request is the same when another gateway is the default",
                 "[payments]") {
    auto const step = payments->checkout(ben, order());
    auto all = dependencies();
    all.gateways = {&other_gateway, &gateway};
    payments.emplace(all);
    CHECK(payments->checkout(ben, order()).payment == step.payment);
    CHECK(get(step.payment).gateway == "fake");
}

TEST_CASE_METHOD(BuyerSchool, "an order's seat is the learner's when he is given the course",
                 "[payments]") {
    set_capacity(1);
    auto const step = waiting();
    static_cast<void>(enrollments.give(*admin, {.user = ben.user(), .course = course}));
    CHECK(seats_taken(storage, course) == 1);
    SECTION("the order is not paid") {
        clock.advance(30min);
        Jobs{dependencies()}.run_due(Actor::system(), 1s);
        REQUIRE(get(step.payment).order_state == OrderState::expired);
    }
    SECTION("the order is given up") {
        static_cast<void>(payments->cancel(ben, step.payment));
    }
    SECTION("the order is paid") {
        REQUIRE(gateway.finish(gateway.payment_references().front()));
        deliver_webhooks();
        REQUIRE(get(step.payment).order_state == OrderState::fulfilled);
    }
    CHECK(seats_taken(storage, course) == 1);
}

TEST_CASE_METHOD(BuyerSchool, "who renews keeps his seat while his order is open", "[payments]") {
    forget_prices();
    set_price("EUR", 30, 49'00);
    set_capacity(1);
    sell(ben, "first");
    clock.advance(30 * 24h - 10min);
    auto const step = waiting("second");
    clock.advance(20min);
    Jobs{dependencies()}.run_due(Actor::system(), 1s);
    CHECK(seats_taken(storage, course) == 1);
    SECTION("and after it was paid") {
        REQUIRE(gateway.finish(gateway.payment_references().back()));
        deliver_webhooks();
        CHECK(has_access(ben.user()));
        CHECK(seats_taken(storage, course) == 1);
    }
    SECTION("and not when it was not") {
        static_cast<void>(payments->cancel(ben, step.payment));
        Actor const ann{learner("ann").id};
        CHECK(sell(ann).order_state == OrderState::fulfilled);
        CHECK(seats_taken(storage, course) == 1);
    }
}

TEST_CASE_METHOD(BuyerSchool, "payments of a user in a course are listed newest first",
                 "[payments]") {
    forget_prices();
    set_price("EUR", 30, 49'00);
    Actor const ann{learner("ann").id};
    std::vector<PaymentId> newest_first;
    for (std::string const key : {"a", "b", "c"}) {
        newest_first.insert(newest_first.begin(), sell(ben, key).payment);
        sell(ann, key);
    }
    std::vector<PaymentId> listed;
    PageRequest page{.limit = 2};
    do {
        auto const part = payments->payments(*admin, {.user = ben.user(), .course = course}, page);
        for (auto const& payment : part.items)
            listed.push_back(payment.id);
        page.after = part.next;
    } while (page.after);
    CHECK(listed == newest_first);
}
