#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

struct Sold : PaymentSchool {
    explicit Sold(PaymentOptions given = {}) : PaymentSchool(given) {
        payment = sell(ben).payment;
        reference = gateway.payment_references().front();
    }

    RefundStep ask(std::optional<Money> amount, std::string key = "key",
                   std::string reason = "as you wish") {
        return payments->refund(*admin, {.payment = payment,
                                         .idempotency_key = std::move(key),
                                         .amount = amount,
                                         .reason = std::move(reason)});
    }

    void give_certificate() {
        static constexpr storage::Sql sql =
            "INSERT INTO certificates (uid, code, enrollment_id, user_id, course_id, cycle, "
            "holder, "
            "issued_at) SELECT uid, 'code', id, user_id, course_id, 1, 'Ben', 0 FROM enrollments";
        execute(sql);
    }

    PaymentId payment{0};
    std::string reference;
};

}  // namespace

TEST_CASE_METHOD(Sold, "a full refund pays back, and takes back", "[payments]") {
    auto const step = ask(std::nullopt);
    CHECK(step.state == RefundState::requested);
    CHECK(step.amount == 49'00_eur);
    CHECK(get(payment).refund_pending == 49'00_eur);
    CHECK(has_access(ben.user()));  // nothing was paid back yet
    REQUIRE(step.request);
    auto const done = payments->answer(step.refund, send(*step.request));
    CHECK(done.state == RefundState::succeeded);
    CHECK(get(payment).refunded == 49'00_eur);
    CHECK(get(payment).refund_pending == 0'00_eur);
    CHECK(get(payment).state == PaymentState::captured);
    CHECK_FALSE(has_access(ben.user()));
    CHECK(books().empty());
    CHECK(gateway.held_minor(reference) == 0);
    CHECK(seats_taken(storage, course) == 0);
    CHECK(reconciled().sound());
    // It can be bought again, and what was learned is still there.
    CHECK(sell(ben, "again").order_state == OrderState::fulfilled);
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(Sold, "refunds in parts never exceed what was captured, and reverse all of it",
                 "[payments]") {
    pay_back(payment, 16'33_eur, "1");
    CHECK(has_access(ben.user()));
    CHECK(books() == std::vector<std::string>{"gateway 32.67 EUR", "platform_fees -3.27 EUR",
                                              "teacher_payable -29.40 EUR"});
    pay_back(payment, 16'33_eur, "2");
    auto const held = ask(16'33_eur, "3");  // reserved, not yet paid back
    CHECK(refusal([&] { return ask(0'02_eur, "4"); }) ==
          Refusal{ErrorCode::invalid_argument, {"amount", "too_large", 1}});
    CHECK(get(payment).refund_pending == 16'33_eur);
    payments->answer(held.refund, send(*held.request));
    CHECK(has_access(ben.user()));
    pay_back(payment, 0'01_eur, "5");
    CHECK(get(payment).refunded == 49'00_eur);
    CHECK_FALSE(has_access(ben.user()));
    CHECK(books().empty());
    CHECK(refusal([&] { return ask(std::nullopt, "6"); }) ==
          Refusal{ErrorCode::invalid_argument, {"amount", "too_large", 0}});
    CHECK(payments->refunds(ben, payment).items.size() == 4);
}

TEST_CASE_METHOD(Sold, "the same key and request give the same refund", "[payments]") {
    auto const first = ask(10'00_eur);
    auto const again = ask(10'00_eur);
    CHECK(again.refund == first.refund);
    // The first one may have been sent: it is asked after.
    REQUIRE(again.request);
    CHECK(again.request->url.ends_with("refunds/query"));
    auto const other_body =
        Refusal{ErrorCode::already_exists, {"idempotency_key", "other_body", std::nullopt}};
    CHECK(refusal([&] { return ask(10'01_eur); }) == other_body);
    CHECK(refusal([&] { return ask(std::nullopt); }) == other_body);
    CHECK(refusal([&] { return ask(10'00_eur, "key", "another reason"); }) == other_body);
    payments->answer(first.refund, send(*first.request));
    CHECK(ask(10'00_eur).state == RefundState::succeeded);
    CHECK_FALSE(ask(10'00_eur).request);
    CHECK(gateway.refund_references().size() == 1);
}

TEST_CASE_METHOD(Sold, "a refund that fails releases its amount", "[payments]") {
    gateway.script_refunds({FakeOutcome::decline});
    CHECK(pay_back(payment).state == RefundState::failed);
    CHECK(get(payment).refund_pending == 0'00_eur);
    CHECK(get(payment).refunded == 0'00_eur);
    CHECK(books() == sold_books);
    CHECK(has_access(ben.user()));
    CHECK(pay_back(payment, std::nullopt, "again").state == RefundState::succeeded);
}

TEST_CASE_METHOD(Sold, "a refund without an answer is asked for again, and happens once",
                 "[payments]") {
    auto const outcome = GENERATE(FakeOutcome::time_out_before, FakeOutcome::time_out_after);
    gateway.script_refunds({outcome});
    CHECK(pay_back(payment).state == RefundState::requested);
    CHECK(get(payment).refund_pending == 49'00_eur);
    CHECK(reconciled().open_refunds.size() == 1);
    settle();
    CHECK(get(payment).refunded == 49'00_eur);
    CHECK(gateway.refund_references().size() == 1);
    CHECK(gateway.held_minor(reference) == 0);
    CHECK(reconciled().open_refunds.empty());
}

TEST_CASE_METHOD(Sold, "a refund that takes its time is asked after", "[payments]") {
    gateway.script_refunds({FakeOutcome::process});
    auto const step = pay_back(payment);
    CHECK(step.state == RefundState::pending);
    clock.advance(1min);
    auto due = payments->due();
    REQUIRE(due.size() == 1);
    payments->answer(due.front(), send(due.front().request));
    CHECK(get(payment).refund_pending == 49'00_eur);
    REQUIRE(gateway.finish(gateway.refund_references().front()));
    settle();
    CHECK(get(payment).refunded == 49'00_eur);
}

TEST_CASE_METHOD(Sold, "a refund that is reversed late is booked back", "[payments]") {
    pay_back(payment, 20'00_eur);
    REQUIRE(gateway.reverse_refund(gateway.refund_references().front()));
    deliver_webhooks();
    CHECK(get(payment).refunded == 0'00_eur);
    CHECK(books() == sold_books);
    std::vector<std::string> kinds;
    for (auto const& transfer : payments->transfers(*admin, payment).items)
        kinds.push_back(transfer.kind);
    CHECK(kinds == std::vector<std::string>{"captured", "refunded", "refund_reversed"});
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(Sold, "a full refund that is reversed gives back what it took", "[payments]") {
    pay_back(payment);
    CHECK_FALSE(has_access(ben.user()));
    REQUIRE(gateway.reverse_refund(gateway.refund_references().front()));
    deliver_webhooks();
    CHECK(has_access(ben.user()));
    CHECK(seats_taken(storage, course) == 1);
    CHECK(get(payment).refund_pending == 0'00_eur);
    CHECK(books() == sold_books);
    CHECK(reconciled().sound());
    pay_back(payment, std::nullopt, "again");
    CHECK(get(payment).refunded == 49'00_eur);
    CHECK_FALSE(has_access(ben.user()));
    CHECK(gateway.held_minor(reference) == 0);
    CHECK(books().empty());
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(Sold, "who bought anew before his refund was reversed is owed the money",
                 "[payments]") {
    pay_back(payment);
    auto const again = sell(ben, "again").payment;
    REQUIRE(gateway.reverse_refund(gateway.refund_references().front()));
    deliver_webhooks();
    CHECK(get(payment).refund_pending == 49'00_eur);
    settle();
    CHECK(get(payment).refunded == 49'00_eur);
    CHECK(get(again).refunded == 0'00_eur);
    CHECK(has_access(ben.user()));
    CHECK(gateway.held_minor(reference) == 0);
    CHECK(books() == sold_books);
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(Sold, "a refund waits while a bank asks for the money", "[payments]") {
    static_cast<void>(ask(std::nullopt));  // and never sent
    REQUIRE(gateway.open_dispute(reference));
    deliver_webhooks();
    clock.advance(1h);
    CHECK(payments->due().empty());
    CHECK(reconciled().open_refunds.size() == 1);
    bool const won = GENERATE(true, false);
    REQUIRE(gateway.close_dispute(reference, won));
    settle();
    CHECK(gateway.refund_references().size() == (won ? 1 : 0));
    CHECK(get(payment).refunded == (won ? 49'00_eur : 0'00_eur));
    CHECK(get(payment).lost == (won ? 0'00_eur : 49'00_eur));
    CHECK(get(payment).refund_pending == 0'00_eur);
    CHECK(reconciled().open_refunds.empty());
    CHECK(books().empty());
}

TEST_CASE_METHOD(Sold, "refunds made at the gateway's desk are booked", "[payments]") {
    REQUIRE(gateway.refund_at_desk(reference, 20'00_eur));
    deliver_webhooks();
    CHECK(get(payment).refunded == 20'00_eur);
    CHECK(has_access(ben.user()));
    CHECK(refusal([&] { return ask(29'01_eur); }).violation ==
          Violation{"amount", "too_large", 29'00});
    REQUIRE(gateway.refund_at_desk(reference, 29'00_eur));
    deliver_webhooks();
    CHECK_FALSE(has_access(ben.user()));
    CHECK(books().empty());
}

TEST_CASE_METHOD(Sold, "a refund asked for and one at the desk do not pay back more than there is",
                 "[payments]") {
    auto const asked = ask(40'00_eur);
    REQUIRE(gateway.refund_at_desk(reference, 20'00_eur));
    deliver_webhooks();
    CHECK(get(payment).refunded == 20'00_eur);
    CHECK(get(payment).refund_pending == 0'00_eur);  // there is no such rest
    CHECK(payments->answer(asked.refund, send(*asked.request)).state == RefundState::failed);
    CHECK(get(payment).refunded == 20'00_eur);
    CHECK(get(payment).refund_pending == 0'00_eur);
}

TEST_CASE_METHOD(Sold, "what cannot be refunded is refused", "[payments]") {
    CHECK(refusal([&] { return ask(0'00_eur); }) == invalid("amount", "too_small", 1));
    CHECK(refusal([&] { return ask(49'01_eur); }) ==
          Refusal{ErrorCode::invalid_argument, {"amount", "too_large", 49'00}});
    CHECK(refusal([&] {
              return ask(Money{1, Currency::named("CNY")});
          }) == Refusal{ErrorCode::invalid_argument, {"currency", "mixed", std::nullopt}});
    CHECK(broken_rules([&] { return ask(1'00_eur, "", std::string(501, 'x')); }) ==
          std::vector<std::string>{"idempotency_key: required", "reason: too_long"});
    CHECK_NOTHROW(ask(1'00_eur, "a", std::string(limits::refund_reason_bytes_max, 'x')));
    CHECK_NOTHROW(ask(1'00_eur, "b", std::string(limits::refund_reason_bytes_max - 1, 'x')));
    Actor const ann{learner("ann").id};
    auto const unpaid = payments->checkout(ann, order()).payment;
    CHECK(refusal([&] {
              return payments->refund(*admin, {.payment = unpaid, .idempotency_key = "k"});
          }) == precondition("state", "created"));
    CHECK(refusal([&] {
              return payments->refund(*admin, {.payment = PaymentId{4711}, .idempotency_key = "k"});
          }) == missing("payment"));
    CHECK(refusal([&] { return payments->answer(RefundId{4711}, {}); }) == missing("refund"));
}

TEST_CASE("what a refund does to access is a policy", "[payments]") {
    SECTION("access may stay") {
        Sold school{{.refunds = {.revoke_when_all_is_refunded = false}}};
        school.pay_back(school.payment);
        CHECK(school.has_access(school.ben.user()));
        CHECK(school.reconciled().open_revocations == std::vector<PaymentId>{school.payment});
        CHECK(school.reconciled().sound());
        CHECK(school.payments->revoke(*school.admin, school.payment).state ==
              RevocationState::done);
        CHECK_FALSE(school.has_access(school.ben.user()));
        CHECK(school.reconciled().open_revocations.empty());
    }
    SECTION("a certificate may forbid refunds") {
        Sold school{{.refunds = {.certificate_forbids = true}}};
        school.give_certificate();
        CHECK(refusal([&] { return school.ask(std::nullopt); }) ==
              precondition("course", "certified"));
        // What the gateway pays back by itself does not take the course from who finished it.
        REQUIRE(school.gateway.refund_at_desk(school.reference, 49'00_eur));
        school.deliver_webhooks();
        CHECK(school.has_access(school.ben.user()));
        CHECK(school.books().empty());
        CHECK(school.reconciled().open_revocations == std::vector<PaymentId>{school.payment});
    }
    SECTION("or not") {
        Sold school;
        school.give_certificate();
        CHECK(school.pay_back(school.payment).state == RefundState::succeeded);
        CHECK_FALSE(school.has_access(school.ben.user()));
    }
}

TEST_CASE_METHOD(Sold, "access can be taken back without a refund, and only that of the purchase",
                 "[payments]") {
    static_cast<void>(enrollments.give(Actor::system(), {.user = ben.user(), .course = course}));
    CHECK(payments->revoke(*admin, payment).state == RevocationState::done);
    CHECK(payments->revoke(*admin, payment).state == RevocationState::done);
    CHECK(has_access(ben.user()));  // by the gift
    CHECK(get(payment).captured == 49'00_eur);
    CHECK(payments->refunds(ben, payment).items.empty());
    CHECK(books() == sold_books);
    CHECK(reconciled().sound());
    // The refund is a step of its own.
    CHECK(pay_back(payment).state == RefundState::succeeded);
    CHECK(has_access(ben.user()));
    Actor const ann{learner("ann").id};
    auto const unpaid = payments->checkout(ann, order()).payment;
    CHECK(refusal([&] { return payments->revoke(*admin, unpaid); }) ==
          precondition("state", "open"));
}
