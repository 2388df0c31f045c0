#include "payments_fixture.hpp"

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;

namespace {

/// A hundred and twenty payments, of three courses and four buyers; every third is paid.
struct ManySales : PaymentSchool {
    ManySales() {
        for (char const* const name : {"bo", "cy", "di", "ed"})
            buyers.emplace_back(learner(name).id);
        courses = {course, rows.course({.has_price = true}), rows.course({.has_price = true})};
        for (int i = 0; i < 120; ++i) {
            CheckoutRequest const request{.course = courses[static_cast<std::size_t>(i) % 3],
                                          .idempotency_key = std::to_string(i)};
            auto const& buyer = buyers[static_cast<std::size_t>(i) % 4];
            // The paid ones are of the first buyer and course, revoked so that they can be bought
            // again.
            auto const step = payments->checkout(buyer, request);
            if (i % 12 == 0) {
                finish(step);
                static_cast<void>(payments->revoke(*admin, step.payment));
            } else {
                static_cast<void>(payments->cancel(buyer, step.payment));
            }
        }
    }

    std::vector<PaymentId> all(PaymentFilter const& filter, int limit) {
        std::vector<PaymentId> ids;
        PageRequest request{.limit = limit};
        do {
            auto const page = payments->payments(*admin, filter, request);
            for (auto const& payment : page.items)
                ids.push_back(payment.id);
            request.after = page.next;
        } while (request.after);
        return ids;
    }

    std::vector<Actor> buyers;
    std::vector<CourseId> courses;
};

}  // namespace

TEST_CASE_METHOD(ManySales, "payments are listed newest first, page by page, by each filter",
                 "[payments]") {
    CHECK(all({}, 7).size() == 120);
    auto const newest_first = all({}, 50);
    CHECK(std::is_sorted(newest_first.rbegin(), newest_first.rend()));
    CHECK(all({.user = buyers[0].user()}, 7).size() == 30);
    CHECK(all({.course = courses[1]}, 7).size() == 40);
    CHECK(all({.state = PaymentState::captured}, 7).size() == 10);
    CHECK(all({.user = buyers[0].user(), .state = PaymentState::captured}, 3).size() == 10);
    CHECK(all({.user = buyers[0].user(), .course = courses[0]}, 3).size() == 10);
    CHECK(all({.course = courses[0], .state = PaymentState::captured}, 3).size() == 10);
    CHECK(all({.user = buyers[1].user(), .state = PaymentState::captured}, 3).empty());
    auto const of_course = all({.course = courses[2]}, 11);
    CHECK(std::is_sorted(of_course.rbegin(), of_course.rend()));

    auto const next = payments->payments(*admin, {}, {.limit = 5}).next;
    REQUIRE(next);
    CHECK(refusal([&] {
              return payments->payments(*admin, {.course = courses[0]}, {.after = next});
          }) == invalid("after", "other_list"));
    CHECK(refusal([&] { return payments->payments(*admin, {}, {.limit = 0}); }).violation.field ==
          "limit");
}

TEST_CASE_METHOD(ManySales, "a page of payments costs the same number of statements",
                 "[payments]") {
    auto const statements = [&](PaymentFilter const& filter, int limit) {
        auto const before = engine->statistics().statements;
        static_cast<void>(payments->payments(*admin, filter, {.limit = limit}));
        return engine->statistics().statements - before;
    };
    for (auto const& filter :
         {PaymentFilter{}, PaymentFilter{.user = buyers[0].user()},
          PaymentFilter{.course = courses[0]}, PaymentFilter{.state = PaymentState::canceled}}) {
        CHECK(statements(filter, 1) == statements(filter, 50));
        CHECK(statements(filter, 50) <= 2);
    }
}

TEST_CASE_METHOD(PaymentSchool, "a payment is seen by its buyer and by staff, and by nobody else",
                 "[payments]") {
    auto const id = sell(ben).payment;
    auto const uid = get(id).uid;
    auto const staff = with_role("sam", Role::staff);
    Actor const ann{learner("ann").id};
    for (auto const& actor : {ben, staff, *admin, Actor::system()}) {
        CHECK(payments->get_payment(actor, id).uid == uid);
        CHECK(payments->find_payment(actor, uid)->id == id);
        CHECK(payments->find_payment(actor, id)->uid == uid);
    }
    for (auto const& actor : {ann, Actor{teacher.id}}) {
        CHECK(refusal([&] { return payments->get_payment(actor, id); }) == missing("payment"));
        CHECK_FALSE(payments->find_payment(actor, id));
        CHECK_FALSE(payments->find_payment(actor, uid));
        CHECK(refusal([&] { return payments->refunds(actor, id); }) == missing("payment"));
        CHECK(refusal([&] { return payments->next_step(actor, id); }) == missing("payment"));
        CHECK(refusal([&] { return payments->cancel(actor, id); }) == missing("payment"));
        CHECK(refusal([&] { return payments->payments(actor, {.user = ben.user()}); }).code ==
              ErrorCode::permission_denied);
        CHECK(payments->payments(actor, {.user = actor.user()}).items.empty());
    }
    CHECK(refusal([&] { return payments->find_payment(Actor::guest(), id); }) ==
          unauthenticated("actor", "guest"));
    CHECK(payments->payments(ben, {.user = ben.user()}).items.size() == 1);
    CHECK_FALSE(payments->find_payment(staff, PaymentId{4711}));
    // Nobody pays himself back.
    auto const own = sell(staff, "own").payment;
    CHECK(refusal([&] {
              return payments->refund(staff, {.payment = own, .idempotency_key = "k"});
          }).code == ErrorCode::permission_denied);
}

