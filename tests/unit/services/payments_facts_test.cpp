#include "payments_fixture.hpp"

#include <eduplat/domain/payment_position.hpp>

#include <numeric>
#include <set>

using namespace eduplat;
using namespace eduplat::test;
using namespace eduplat::literals;
using enum GatewayFactKind;

namespace {

/// A payment of two attempts, of which the gateway has said nothing yet but that the first was
/// declined.
struct TwoAttempts : PaymentSchool {
    TwoAttempts() { begin(); }

    void begin() {
        payment = payments->checkout(ben, order()).payment;
        first = reference(1);
        tell({.kind = declined, .reference = first, .reason = "no funds"});
        static_cast<void>(payments->next_step(ben, payment));
        second = reference(2);
    }

    /// The same again, for another buyer of another course.
    void begin_anew() {
        ++buyers;
        ben = Actor{learner("buyer" + std::to_string(buyers)).id};
        course = rows.course({.has_price = true, .teacher = teacher.id});
        begin();
    }

    std::string reference(int number) {
        static constexpr storage::Sql sql =
            "SELECT reference FROM payment_attempts WHERE payment_id = ?1 AND number = ?2";
        return storage.read([&](storage::Connection& connection) {
            auto row = connection.query(sql, payment, number);
            row.step();
            return row.string(0);
        });
    }

    void tell(GatewayFact const& fact) {
        static_cast<void>(payments->webhook("fake", gateway.webhook(fact, clock.now())));
    }

