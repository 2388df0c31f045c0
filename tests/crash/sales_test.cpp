#include "sales.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/course_rows.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <chrono>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

constexpr int buyers = 8;
constexpr int courses = 4;

/// What victims were told to be done.
struct Acknowledged {
    std::set<std::int64_t> sold = {};
    std::set<std::int64_t> refunds = {};
};

long pick(std::mt19937_64& random, long least, long most) {
    return std::uniform_int_distribution<long>{least, most}(random);
}

/// Courses for a month at a time, so that they can be bought again and again; one has few seats.
void open_school(std::string const& path) {
    auto const storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    for (int i = 0; i < buyers; ++i)
        static_cast<void>(school.person());
    CourseRows rows{*storage, school.random};
    for (int i = 0; i < courses; ++i) {
        auto const capacity = i == 0 ? std::optional{buyers / 2} : std::nullopt;
        auto const course = rows.course({.capacity = capacity, .has_price = true});
        static constexpr storage::Sql sql =
            "UPDATE course_prices SET period_days = 30 WHERE course_id = ?1";
        storage->write([&](storage::Connection& connection) { connection.execute(sql, course); });
    }
}

void hear(std::string const& line, Acknowledged& acknowledged) {
    auto const space = line.find(' ');
    auto const what = line.substr(0, space);
    REQUIRE((what == "sold" || what == "refund"));
    (what == "sold" ? acknowledged.sold : acknowledged.refunds)
        .insert(std::stol(line.substr(space)));
}

/// Sells until it is killed, by us or at a random write or sync.
void sell_and_die(std::mt19937_64& random, std::string const& path, std::string const& log,
                  long seed, Acknowledged& acknowledged) {
    std::vector<std::string> command{EDUPLAT_PROCESS_SALES_VICTIM, path, log, std::to_string(seed)};
    if (pick(random, 0, 1) == 1) {
        bool const write = pick(random, 0, 1) == 1;
        command.insert(command.end(), {"shim", write ? "write" : "sync",
                                       std::to_string(pick(random, 1, write ? 600 : 80))});
    }
    ChildProcess victim{command};
    auto const enough = pick(random, 0, 25);
    for (long heard = 0; heard <= enough; ++heard) {
        auto const line = victim.read_line();
        if (!line) break;
        hear(*line, acknowledged);
    }
    std::this_thread::sleep_for(std::chrono::microseconds{pick(random, 0, 3000)});
    victim.kill();
    for (auto const& line : victim.read_lines())
        hear(line, acknowledged);
    CHECK(victim.wait() < 0);
}

/// The next process: it hears of the gateway what was lost, and judges.
class Judge {
  public:
    Judge(std::string const& path, std::string const& log, long day)
        : storage_(storage::open_sqlite({.path = path})),
          school_(*storage_, static_cast<std::uint64_t>(day) + 1'000'000),
          gateway_(school_.gateway, log) {
        school_.clock.advance(std::chrono::hours{24} * static_cast<int>(day));
        gateway_.replay();
    }

    void judge(Acknowledged const& acknowledged) {
        judge_books();
        for (auto const id : acknowledged.sold) {
            CHECK(school_.payments.get_payment(Actor::system(), PaymentId{id}).state ==
                  PaymentState::captured);
        }
        settle();
        judge_books();
        CHECK(school_.payments.reconcile(Actor::system()).sound());
        CHECK(school_.payments.reconcile(Actor::system()).open_refunds.empty());
        CHECK(refunds_known() >= acknowledged.refunds.size());
        CHECK(held_by_gateway() == booked());
        judge_sales();
        CHECK(storage_->check().ok());
    }

  private:
    void judge_books() {
        auto const report = school_.payments.reconcile(Actor::system());
        CHECK(report.unbalanced.empty());
        CHECK(report.balances_match);
        CHECK(report.delivered_not_paid.empty());
        CHECK(report.paid_not_delivered.empty());
        CHECK(report.conflicted.empty());
    }

    void settle() {
        for (int round = 0; round < 50; ++round) {
            for (auto const& told : school_.gateway.take_webhooks(school_.clock.now()))
                static_cast<void>(school_.payments.webhook("fake", told));
            school_.clock.advance(std::chrono::hours{7});
            static_cast<void>(school_.jobs.run_due(Actor::system(), std::chrono::hours{1}));
            auto const due = school_.payments.due(limits::page_size_max);
            for (auto const& one : due)
                school_.payments.answer(one, gateway_.send(one.request));
            if (due.empty() && round > 1) return;
        }
        FAIL("something is due for ever");
    }

    /// Every paid line has its entitlement, or all its money back.
    void judge_sales() {
        PageRequest request{.limit = limits::page_size_max};
        do {
            auto const page = school_.payments.payments(Actor::system(),
                                                        {.state = PaymentState::captured}, request);
            for (auto const& payment : page.items) {
                bool const returned = payment.refunded == payment.captured;
                CHECK(has_grant(payment) != returned);
            }
            request.after = page.next;
        } while (request.after);
    }

    bool has_grant(Payment const& payment) {
        static constexpr storage::Sql sql =
            "SELECT count(*) FROM grants WHERE line_id = ?1 AND revoked_at IS NULL";
        return number(sql, payment.line) == 1;
    }

    std::size_t refunds_known() {
        static constexpr storage::Sql sql = "SELECT count(*) FROM refunds WHERE ?1 = 0";
        return static_cast<std::size_t>(number(sql, 0));
    }

    template <class Value>
    std::int64_t number(storage::Sql sql, Value const& value) {
        return storage_->read([&](storage::Connection& connection) {
            auto row = connection.query(sql, value);
            row.step();
            return row.int64(0);
        });
    }

    std::int64_t held_by_gateway() {
        std::int64_t sum = 0;
        for (auto const& reference : school_.gateway.payment_references())
            sum += school_.gateway.held_minor(reference);
        return sum;
    }

    std::int64_t booked() {
        for (auto const& balance : school_.payments.balances(Actor::system()).items) {
            if (balance.account.kind == AccountKind::gateway) return balance.amount.minor_units();
        }
        return 0;
    }

    std::unique_ptr<storage::Storage> storage_;
    TestSchool school_;
    LastingGateway gateway_;
};

}  // namespace

// EDUPLAT_CRASH_KILLS=1000 for all kills; 100 unless told.
TEST_CASE("processes killed while they sell lose no money and no course", "[crash][payments]") {
    auto const seed = static_cast<std::uint64_t>(
        environment_number("EDUPLAT_CRASH_SEED", static_cast<long>(std::random_device{}() >> 1U)));
    std::cout << "kills while selling: EDUPLAT_CRASH_SEED=" << seed << '\n';
    std::mt19937_64 random{seed};
    auto const wanted = environment_number("EDUPLAT_CRASH_KILLS", 100);
    std::size_t sold = 0;
    for (long kills = 0; kills < wanted;) {
        TempDir const dir;
        auto const path = dir.file("school.db");
        auto const log = dir.file("gateway.log");
        open_school(path);
        Acknowledged acknowledged;
        // The same school survives several kills.
        for (int round = 0; round < 10 && kills < wanted; ++round, ++kills) {
            CAPTURE(kills);
            auto const day = 2 * round + 1;
            sell_and_die(random, path, log, day, acknowledged);
            Judge{path, log, day + 1}.judge(acknowledged);
        }
        sold += acknowledged.sold.size();
    }
    std::cout << wanted << " kills while selling, " << sold << " sales acknowledged\n";
    CHECK(sold > 0);
}
