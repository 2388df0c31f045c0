#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/course_rows.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

constexpr int buyers_count = 64;

struct Fixture {
    Fixture() {
        for (int i = 0; i < buyers_count; ++i) {
            auto const name = "buyer" + std::to_string(i);
            buyers.emplace_back(school.accounts
                                    .register_user(Actor::system(), {.email = name + "@example.org",
                                                                     .display_name = name})
                                    .id);
        }
    }

    PaymentStep finish(PaymentStep step) {
        while (step.request)
            step = school.payments.answer(step.payment, school.gateway.send(*step.request));
        return step;
    }

    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    CourseRows rows{*storage, school.random};
    std::vector<Actor> buyers;
};

template <class Work>
void in_threads(int count, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&work, i] { work(i); });
    for (auto& thread : threads)
        thread.join();
}

}  // namespace

TEST_CASE_METHOD(Fixture, "64 buyers of N seats get exactly N", "[concurrency][payments]") {
    auto const rounds = environment_number("EDUPLAT_SEAT_ROUNDS", 200);
    for (int round = 0; round < rounds; ++round) {
        int const seats = 1 + round * 7 % (buyers_count - 1);
        auto const course = rows.course({.capacity = seats, .has_price = true});
        std::atomic<int> sold = 0;
        std::atomic<int> full = 0;
        std::atomic<int> other = 0;
        in_threads(buyers_count, [&](int i) {
            try {
                auto const step = finish(school.payments.checkout(
                    buyers[static_cast<std::size_t>(i)],
                    {.course = course, .idempotency_key = "round " + std::to_string(round)}));
                if (step.order_state == OrderState::fulfilled) ++sold;
            } catch (Error const& error) {
                ++(error.code() == ErrorCode::resource_exhausted ? full : other);
            }
        });
        CAPTURE(round, seats);
        REQUIRE(sold == seats);
        REQUIRE(full == buyers_count - seats);
        REQUIRE(other == 0);
        REQUIRE(seats_taken(*storage, course) == seats);
    }
    auto const report = school.payments.reconcile(Actor::system());
    CHECK(report.sound());
    CHECK(storage->check().ok());
}

TEST_CASE_METHOD(Fixture, "one key used by many threads at once is one payment",
                 "[concurrency][payments]") {
    for (int round = 0; round < 20; ++round) {
        auto const course = rows.course({.capacity = 3, .has_price = true});
        std::atomic<int> fulfilled = 0;
        in_threads(16, [&](int /*i*/) {
            auto const step = finish(school.payments.checkout(
                buyers.front(),
                {.course = course, .idempotency_key = "round " + std::to_string(round)}));
            if (step.order_state == OrderState::fulfilled) ++fulfilled;
        });
        CHECK(fulfilled == 16);
        CHECK(seats_taken(*storage, course) == 1);
    }
    CHECK(school.gateway.payment_references().size() == 20);
    CHECK(school.payments.reconcile(Actor::system()).sound());
}

TEST_CASE_METHOD(Fixture, "answers, webhooks and queries of one payment at once book it once",
                 "[concurrency][payments]") {
    for (int round = 0; round < 20; ++round) {
        auto const course = rows.course({.has_price = true});
        auto const step = school.payments.checkout(
            buyers.front(),
            {.course = course, .idempotency_key = "round " + std::to_string(round)});
        auto const answer = school.gateway.send(*step.request);
        auto const webhooks = school.gateway.take_webhooks(school.clock.now());
        in_threads(16, [&](int i) {
            if (i % 2 == 0) {
                static_cast<void>(school.payments.answer(step.payment, answer));
            } else {
                static_cast<void>(school.payments.webhook("fake", webhooks.front()));
            }
        });
        CHECK(school.payments.transfers(Actor::system(), step.payment).items.size() == 1);
    }
    CHECK(school.payments.reconcile(Actor::system()).sound());
}

TEST_CASE_METHOD(Fixture, "many refunds at once never pay back more than was paid",
                 "[concurrency][payments]") {
    auto const course = rows.course({.has_price = true});
    auto const step = finish(
        school.payments.checkout(buyers.front(), {.course = course, .idempotency_key = "key"}));
    Money const part{10'00, Currency::named("EUR")};
    std::atomic<int> refunded = 0;
    in_threads(16, [&](int i) {
        try {
            auto next = school.payments.refund(Actor::system(),
                                               {.payment = step.payment,
                                                .idempotency_key = "refund " + std::to_string(i),
                                                .amount = part});
            while (next.request)
                next = school.payments.answer(next.refund, school.gateway.send(*next.request));
            if (next.state == RefundState::succeeded) ++refunded;
        } catch (Error const& error) {
            if (error.code() != ErrorCode::invalid_argument) refunded += 1000;
        }
    });
    CHECK(refunded == 4);  // of 49.00
    auto const payment = school.payments.get_payment(Actor::system(), step.payment);
    CHECK(payment.refunded == Money{40'00, Currency::named("EUR")});
    CHECK(school.payments.reconcile(Actor::system()).sound());
}