    PaymentId payment{0};
    std::string first;
    std::string second;
    int buyers = 0;
};

/// What of the books is a payment's, by account.
std::map<std::string, Money> books_of_payment(TwoAttempts& school) {
    std::map<std::string, Money> sums;
    for (auto const& transfer : school.payments->transfers(*school.admin, school.payment).items) {
        for (auto const& posting : transfer.postings) {
            auto const [place, fresh] =
                sums.try_emplace(std::string{name(posting.account.kind)}, posting.amount);
            if (!fresh) place->second += posting.amount;
        }
    }
    return sums;
}

/// What a payment comes to, without ids, uids and times.
std::string outcome(TwoAttempts& school) {
    auto const payment = school.get(school.payment);
    std::string text{name(payment.state)};
    text += ' ' + std::string{name(payment.order_state)} + ' ' + to_string(payment.captured) + ' ' +
            to_string(payment.refunded) + ' ' + to_string(payment.refund_pending) + ' ' +
            std::string{name(payment.dispute)} +
            (payment.lost == 0'00_eur ? "" : ' ' + to_string(payment.lost)) + " [" +
            payment.conflict + "] [" + payment.failure + "] ";
    auto const enrollment =
        school.enrollments.find_enrollment(Actor::system(), payment.user, payment.course);
    text += enrollment ? name(enrollment->state) : "not enrolled";
    text += school.has_access(payment.user) ? " access " : " no access ";
    text += std::to_string(seats_taken(school.storage, school.course)) + " seats";
    for (auto const& [account, amount] : books_of_payment(school)) {
        if (amount.minor_units() != 0) text += "; " + account + ' ' + to_string(amount);
    }
    // In how many parts something is owed is a matter of the order.
    auto owed = 0'00_eur;
    std::multiset<std::string> refunds;
    for (auto const& refund : school.payments->refunds(Actor::system(), school.payment).items) {
        if (refund.cause == RefundCause::surplus) {
            if (refund.state == RefundState::requested) owed += refund.amount;
            continue;
        }
        refunds.insert("; refund " + std::string{name(refund.cause)} + ' ' +
                       std::string{name(refund.state)} + ' ' + to_string(refund.amount));
    }
    if (owed > 0'00_eur) text += "; owed " + to_string(owed);
    for (auto const& refund : refunds)
        text += refund;
    return text;
}

/// One of the facts of a set: told of the first or the second attempt.
struct Said {
    GatewayFactKind kind;
    int attempt = 1;
    Money amount = 49'00_eur;
    std::string transaction = {};
    std::string charge = {};
    std::string reason = "no funds";  ///< for which it was declined
};

GatewayFact fact(TwoAttempts const& school, Said const& said) {
    auto const of_buyer = '-' + std::to_string(school.buyers);
    auto const charge = "charge-" + std::to_string(said.attempt) + of_buyer;
    return {.kind = said.kind,
            .reference = said.attempt == 1 ? school.first : school.second,
            .transaction_id = said.transaction.empty() ? charge : said.transaction + of_buyer,
            .amount = said.amount,
            .reason = said.kind == declined ? said.reason : "",
            .charge_id = said.charge.empty() ? "" : said.charge + of_buyer};
}

/// What comes of facts told in this order; where `twice` says so, each again at once and at the
/// end.
std::string told(TwoAttempts& school, std::vector<Said> const& facts,
                 std::vector<std::size_t> const& order, bool twice) {
    school.begin_anew();
    auto const tell = [&](std::size_t i) {
        try {
            school.tell(fact(school, facts[i]));
        } catch (Error const& error) {
            CHECK(error.violations().front().rule == "mismatch");
        }
    };
    for (auto const i : order) {
        tell(i);
        if (twice) tell(i);
    }
    for (auto const i : order) {
        if (twice) tell(i);
    }
    return outcome(school);
}

/// Everything that can come of a set of facts.
std::set<std::string> outcomes(std::vector<Said> const& facts) {
    TwoAttempts school;
    std::vector<std::size_t> order(facts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::set<std::string> all;
    int number = 0;
    do {
        all.insert(told(school, facts, order, ++number % 2 == 0));
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(school.reconciled().unbalanced.empty());
    CHECK(school.reconciled().balances_match);
    CHECK(school.reconciled().paid_not_delivered.empty());
    CHECK(school.reconciled().delivered_not_paid.empty());
    return all;
}

Refusal mismatch(std::string_view field) {
    return {ErrorCode::invalid_argument, {std::string{field}, "mismatch", std::nullopt}};
}

}  // namespace

#define SOLD_BOOKS "; gateway 49.00 EUR; platform_fees -4.90 EUR; teacher_payable -44.10 EUR"

namespace {

struct Set {
    std::string_view name;
    std::vector<Said> facts;
    std::string_view expected;
};

std::vector<Set> const sets{
    {"a payment's whole way",
     {{requires_action, 2}, {processing, 2}, {authorized, 2}, {captured, 2}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 "
     "seats" SOLD_BOOKS},
    {"a capture outlasts a decline, a cancellation and an expiry",
     {{declined, 2}, {canceled, 2}, {expired, 2}, {processing, 2}, {captured, 2}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 "
     "seats" SOLD_BOOKS},
    {"a decline outlasts what was before",
     {{requires_action, 2}, {processing, 2}, {authorized, 2}, {declined, 2}},
     "failed open 0.00 EUR 0.00 EUR 0.00 EUR none [] [no funds] not enrolled no access 1 "
     "seats"},
    {"refunds in parts at the gateway's desk, to the last cent",
     {{captured, 2},
      {refund_succeeded, 2, 10'01_eur, "r1"},
      {refund_succeeded, 2, 20'02_eur, "r2"},
      {refund_pending, 2, 18'97_eur, "r3"},
      {refund_succeeded, 2, 18'97_eur, "r3"}},
     "captured fulfilled 49.00 EUR 49.00 EUR 0.00 EUR none [] [] revoked no access 0 seats; "
     "refund gateway succeeded 10.01 EUR; refund gateway succeeded 18.97 EUR; "
     "refund gateway succeeded 20.02 EUR"},
    {"a dispute that is lost",
     {{captured, 2},
      {refund_succeeded, 2, 9'00_eur, "r1"},
      {dispute_opened, 2, 40'00_eur},
      {dispute_lost, 2, 40'00_eur},
      {processing, 2}},
     "captured fulfilled 49.00 EUR 9.00 EUR 0.00 EUR lost 40.00 EUR [] [] revoked no access "
     "0 "
     "seats; refund gateway succeeded 9.00 EUR"},
    {"disputes of one charge, of which one is lost and one is won",
     {{captured, 2},
      {dispute_opened, 2, 20'00_eur, "d1"},
      {dispute_lost, 2, 20'00_eur, "d1"},
      {dispute_opened, 2, 29'00_eur, "d2"},
      {dispute_won, 2, 29'00_eur, "d2"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR lost 20.00 EUR [] [] active access 1 "
     "seats; gateway 29.00 EUR; platform_fees -2.90 EUR; teacher_payable -26.10 EUR"},
    {"disputes of one charge, of which one is lost and one is open",
     {{captured, 2},
      {dispute_opened, 2, 20'00_eur, "d1"},
      {dispute_lost, 2, 20'00_eur, "d1"},
      {dispute_opened, 2, 29'00_eur, "d2"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR open 20.00 EUR [] [] active access 1 "
     "seats; disputed 29.00 EUR; platform_fees -2.90 EUR; teacher_payable -26.10 EUR"},
    {"disputes of one charge that are all lost",
     {{captured, 2},
      {dispute_lost, 2, 20'00_eur, "d1"},
      {dispute_opened, 2, 29'00_eur, "d2"},
      {dispute_lost, 2, 29'00_eur, "d2"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR lost 49.00 EUR [] [] revoked no access "
     "0 "
     "seats"},
    {"a full refund that failed after all",
     {{captured, 2},
      {refund_pending, 2, 49'00_eur, "r1"},
      {refund_succeeded, 2, 49'00_eur, "r1"},
      {refund_failed, 2, 49'00_eur, "r1"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 "
     "seats" SOLD_BOOKS "; refund gateway failed 49.00 EUR"},
    {"more went back than there was",
     {{captured, 2}, {refund_succeeded, 2, 40'00_eur, "r1"}, {dispute_lost, 2, 49'00_eur, "d1"}},
     "captured fulfilled 49.00 EUR 40.00 EUR 0.00 EUR lost 9.00 EUR [refunded] [] revoked "
     "no "
     "access 0 seats; refund gateway succeeded 40.00 EUR"},
    {"two charges of one attempt",
     {{captured, 2, 49'00_eur, "c1"},
      {captured, 2, 49'00_eur, "c2"},
      {refund_succeeded, 2, 9'00_eur, "r1", "c2"},
      {dispute_opened, 2, 10'00_eur, "d1", "c2"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 seats; "
     "buyer_payable -40.00 EUR; disputed 10.00 EUR; gateway 79.00 EUR; platform_fees -4.90 "
     "EUR; teacher_payable -44.10 EUR; owed 30.00 EUR; "
     "refund gateway succeeded 9.00 EUR"},
    {"captured twice, and a part of the second paid back at the desk",
     {{captured, 1}, {captured, 2}, {refund_succeeded, 2, 9'00_eur, "r1"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 seats; "
     "buyer_payable -40.00 EUR; gateway 89.00 EUR; platform_fees -4.90 EUR; "
     "teacher_payable -44.10 EUR; owed 40.00 EUR; "
     "refund gateway succeeded 9.00 EUR"},
    {"captured twice, and the second taken back by the bank",
     {{captured, 1}, {captured, 2}, {dispute_lost, 2}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 "
     "seats" SOLD_BOOKS},
    {"captured twice, and the first taken back by the bank",
     {{captured, 1}, {captured, 2}, {dispute_lost, 1}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR lost 49.00 EUR [] [] revoked no access "
     "0 "
     "seats; buyer_payable -49.00 EUR; gateway 49.00 EUR; owed 49.00 "
     "EUR"},
    {"declined for several reasons",
     {{declined, 2, 49'00_eur, {}, {}, "no funds"},
      {declined, 2, 49'00_eur, {}, {}, ""},
      {declined, 2, 49'00_eur, {}, {}, "blocked"},
      {declined, 2, 49'00_eur, "c9", {}, "stolen"}},
     "failed open 0.00 EUR 0.00 EUR 0.00 EUR none [] [blocked] not enrolled no access 1 "
     "seats"},
    {"a wrong amount, and then the right one of the same charge",
     {{captured, 2, 48'00_eur, "c1"}, {captured, 2, 49'00_eur, "c1"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 "
     "seats" SOLD_BOOKS},
    {"a dispute that is won, and a refund that failed",
     {{authorized, 2},
      {captured, 2},
      {dispute_opened, 2},
      {dispute_won, 2},
      {refund_failed, 2, 1'00_eur, "r1"}},
     "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR won [] [] active access 1 "
     "seats" SOLD_BOOKS "; refund gateway failed 1.00 EUR"},
};

}  // namespace

TEST_CASE("in whatever order and however often facts come, they come to the same", "[payments]") {
    auto const& set = GENERATE(from_range(sets));
    INFO(set.name);
    CHECK(outcomes(set.facts) == std::set<std::string>{std::string{set.expected}});
}

TEST_CASE("what came twice, or does not fit, comes to the same in every order", "[payments]") {
    std::string expected;
    std::vector<Said> facts;
    SECTION("captured twice") {
        facts = {{captured, 1}, {captured, 2}, {processing, 2}, {canceled, 1}};
        expected =
            "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 seats; "
            "buyer_payable -49.00 EUR; gateway 98.00 EUR; platform_fees -4.90 EUR; "
            "teacher_payable -44.10 EUR; owed 49.00 EUR";
    }
    SECTION("a wrong amount beside a right capture") {
        facts = {{captured, 2}, {captured, 2, 48'00_eur, "c2"}, {declined, 2}};
        expected =
            "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [amount] [] active access 1 "
            "seats" SOLD_BOOKS;
    }
    SECTION("nothing but what does not fit") {
        facts = {{captured, 2, Money{49'00, Currency::named("USD")}},
                 {captured, 2, 48'00_eur},
                 {processing, 2}};
        expected =
            "conflicted open 0.00 EUR 0.00 EUR 0.00 EUR none [amount,currency] [] not enrolled no "
            "access 1 seats";
    }
    CHECK(outcomes(facts) == std::set<std::string>{expected});
}

TEST_CASE("six facts come to the same in each of 720 orders", "[payments]") {
    CHECK(outcomes({{processing, 2},
                    {authorized, 2},
                    {captured, 2},
                    {captured, 1},
                    {declined, 2},
                    {expired, 1}}) ==
          std::set<std::string>{
              "captured fulfilled 49.00 EUR 0.00 EUR 0.00 EUR none [] [] active access 1 seats; "
              "buyer_payable -49.00 EUR; gateway 98.00 EUR; platform_fees -4.90 EUR; "
              "teacher_payable -44.10 EUR; owed 49.00 EUR"});
    CHECK(outcomes({{authorized, 2},
                    {captured, 2},
                    {refund_succeeded, 2, 16'33_eur, "r1"},
                    {refund_succeeded, 2, 32'66_eur, "r2"},
                    {dispute_opened, 2, 0'01_eur},
                    {dispute_lost, 2, 0'01_eur}}) ==
          std::set<std::string>{
              "captured fulfilled 49.00 EUR 48.99 EUR 0.00 EUR lost 0.01 EUR [] [] revoked no "
              "access 0 "
              "seats; refund gateway succeeded 16.33 EUR; refund gateway succeeded 32.66 EUR"});
}

TEST_CASE_METHOD(TwoAttempts, "refunds and disputes are booked, and taken back from all who shared",
                 "[payments]") {
    tell(fact(*this, {captured, 2}));
    tell(fact(*this, {dispute_opened, 2}));
    CHECK(get(payment).dispute == DisputeState::open);
    CHECK(books() == std::vector<std::string>{"platform_fees -4.90 EUR",
                                              "teacher_payable -44.10 EUR", "disputed 49.00 EUR"});
    CHECK(has_access(ben.user()));
    CHECK(refusal([&] {
              return payments->refund(*admin, {.payment = payment, .idempotency_key = "r"});
          }) == precondition("dispute", "open"));
    SECTION("won") {
        tell(fact(*this, {dispute_won, 2}));
        CHECK(books() == sold_books);
        CHECK(has_access(ben.user()));
    }
    SECTION("lost") {
        tell(fact(*this, {dispute_lost, 2}));
        CHECK(books().empty());
        CHECK_FALSE(has_access(ben.user()));
        CHECK(get(payment).refunded == 0'00_eur);
        CHECK(refusal([&] {
                  return payments->refund(*admin, {.payment = payment, .idempotency_key = "r"});
              }) == precondition("dispute", "lost"));
    }
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(TwoAttempts, "what does not fit grants nothing, and marks the payment",
                 "[payments]") {
    auto said = fact(*this, {captured, 2});
    std::string field;
    SECTION("too little") {
        said.amount = 48'99_eur;
        field = "amount";
    }
    SECTION("too much") {
        said.amount = 49'01_eur;
        field = "amount";
    }
    SECTION("no amount") {
        said.amount = std::nullopt;
        field = "amount";
    }
    SECTION("another currency") {
        said.amount = Money{49'00, Currency::named("USD")};
        field = "currency";
    }
    SECTION("another merchant") {
        said.merchant = "somebody";
        field = "merchant";
    }
    SECTION("another payment's charge") {
        Actor const ann{learner("ann").id};
        sell(ann);
        said.transaction_id = "charge-merchant-of-fake-1";
        field = "payment";
    }
    auto const before = books();
    for (int i = 0; i < 2; ++i)
        CHECK(refusal([&] { tell(said); }) == mismatch(field));
    auto const marked = get(payment);
    CHECK(marked.state == PaymentState::conflicted);
    CHECK(marked.conflict == field);
    CHECK(marked.order_state == OrderState::open);
    CHECK(marked.captured == 0'00_eur);
    CHECK(marked.failure.empty());
    CHECK(books() == before);
    CHECK_FALSE(has_access(ben.user()));
    CHECK(reconciled().conflicted == std::vector<PaymentId>{payment});
    CHECK_FALSE(payments->next_step(ben, payment).request);

    // A right capture counts all the same, and the mark stays.
    tell(fact(*this, {captured, 2, 49'00_eur, "right"}));
    CHECK(get(payment).state == PaymentState::captured);
    CHECK(get(payment).conflict == field);
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(TwoAttempts, "a refund of the desk has to have a name", "[payments]") {
    tell(fact(*this, {captured, 2}));
    auto said = fact(*this, {refund_succeeded, 2, 9'00_eur});
    said.transaction_id.clear();
    CHECK(refusal([&] { tell(said); }) == mismatch("transaction"));
    CHECK(get(payment).refunded == 0'00_eur);
    CHECK(get(payment).conflict == "transaction");
    CHECK_FALSE(reconciled().sound());
}

TEST_CASE_METHOD(TwoAttempts, "what is lost in part leaves the rest to be paid back",
                 "[payments]") {
    tell(fact(*this, {captured, 2}));
    tell(fact(*this, {dispute_lost, 2, 20'00_eur, "d1"}));
    CHECK(get(payment).lost == 20'00_eur);
    CHECK(reconciled().sound());
    CHECK(refusal([&] {
              return payments->refund(
                  *admin, {.payment = payment, .idempotency_key = "r", .amount = 29'01_eur});
          }).violation == Violation{"amount", "too_large", 29'00});
    auto const refund = payments->refund(*admin, {.payment = payment, .idempotency_key = "r"});
    CHECK(refund.amount == 29'00_eur);
    CHECK(get(payment).refund_pending == 29'00_eur);
}

TEST_CASE_METHOD(TwoAttempts, "more going back than there was is no sound state", "[payments]") {
    tell(fact(*this, {captured, 1}));
    tell(fact(*this, {captured, 2}));
    auto const number = GENERATE(1, 2);
    tell(fact(*this, {refund_succeeded, number, 30'00_eur, "r1"}));
    CHECK(get(payment).conflict.empty());
    tell(fact(*this, {dispute_lost, number, 20'00_eur, "d1"}));
    CHECK(get(payment).conflict == "refunded");
    CHECK_FALSE(reconciled().sound());
}

TEST_CASE_METHOD(TwoAttempts, "a failed refund gives no seat back that another has", "[payments]") {
    set_capacity(1);
    tell(fact(*this, {captured, 2}));
    tell(fact(*this, {refund_succeeded, 2, 49'00_eur, "r1"}));
    Actor const ann{learner("ann").id};
    CHECK(sell(ann).order_state == OrderState::fulfilled);
    tell(fact(*this, {refund_failed, 2, 49'00_eur, "r1"}));
    CHECK_FALSE(has_access(ben.user()));
    CHECK(seats_taken(storage, course) == 1);
    CHECK(get(payment).refund_pending == 49'00_eur);  // so he has his money
    CHECK(reconciled().sound());
}

TEST_CASE_METHOD(TwoAttempts, "an answer about another payment marks neither", "[payments]") {
    Actor const ann{learner("ann").id};
    auto const other = payments->checkout(ann, order());
    auto const answer = send(*other.request);
    CHECK(refusal([&] { return payments->answer(payment, answer); }) == mismatch("payment"));
    CHECK(get(payment).conflict.empty());
    CHECK(get(other.payment).conflict.empty());
    CHECK_FALSE(has_access(ann.user()));
    CHECK(payments->answer(other.payment, answer).state == PaymentState::captured);
}

TEST_CASE_METHOD(TwoAttempts, "a webhook that cannot be believed changes nothing", "[payments]") {
    auto const good = gateway.webhook(fact(*this, {captured, 2}), clock.now());
    auto bad = good;
    auto const refused = [&](Refusal const& expected) {
        CHECK(refusal([&] { return payments->webhook("fake", bad); }) == expected);
        CHECK(get(payment).state == PaymentState::created);
    };
    SECTION("not signed") {
        bad.headers.clear();
        refused(denied("signature", "missing"));
    }
    SECTION("signed otherwise") {
        bad.headers.front().value.back() = bad.headers.front().value.back() == '0' ? '1' : '0';
        refused(denied("signature", "wrong"));
    }
    SECTION("changed") {
        bad.body.back() = 'X';
        refused(denied("signature", "wrong"));
    }
    SECTION("signed by another") {
        testing::FakeGateway const stranger{"fake", "another secret"};
        bad = stranger.webhook(fact(*this, {captured, 2}), clock.now());
        refused(denied("signature", "wrong"));
    }
    SECTION("too old") {
        clock.advance(5min + 1s);
        refused(denied("timestamp", "too_old"));
    }
    SECTION("too long") {
        bad.body = std::string(limits::webhook_bytes_max + 1, 'x');
        refused({ErrorCode::invalid_argument,
                 {"body", "too_long", static_cast<std::int64_t>(limits::webhook_bytes_max)}});
        bad.body.pop_back();
        refused(denied("signature", "wrong"));
    }
    SECTION("of an unknown payment") {
        bad = gateway.webhook({.kind = captured, .reference = "unknown", .amount = 49'00_eur},
                              clock.now());
        refused(missing("payment"));
    }
    SECTION("by another gateway") {
        bad = other_gateway.webhook(fact(*this, {captured, 2}), clock.now());
        refused(denied("signature", "wrong"));
        CHECK(refusal([&] { return payments->webhook("nobody", bad); }) ==
              Refusal{ErrorCode::invalid_argument, {"gateway", "unknown", std::nullopt}});
        CHECK(refusal([&] { return payments->webhook("other", bad); }) == missing("payment"));
    }
    clock.set(parse_timestamp("2026-03-01T09:35:00Z"));  // five minutes are not too old
    auto const receipt = payments->webhook("fake", good);
    CHECK(receipt.facts == 1);
    CHECK(receipt.news == 1);
    CHECK(receipt.reply.status == 200);
    CHECK(payments->webhook("fake", good).news == 0);
    CHECK(has_access(ben.user()));
}

TEST_CASE_METHOD(PaymentSchool, "every change of state that the rules make is in the tables",
                 "[payments]") {
    CHECK(can_change(OrderState::open, OrderState::paid));
    CHECK_FALSE(can_change(OrderState::fulfilled, OrderState::open));
    CHECK(can_change(PaymentState::failed, PaymentState::captured));
    for (auto const& transition : payment_transitions())
        CHECK(transition.from != PaymentState::captured);
    for (auto const& transition : attempt_transitions())
        CHECK(transition.from != AttemptState::succeeded);
    for (auto const& transition : refund_transitions())
        CHECK((transition.from != RefundState::failed || transition.to == RefundState::succeeded));
    CHECK_FALSE(order_transitions().empty());
}
