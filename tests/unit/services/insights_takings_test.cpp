#include "insights_fixture.hpp"
#include "payments_fixture.hpp"

#include <eduplat/ports/tax.hpp>
#include <eduplat/services/courses.hpp>
#include <eduplat/services/insights.hpp>
#include <eduplat/services/learning.hpp>

#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

using Amounts = std::vector<Money>;
using enum GatewayFactKind;

/// What gateways tell of a school's sales, day by day.
struct ToldSchool : PaymentSchool {
    explicit ToldSchool(TaxRule const* tax = nullptr)
        : PaymentSchool{{.platform_fee_bp = 1000}, tax} {}

    Timestamp day(int number) const { return start + std::chrono::days{number}; }
    std::vector<Timestamp> days(int count) const { return days_from(start, count); }

    void tell(PaymentId payment, GatewayFactKind kind, std::string transaction) {
        static constexpr storage::Sql sql =
            "SELECT reference FROM payment_attempts WHERE payment_id = ?1 AND number = 1";
        auto const reference = storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql, payment);
            row.step();
            return row.string(0);
        });
        GatewayFact const fact{.kind = kind,
                               .reference = reference,
                               .transaction_id = std::move(transaction),
                               .amount = get(payment).amount};
        static_cast<void>(payments->webhook("fake", gateway.webhook(fact, clock.now())));
    }

    PaymentStep buy(Actor const& buyer, CheckoutRequest const& request) {
        return finish(payments->checkout(buyer, request));
    }

    Revenue revenue(Actor const& asker, int count, std::vector<CourseId> courses) {
        return insights.revenue(asker, {{.courses = std::move(courses)}, days(count)});
    }
    Revenue revenue(int count) { return revenue(Actor::system(), count, {course}); }

    Timestamp start = clock.now();
    Actor tess{teacher.id};
    Actor ann{learner("ann").id};
    Insights insights{dependencies()};
};

class Fifth final : public TaxRule {
  public:
    [[nodiscard]] Money tax(Money net, CourseId /*course*/, UserId /*buyer*/,
                            Timestamp /*at*/) const override {
        return Money{net.minor_units() / 5, net.currency()};
    }
};

}  // namespace

