#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

std::vector<std::string> refused(PaymentOptions options,
                                 std::vector<PaymentGateway const*> gateways = {}) {
    School school;
    auto dependencies = school.dependencies();
    dependencies.payments = options;
    dependencies.gateways = std::move(gateways);
    return broken_rules([&] { return Payments{dependencies}; });
}

}  // namespace

TEST_CASE("options of payments are checked at, below and above their bounds", "[payments]") {
    using Rules = std::vector<std::string>;
    constexpr std::chrono::seconds longest = std::chrono::days{limits::seat_hold_days_max};
    CHECK(refused({.seat_hold = 59s}) == Rules{"payments.seat_hold: too_small"});
    CHECK(refused({.seat_hold = 60s}).empty());
    CHECK(refused({.seat_hold = 61s}).empty());
    CHECK(refused({.seat_hold = longest - 1s}).empty());
    CHECK(refused({.seat_hold = longest}).empty());
    CHECK(refused({.seat_hold = longest + 1s}) == Rules{"payments.seat_hold: too_large"});
    CHECK(refused({.platform_fee_bp = -1}) == Rules{"payments.platform_fee_bp: too_small"});
    CHECK(refused({.platform_fee_bp = 0}).empty());
    CHECK(refused({.platform_fee_bp = 1}).empty());
    CHECK(refused({.platform_fee_bp = limits::platform_fee_bp_max - 1}).empty());
    CHECK(refused({.platform_fee_bp = limits::platform_fee_bp_max}).empty());
    CHECK(refused({.platform_fee_bp = limits::platform_fee_bp_max + 1}) ==
          Rules{"payments.platform_fee_bp: too_large"});
}

TEST_CASE("gateways must have names of their own", "[payments]") {
    using Rules = std::vector<std::string>;
    testing::FakeGateway const one{"one"};
    testing::FakeGateway const twin{"one"};
    testing::FakeGateway const nameless{""};
    CHECK(refused({}, {&one}).empty());
    CHECK(refused({}, {&one, &twin}) == Rules{"gateways: duplicate"});
    CHECK(refused({}, {nullptr}) == Rules{"gateways: required"});
    CHECK(refused({}, {&nameless}) == Rules{"gateways: too_short"});
    for (std::size_t const more : {0U, 1U, 2U}) {
        testing::FakeGateway const named{
            std::string(limits::gateway_name_bytes_max - 1 + more, 'x')};
        CHECK(refused({}, {&named}) == (more < 2 ? Rules{} : Rules{"gateways: too_long"}));
    }
}

TEST_CASE("the fee is what the options say, and all of it without teachers", "[payments]") {
    SECTION("none") {
        PaymentSchool school{{.platform_fee_bp = 0}};
        school.sell(school.ben);
        CHECK(school.books() ==
              std::vector<std::string>{"gateway 49.00 EUR", "teacher_payable -49.00 EUR"});
    }
    SECTION("all") {
        PaymentSchool school{{.platform_fee_bp = 10'000}};
        school.sell(school.ben);
        CHECK(school.books() ==
              std::vector<std::string>{"gateway 49.00 EUR", "platform_fees -49.00 EUR"});
    }
    SECTION("nobody teaches") {
        PaymentSchool school;
        school.course = school.rows.course({.has_price = true});
        school.sell(school.ben);
        CHECK(school.books() ==
              std::vector<std::string>{"gateway 49.00 EUR", "platform_fees -49.00 EUR"});
    }
    SECTION("three teachers share what does not divide by three, and give it back exactly") {
        PaymentSchool school{{.platform_fee_bp = 333}};
        school.rows.teach(school.course, school.learner("tom").id);
        school.rows.teach(school.course, school.learner("tim").id);
        auto const step = school.sell(school.ben);
        CHECK(school.books() ==
              std::vector<std::string>{"gateway 49.00 EUR", "platform_fees -1.63 EUR",
                                       "teacher_payable -15.79 EUR", "teacher_payable -15.79 EUR",
                                       "teacher_payable -15.79 EUR"});
        for (int i = 1; i <= 6; ++i)
            school.pay_back(step.payment, 7'77_eur, std::to_string(i));
        school.pay_back(step.payment, std::nullopt, "rest");
        CHECK(school.books().empty());
    }
}

TEST_CASE("calls that ask a gateway refuse to run inside a host's write", "[payments]") {
    PaymentSchool school;
    auto const inside = precondition("transaction", "not_allowed_inside");
    auto const step = school.payments->checkout(school.ben, school.order());
    school.storage.write([&](storage::Connection& /*connection*/) {
        auto& payments = *school.payments;
        auto const& ben = school.ben;
        CHECK(refusal([&] { return payments.checkout(ben, school.order()); }) == inside);
        CHECK(refusal([&] { return payments.next_step(ben, step.payment); }) == inside);
        CHECK(refusal([&] { return payments.cancel(ben, step.payment); }) == inside);
        CHECK(refusal([&] { return payments.answer(step.payment, {}); }) == inside);
        CHECK(refusal([&] { return payments.answer(RefundId{1}, {}); }) == inside);
        CHECK(refusal([&] { return payments.webhook("fake", {}); }) == inside);
        CHECK(refusal([&] { return payments.due(); }) == inside);
        CHECK(refusal([&] {
                  return payments.refund(*school.admin,
                                         {.payment = step.payment, .idempotency_key = "k"});
              }) == inside);
        CHECK(payments.get_payment(ben, step.payment).state == PaymentState::created);
    });
}

TEST_CASE("a clock before 1970 or far ahead is refused", "[payments]") {
    PaymentSchool school;
    for (auto const* const at : {"1969-12-31T23:59:59.999999Z", "9000-01-01T00:00:00Z"}) {
        school.clock.set(parse_timestamp(at));
        CHECK(refusal([&] { return school.payments->checkout(school.ben, school.order()); }) ==
              precondition("clock", "out_of_range"));
    }
}
