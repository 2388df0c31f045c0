#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

TEST_CASE_METHOD(PaymentSchool, "a course is sold: paid, booked and open to its buyer in one step",
                 "[payments]") {
    auto step = payments->checkout(ben, order());
    CHECK(step.state == PaymentState::created);
    CHECK(step.order_state == OrderState::open);
    CHECK(step.attempt == AttemptState::init);
    CHECK_FALSE(has_access(ben.user()));
    REQUIRE(step.request);

    step = payments->answer(step.payment, send(*step.request));
    CHECK(step.state == PaymentState::captured);
    CHECK(step.order_state == OrderState::fulfilled);
    CHECK(step.attempt == AttemptState::succeeded);
    CHECK_FALSE(step.request);
    CHECK(has_access(ben.user()));
    CHECK(books() == sold_books);

    auto const payment = get(step.payment);
    CHECK(payment.amount == 49'00_eur);
    CHECK(payment.authorized == 49'00_eur);
    CHECK(payment.captured == 49'00_eur);
    CHECK(payment.refunded == 0'00_eur);
    CHECK(payment.tax == 0'00_eur);
    CHECK(payment.gateway == "fake");
    CHECK(payment.user == ben.user());
    CHECK(payment.course == course);
    CHECK(payment.captured_at == clock.now());
    CHECK(payment.hold_until == clock.now() + 30min);
    CHECK(journal_of(payment.uid) == std::vector<std::string>{"payment.captured"});
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(PaymentSchool, "the same key and request give what there is by now",
                 "[payments]") {
    auto const first = payments->checkout(ben, order());
    auto const again = payments->checkout(ben, order());
    CHECK(again.payment == first.payment);
    CHECK(again.request == first.request);
    finish(again);
    auto const after = payments->checkout(ben, order());
    CHECK(after.payment == first.payment);
    CHECK(after.state == PaymentState::captured);
    CHECK_FALSE(after.request);
    CHECK(gateway.payment_references().size() == 1);
}

TEST_CASE_METHOD(PaymentSchool, "the same key with another request is refused", "[payments]") {
    static_cast<void>(payments->checkout(ben, order()));
    auto const other_body =
        Refusal{ErrorCode::already_exists, {"idempotency_key", "other_body", std::nullopt}};
    auto request = order();
    SECTION("course") {
        request.course = rows.course({.has_price = true});
    }
    SECTION("currency") {
        request.currency = Currency::named("EUR");
    }
    SECTION("period") {
        request.period_days = 0;
    }
    SECTION("gateway") {
        request.gateway = "other";
    }
    SECTION("description") {
        request.description = "C++";
    }
    SECTION("payer") {
        request.payer = "payer-1";
    }
    SECTION("return address") {
        request.return_url = "https://example.org";
    }
    CHECK(refusal([&] { return payments->checkout(ben, request); }) == other_body);
}

TEST_CASE_METHOD(PaymentSchool, "keys belong to their users", "[payments]") {
    Actor const ann{learner("ann").id};
    auto const bens = payments->checkout(ben, order("key"));
    auto const anns = payments->checkout(ann, order("key"));
    CHECK(anns.payment != bens.payment);
}

TEST_CASE_METHOD(PaymentSchool, "nobody buys twice by accident", "[payments]") {
    auto const first = payments->checkout(ben, order("click-1"));
    CHECK(refusal([&] { return payments->checkout(ben, order("click-2")); }) ==
          precondition("course", "order_open"));
    finish(first);
    CHECK(refusal([&] { return payments->checkout(ben, order("click-3")); }) ==
          precondition("course", "owned"));
    CHECK(get(first.payment).captured == 49'00_eur);
}

TEST_CASE_METHOD(PaymentSchool, "an order that was given up is in nobody's way", "[payments]") {
    auto const first = payments->checkout(ben, order("one"));
    SECTION("canceled") {
        static_cast<void>(payments->cancel(ben, first.payment));
    }
    SECTION("past its time") {
        clock.advance(30min);
    }
    auto const second = finish(payments->checkout(ben, order("two")));
    CHECK(second.order_state == OrderState::fulfilled);
    auto const state = get(first.payment).order_state;
    CHECK((state == OrderState::canceled || state == OrderState::expired));
}

TEST_CASE_METHOD(PaymentSchool, "what is not for sale is not sold", "[payments]") {
    auto const checkout = [&] { return payments->checkout(ben, order()); };
    SECTION("unknown course") {
        course = CourseId{4711};
        CHECK(refusal(checkout) == missing("course"));
    }
    SECTION("draft") {
        course = rows.course({.state = "draft", .has_price = true});
        CHECK(refusal(checkout) == missing("course"));
    }
    SECTION("in review") {
        course = rows.course({.state = "in_review", .has_price = true});
        CHECK(refusal(checkout) == missing("course"));
    }
    SECTION("archived") {
        rows.set_state(course, "archived");
        CHECK(refusal(checkout) == precondition("course", "archived"));
    }
    SECTION("free") {
        forget_prices();
        CHECK(refusal(checkout) == precondition("price", "free"));
    }
    SECTION("another currency") {
        auto request = order();
        request.currency = Currency::named("JPY");
        CHECK(refusal([&] { return payments->checkout(ben, request); }) ==
              precondition("price", "unknown"));
    }
    SECTION("another period") {
        auto request = order();
        request.period_days = 365;
        CHECK(refusal([&] { return payments->checkout(ben, request); }) ==
              precondition("price", "unknown"));
    }
    CHECK(payments->payments(Actor::system()).items.empty());
}

TEST_CASE_METHOD(PaymentSchool, "the price is that of the currency and period asked for",
                 "[payments]") {
    set_price("EUR", 30, 9'00);
    set_price("CNY", 0, 399'00);
    auto const amount = [&](CheckoutRequest request) {
        auto const step = payments->checkout(ben, std::move(request));
        static_cast<void>(payments->cancel(ben, step.payment));
        return to_string(get(step.payment).amount);
    };
    auto request = order("1");
    CHECK(amount(request) == "399.00 CNY");  // the first by currency
    request.idempotency_key = "2";
    request.currency = Currency::named("EUR");
    CHECK(amount(request) == "49.00 EUR");
    request.idempotency_key = "3";
    request.period_days = 30;
    CHECK(amount(request) == "9.00 EUR");
}

TEST_CASE_METHOD(PaymentSchool, "a price that changes later does not change an order",
                 "[payments]") {
    auto const step = payments->checkout(ben, order());
    forget_prices();
    set_price("EUR", 0, 99'00);
    CHECK(finish(step).state == PaymentState::captured);
    CHECK(get(step.payment).captured == 49'00_eur);
}

TEST_CASE_METHOD(PaymentSchool, "a course without seats left is not sold", "[payments]") {
    set_capacity(1);
    auto const step = payments->checkout(ben, order());
    Actor const ann{learner("ann").id};
    CHECK(refusal([&] { return payments->checkout(ann, order()); }) ==
          Refusal{ErrorCode::resource_exhausted, {"course", "full", std::nullopt}});

    SECTION("a canceled order gives its seat back") {
        static_cast<void>(payments->cancel(ben, step.payment));
        CHECK(seats_taken(storage, course) == 0);
        CHECK(sell(ann).order_state == OrderState::fulfilled);
    }
    SECTION("so does one whose time is over, to whoever wants it") {
        clock.advance(30min);
        CHECK(sell(ann).order_state == OrderState::fulfilled);
        CHECK(get(step.payment).order_state == OrderState::expired);
    }
    SECTION("and to the job") {
        clock.advance(30min - 1us);
        Jobs jobs{dependencies()};
        static_cast<void>(jobs.run_due(Actor::system(), 1s));
        CHECK(seats_taken(storage, course) == 1);
        clock.advance(5min);
        static_cast<void>(jobs.run_due(Actor::system(), 1s));
        CHECK(seats_taken(storage, course) == 0);
        CHECK(get(step.payment).state == PaymentState::expired);
    }
    SECTION("a paid one keeps it") {
        finish(step);
        clock.advance(24h);
        CHECK(refusal([&] { return payments->checkout(ann, order()); }).violation.rule == "full");
        CHECK(seats_taken(storage, course) == 1);
    }
}

TEST_CASE_METHOD(PaymentSchool, "who learns already needs no second seat", "[payments]") {
    set_capacity(1);
    static_cast<void>(enrollments.give(Actor::system(), {.user = ben.user(), .course = course}));
    CHECK(sell(ben).order_state == OrderState::fulfilled);
    CHECK(seats_taken(storage, course) == 1);
}

TEST_CASE_METHOD(PaymentSchool, "a renewal begins where the running purchase ends", "[payments]") {
    forget_prices();
    set_price("EUR", 30, 9'00);
    auto const start = clock.now();
    sell(ben, "first");
    clock.advance(24h * 10);
    sell(ben, "second");
    auto const enrollment = enrollments.find_enrollment(Actor::system(), ben.user(), course);
    auto const grants = enrollments.grants(Actor::system(), enrollment->id).items;
    REQUIRE(grants.size() == 2);
    CHECK(grants[0].starts_at == start);
    CHECK(grants[0].ends_at == start + 24h * 30);
    CHECK(grants[1].starts_at == start + 24h * 30);
    CHECK(grants[1].ends_at == start + 24h * 60);

    clock.advance(24h * 100);  // long over
    CHECK_FALSE(has_access(ben.user()));
    auto const again = clock.now();
    sell(ben, "third");
    CHECK(enrollments.grants(Actor::system(), enrollment->id).items.back().starts_at == again);
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(PaymentSchool, "texts of a checkout are checked at, below and above their bounds",
                 "[payments]") {
    auto const rules = [&](CheckoutRequest const& request) {
        return broken_rules([&] { return payments->checkout(ben, request); });
    };
    auto request = order("");
    request.description = std::string(limits::payment_description_bytes_max + 1, 'x');
    request.payer = std::string(limits::payment_payer_bytes_max + 1, 'x');
    request.return_url = std::string(limits::payment_return_url_bytes_max + 1, 'x');
    request.period_days = -1;
    request.gateway = "nobody";
    CHECK(rules(request) == std::vector<std::string>{"idempotency_key: required",
                                                     "description: too_long", "payer: too_long",
                                                     "return_url: too_long",
                                                     "period_days: too_small", "gateway: unknown"});
    request = order(std::string(limits::idempotency_key_bytes_max + 1, 'x'));
    CHECK(rules(request) == std::vector<std::string>{"idempotency_key: too_long"});
    for (std::size_t const less : {1U, 0U}) {
        request = order(std::string(limits::idempotency_key_bytes_max - less, 'x'));
        request.description = std::string(limits::payment_description_bytes_max - less, 'x');
        request.payer = std::string(limits::payment_payer_bytes_max - less, 'x');
        request.return_url = std::string(limits::payment_return_url_bytes_max - less, 'x');
        auto const step = payments->checkout(ben, request);
        static_cast<void>(payments->cancel(ben, step.payment));
    }
}

TEST_CASE("a school without gateways sells nothing", "[payments]") {
    PaymentSchool school;
    Payments const without{school.dependencies()};
    CHECK(refusal([&] {
              return Payments{school.dependencies()}.checkout(school.ben, school.order());
          }) == precondition("gateway", "missing"));
    auto const step = school.payments->checkout(school.ben, school.order());
    CHECK(refusal([&] {
              return Payments{school.dependencies()}.next_step(school.ben, step.payment);
          }) == precondition("gateway", "missing"));
}

namespace {

/// A fifth of the price, or whatever a test says.
class SomeTax final : public TaxRule {
  public:
    [[nodiscard]] Money tax(Money net, CourseId /*course*/, UserId /*buyer*/,
                            Timestamp /*at*/) const override {
        if (during) during();
        return answer.value_or(Money{net.minor_units() / 5, net.currency()});
    }

    std::optional<Money> answer;
    std::function<void()> during;
};

}  // namespace

TEST_CASE("the host's tax is paid on top, and owed to the state", "[payments]") {
    SomeTax tax;
    PaymentSchool school{{}, &tax};
    auto const step = school.sell(school.ben);
    CHECK(school.get(step.payment).amount == 58'80_eur);
    CHECK(school.get(step.payment).tax == 9'80_eur);
    CHECK(school.books() == std::vector<std::string>{"gateway 58.80 EUR", "platform_fees -4.90 EUR",
                                                     "tax_payable -9.80 EUR",
                                                     "teacher_payable -44.10 EUR"});
    school.pay_back(step.payment, 58'80_eur);
    CHECK(school.books().empty());
}

TEST_CASE("a tax that is none is refused", "[payments]") {
    SomeTax tax;
    PaymentSchool school{{}, &tax};
    auto const checkout = [&] { return school.payments->checkout(school.ben, school.order()); };
    tax.answer = Money{-1, Currency::named("EUR")};
    CHECK(refusal(checkout).violation == Violation{"tax", "too_small", 0});
    tax.answer = Money{1, Currency::named("CNY")};
    CHECK(refusal(checkout) == precondition("tax", "other_currency"));
    tax.answer = 0'00_eur;
    CHECK_NOTHROW(checkout());
}

TEST_CASE("a price that changes while the tax is asked for is a conflict", "[payments]") {
    SomeTax tax;
    PaymentSchool school{{}, &tax};
    tax.during = [&] {
        school.forget_prices();
        school.set_price("EUR", 0, 99'00);
        tax.during = nullptr;
    };
    CHECK(refusal([&] { return school.payments->checkout(school.ben, school.order()); }) ==
          changed("price"));
    CHECK(school.get(school.sell(school.ben).payment).amount == 118'80_eur);
}

TEST_CASE("what a key bought is told even when it is no longer for sale", "[payments]") {
    SomeTax tax;
    PaymentSchool school{{}, &tax};
    auto const step = school.sell(school.ben);
    school.rows.set_state(school.course, "archived");
    CHECK(school.payments->checkout(school.ben, school.order()).payment == step.payment);
}