TEST_CASE_METHOD(PaymentSchool, "transfers add up to zero, and stay", "[payments]") {
    auto const id = sell(ben).payment;
    pay_back(id, 20'00_eur);
    auto const transfers = payments->transfers(*admin, id, {.limit = 1});
    REQUIRE(transfers.items.size() == 1);
    REQUIRE(transfers.next);
    CHECK(transfers.items.front().kind == "captured");
    auto const rest = payments->transfers(*admin, id, {.after = transfers.next});
    REQUIRE(rest.items.size() == 1);
    CHECK_FALSE(rest.next);
    for (auto const& transfer : {transfers.items.front(), rest.items.front()}) {
        auto sum = 0'00_eur;
        for (auto const& posting : transfer.postings)
            sum += posting.amount;
        CHECK(sum == 0'00_eur);
        CHECK(transfer.payment == id);
    }
    CHECK(payments->balances(*admin, {.limit = 2}).items.size() == 2);
    auto const next = payments->balances(*admin, {.limit = 2}).next;
    CHECK(payments->balances(*admin, {.after = next}).items.size() == 1);
    static constexpr storage::Sql change = "UPDATE ledger_postings SET amount_minor = 1";
    static constexpr storage::Sql remove = "DELETE FROM ledger_postings";
    CHECK_THROWS_AS(execute(change), Error);
    CHECK_THROWS_AS(execute(remove), Error);
}

TEST_CASE_METHOD(PaymentSchool, "what does not agree is told", "[payments]") {
    auto const id = sell(ben).payment;
    CHECK(reconciled().sound());
    SECTION("delivered, not paid") {
        static constexpr storage::Sql unpay =
            "UPDATE payments SET captured_minor = 0, state = 'created'";
        execute(unpay);
        CHECK(reconciled().delivered_not_paid == std::vector<PaymentId>{id});
    }
    SECTION("paid, not delivered") {
        static constexpr storage::Sql take = "UPDATE grants SET revoked_at = 1";
        execute(take);
        CHECK(reconciled().paid_not_delivered == std::vector<PaymentId>{id});
    }
    SECTION("a balance that is not the sum of its postings") {
        static constexpr storage::Sql spoil =
            "UPDATE ledger_balances SET balance_minor = balance_minor + 1 WHERE account_id = "
            "(SELECT min(id) FROM ledger_accounts)";
        execute(spoil);
        CHECK_FALSE(reconciled().balances_match);
        CHECK(reconciled().unbalanced == std::vector<Money>{0'01_eur});
    }
    SECTION("a missing balance") {
        static constexpr storage::Sql spoil = "DELETE FROM ledger_balances";
        execute(spoil);
        CHECK_FALSE(reconciled().balances_match);
    }
    CHECK_FALSE(reconciled().sound());
}

TEST_CASE_METHOD(PaymentSchool, "an erased buyer leaves the books, and no word of his",
                 "[payments]") {
    auto request = order("a secret key");
    request.payer = "a secret payer";
    request.description = "a secret course";
    request.return_url = "https://secret.example.org";
    auto const id = finish(payments->checkout(ben, request)).payment;
    static_cast<void>(payments->refund(*admin, {.payment = id,
                                                .idempotency_key = "a secret refund",
                                                .amount = 1'00_eur,
                                                .reason = "a secret reason"}));
    auto const text = [](PersonalData const& data) {
        std::string all;
        for (auto const& table : data.tables) {
            for (auto const& row : table.rows) {
                for (auto const& field : row) {
                    if (auto const* value = std::get_if<std::string>(&field.value)) all += *value;
                }
            }
        }
        return all;
    };
    auto const before = text(accounts->export_user(*admin, ben.user()));
    for (auto const* word :
         {"secret key", "secret payer", "secret course", "secret.example", "secret reason"}) {
        CHECK(before.find(word) != std::string::npos);
    }
    auto const books_before = books();
    static_cast<void>(accounts->erase_user(*admin, ben.user()));
    CHECK(text(accounts->export_user(*admin, ben.user())).find("secret") == std::string::npos);
    CHECK(books() == books_before);
    CHECK(get(id).captured == 49'00_eur);
    // The refund under way goes on.
    settle();
    CHECK(get(id).refunded == 1'00_eur);
}