TEST_CASE_METHOD(ToldSchool, "a refund that failed after all was none, and is no new payment",
                 "[insights]") {
    auto const payment = sell(ben).payment;
    tell(payment, refund_succeeded, "r1");
    clock.set(day(1));
    tell(payment, refund_failed, "r1");
    auto const found = revenue(2);
    REQUIRE(found.buckets.size() == 2);
    auto const& before = found.buckets[0].takings;
    CHECK(before.gross == 49'00_eur);
    CHECK(before.refunds == 49'00_eur);
    CHECK(before.refunded == 1);
    auto const& after = found.buckets[1].takings;
    CHECK(after.gross == 0'00_eur);
    CHECK(after.refunds == -(49'00_eur));
    CHECK(after.net == 49'00_eur);
    CHECK(after.payments == 0);
    CHECK(after.refunded == -1);
    CHECK(after.payers == 0);
    REQUIRE(found.courses.size() == 1);
    auto const& all = found.courses[0].takings;
    CHECK(all.gross == 49'00_eur);
    CHECK(all.refunds == 0'00_eur);
    CHECK(all.net == 49'00_eur);
    CHECK(all.payments == 1);
    CHECK(all.refunded == 0);

    auto const share = revenue(tess, 2, {course}).courses.at(0).takings;
    CHECK(share.gross == 44'10_eur);
    CHECK(share.refunds == 0'00_eur);
    auto const cohorts = insights.cohort_revenue(Actor::system(), {{.courses = {course}}, days(2)});
    REQUIRE(cohorts.size() == 2);
    CHECK(cohorts[0].net == Amounts{0'00_eur, 49'00_eur});
    CHECK(cohorts[1].users == 0);
}

TEST_CASE_METHOD(ToldSchool, "disputed money counts as paid until the dispute is lost",
                 "[insights]") {
    auto const payment = sell(ben).payment;
    clock.set(day(1));
    tell(payment, dispute_opened, "d1");
    CHECK(revenue(3).courses.at(0).takings.net == 49'00_eur);
    clock.set(day(2));
    SECTION("won") {
        tell(payment, dispute_won, "d1");
        auto const takings = revenue(3).courses.at(0).takings;
        CHECK(takings.gross == 49'00_eur);
        CHECK(takings.payments == 1);
        CHECK(takings.refunded == 0);
    }
    SECTION("lost, for good") {
        tell(payment, dispute_lost, "d1");
        tell(payment, dispute_won, "d1");
        auto const found = revenue(3);
        CHECK(found.courses.at(0).takings.gross == 49'00_eur);
        CHECK(found.courses[0].takings.payments == 1);
        CHECK(found.buckets.at(2).takings.refunds == 49'00_eur);
        CHECK(found.buckets[2].takings.refunded == 1);
    }
}

TEST_CASE_METHOD(ToldSchool, "each currency has rows of its own", "[insights]") {
    auto const dollar = Currency::named("USD");
    set_price("USD", 0, 59'00);
    set_price("USD", 30, 60'00);
    set_price("EUR", 30, 30'00);
    static_cast<void>(sell(ben));
    auto in_dollars = order("dollars");
    in_dollars.currency = dollar;
    static_cast<void>(buy(ann, in_dollars));
    auto const found = revenue(1);
    REQUIRE(found.buckets.size() == 2);
    CHECK(found.buckets[0].takings.gross == 49'00_eur);
    CHECK(found.buckets[1].takings.gross == Money{59'00, dollar});
    CHECK(found.buckets[1].takings.payers == 1);
    REQUIRE(found.courses.size() == 2);
    CHECK(found.courses[1].takings.net == Money{59'00, dollar});
    auto const share = revenue(tess, 1, {course}).buckets;
    REQUIRE(share.size() == 2);
    CHECK(share[0].takings.net == 44'10_eur);
    CHECK(share[1].takings.net == Money{53'10, dollar});

    in_dollars = order("month");
    in_dollars.currency = dollar;
    in_dollars.period_days = 30;
    static_cast<void>(buy(Actor{learner("cid").id}, in_dollars));
    in_dollars.currency = Currency::named("EUR");
    static_cast<void>(buy(Actor{learner("dee").id}, in_dollars));
    auto const months = insights.monthly_recurring(Actor::system(), {{}, {day(0)}});
    REQUIRE(months.size() == 2);
    CHECK(months[0].amount == 30'44_eur);  // 30.436875
    CHECK(months[1].amount == Money{60'87, dollar});
}

TEST_CASE_METHOD(ToldSchool, "a teacher of two courses sees each by itself, or both",
                 "[insights]") {
    auto const second = rows.course({.has_price = true, .teacher = teacher.id});
    auto const foreign = rows.course({.has_price = true});
    static_cast<void>(sell(ben));
    static_cast<void>(buy(ben, {.course = second, .idempotency_key = "second"}));
    static_cast<void>(buy(ann, {.course = second, .idempotency_key = "second"}));
    static_cast<void>(buy(ann, {.course = foreign, .idempotency_key = "foreign"}));
    auto const one = revenue(tess, 1, {second});
    REQUIRE(one.courses.size() == 1);
    CHECK(one.buckets.at(0).takings.net == 88'20_eur);
    CHECK(one.buckets[0].takings.payers == 2);
    auto const both = revenue(tess, 1, {course, second});
    REQUIRE(both.courses.size() == 2);
    CHECK(both.courses[0].takings.net == 44'10_eur);
    CHECK(both.courses[1].takings.net == 88'20_eur);
    CHECK(both.buckets.at(0).takings.net == 132'30_eur);
    CHECK(both.buckets[0].takings.payments == 3);
    CHECK(both.buckets[0].takings.payers == 2);
    CHECK(revenue(Actor::system(), 1, {}).buckets.at(0).takings.gross == 196'00_eur);
}

TEST_CASE("taxes are in no takings", "[insights]") {
    Fifth const tax;
    ToldSchool school{&tax};
    auto const payment = school.sell(school.ben).payment;
    CHECK(school.get(payment).amount == 58'80_eur);
    CHECK(school.revenue(1).buckets.at(0).takings.gross == 49'00_eur);
    CHECK(school.revenue(school.tess, 1, {school.course}).buckets.at(0).takings.gross == 44'10_eur);
    static_cast<void>(school.pay_back(payment, 29'40_eur));
    auto const takings = school.revenue(1).buckets.at(0).takings;
    CHECK(takings.refunds == 24'50_eur);  // the other 4.90 are of the tax
    CHECK(takings.net == 24'50_eur);
}

TEST_CASE_METHOD(ToldSchool, "a teacher who comes later has no share in older sales",
                 "[insights]") {
    static_cast<void>(sell(ann));
    auto const theo = with_role("theo", Role::teacher);
    Courses{dependencies()}.add_teacher(Actor::system(), course, {.user = theo.user(), .share = 2});
    CHECK(revenue(theo, 1, {course}).buckets.empty());
    CHECK(insights.cohort_revenue(theo, {{.courses = {course}}, days(1)}).empty());
    static_cast<void>(sell(ben));
    auto const found = revenue(theo, 1, {course}).buckets;
    CHECK(found.at(0).takings.gross == 29'40_eur);  // two thirds of 44.10
    CHECK(found[0].takings.payments == 1);
    CHECK(revenue(tess, 1, {course}).buckets.at(0).takings.gross == 58'80_eur);
    CHECK(revenue(1).buckets.at(0).takings.gross == 98'00_eur);
}

TEST_CASE_METHOD(ToldSchool, "who paid on the days before he began brought it as he began",
                 "[insights]") {
    Learning learning{dependencies()};
    auto const payment = sell(ann).payment;
    clock.set(day(1));
    learning.record(ann, {.batch = "ann", .events = {Viewed{course}}});
    clock.set(day(2));
    static_cast<void>(pay_back(payment));
    auto const of = [&](std::vector<Timestamp> edges) {
        return insights.cohort_revenue(
            Actor::system(),
            {{.courses = {course}}, std::move(edges), RevenueCohortsBy::first_activity});
    };
    auto const found = of(days(3));
    REQUIRE(found.size() == 3);
    CHECK(found[0].users == 0);
    CHECK(found[0].net == Amounts{0'00_eur, 0'00_eur, 0'00_eur});
    CHECK(found[1].users == 1);
    CHECK(found[1].net == Amounts{49'00_eur, -(49'00_eur)});
    CHECK(found[1].cumulative == Amounts{49'00_eur, 0'00_eur});
    auto const later = of({day(1), day(2), day(3)});  // paid before the first edge
    REQUIRE(later.size() == 2);
    CHECK(later[0].net == found[1].net);
}

TEST_CASE_METHOD(ToldSchool, "what is wrong with a question about money is told at once",
                 "[insights]") {
    InsightScope const twice{.courses = {course, course}};
    auto const system = Actor::system();
    CHECK(broken_rules([&] {
              return insights.cohort_revenue(system, {twice, {day(1), day(0)}});
          }) == std::vector<std::string>{"scope.courses[1]: duplicate", "edges: not_ascending"});
    CHECK(broken_rules([&] {
              return insights.monthly_recurring(system, {twice, {day(1), day(0)}});
          }) == std::vector<std::string>{"scope.courses[1]: duplicate", "moments: not_ascending"});
    LifetimeRequest const request{.scope = twice,
                                  .margin = 1'00_eur,
                                  .options = {.period = 0, .discount_rate = 2},
                                  .confidence = 2};
    CHECK(broken_rules([&] { return insights.lifetime_value(system, request); }) ==
          std::vector<std::string>{"scope.courses[1]: duplicate", "confidence: out_of_range",
                                   "period: out_of_range", "discount_rate: out_of_range"});
}
