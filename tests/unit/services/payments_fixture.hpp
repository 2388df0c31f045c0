#pragma once

#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/money_literals.hpp>
#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/jobs.hpp>
#include <eduplat/services/payments.hpp>
#include <eduplat/testing/fake_gateway.hpp>

#include <support/course_rows.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

using testing::FakeOutcome;

/// A school that sells a course for 49.00 EUR, which one teacher has, and the gateway it sells by.
struct PaymentSchool : School {
    explicit PaymentSchool(PaymentOptions given = {}, TaxRule const* tax = nullptr)
        : options_of_payments(given) {
        auto all = dependencies();
        all.payments = given;
        all.gateways = {&gateway, &other_gateway};
        all.tax = tax;
        payments.emplace(all);
    }

    HttpAnswer send(HttpRequest const& request) { return gateway.send(request); }

    /// Answers a step until nothing is to be sent.
    PaymentStep finish(PaymentStep step) {
        while (step.request)
            step = payments->answer(step.payment, send(*step.request));
        return step;
    }

    CheckoutRequest order(std::string key = "order-1") {
        return {.course = course, .idempotency_key = std::move(key)};
    }

    /// Sells the course.
    PaymentStep sell(Actor const& buyer, std::string key = "order-1") {
        return finish(payments->checkout(buyer, order(std::move(key))));
    }

    /// Sends what is due, and answers, until nothing is due any more.
    void settle() {
        for (int i = 0; i < 20; ++i) {
            deliver_webhooks();
            auto const due = payments->due();
            for (auto const& one : due)
                payments->answer(one, send(one.request));
            if (due.empty() && i > 1) return;
            clock.advance(6h);
        }
    }

    void deliver_webhooks() {
        for (auto const& webhook : gateway.take_webhooks(clock.now()))
            static_cast<void>(payments->webhook("fake", webhook));
    }

    /// Pays back, and answers.
    RefundStep pay_back(PaymentId payment, std::optional<Money> amount = std::nullopt,
                        std::string key = "refund-1") {
        auto step = payments->refund(
            *admin, {.payment = payment, .idempotency_key = std::move(key), .amount = amount});
        while (step.request)
            step = payments->answer(step.refund, send(*step.request));
        return step;
    }

    Payment get(PaymentId payment) { return payments->get_payment(Actor::system(), payment); }

    /// "gateway 49.00 EUR", by kind of account, without what is zero.
    std::vector<std::string> books() {
        auto balances = payments->balances(Actor::system()).items;
        std::stable_sort(balances.begin(), balances.end(), [](auto const& a, auto const& b) {
            return a.account.kind < b.account.kind;
        });
        std::vector<std::string> lines;
        for (auto const& balance : balances) {
            if (balance.amount.minor_units() == 0) continue;
            lines.push_back(std::string{name(balance.account.kind)} + ' ' +
                            to_string(balance.amount));
        }
        return lines;
    }

    bool has_access(UserId user) {
        auto const found = enrollments.find_enrollment(Actor::system(), user, course);
        if (!found) return false;
        for (auto const& grant : enrollments.grants(Actor::system(), found->id).items) {
            if (grant.covers(clock.now())) return true;
        }
        return false;
    }

    Reconciliation reconciled() { return payments->reconcile(Actor::system()); }

    /// Runs SQL for what no service does.
    template <class... Values>
    void execute(storage::Sql sql, Values const&... values) {
        storage.write([&](storage::Connection& connection) { connection.execute(sql, values...); });
    }

    void set_capacity(int seats) {
        static constexpr storage::Sql sql =
            "UPDATE course_seats SET capacity = ?2 "
            "WHERE course_id = ?1";
        execute(sql, course, seats);
    }

    void set_price(std::string_view currency, int period_days, std::int64_t minor) {
        static constexpr storage::Sql sql =
            "INSERT INTO course_prices (course_id, currency, period_days, amount_minor) "
            "VALUES (?1, ?2, ?3, ?4)";
        execute(sql, course, currency, period_days, minor);
    }

    void forget_prices() {
        static constexpr storage::Sql sql = "DELETE FROM course_prices WHERE course_id = ?1";
        execute(sql, course);
    }

    PaymentOptions options_of_payments;
    CourseRows rows{storage, random};
    Enrollments enrollments{dependencies()};
    User teacher = learner("tess");
    CourseId course = rows.course({.has_price = true, .teacher = teacher.id});
    Actor ben{learner("ben").id};
    testing::FakeGateway gateway;
    testing::FakeGateway other_gateway{"other", "another secret"};
    std::optional<Payments> payments;
};

inline std::vector<std::string> const sold_books{"gateway 49.00 EUR", "platform_fees -4.90 EUR",
                                                 "teacher_payable -44.10 EUR"};

}  // namespace eduplat::test
