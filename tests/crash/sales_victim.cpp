// A process to be killed while it sells: sales_victim PATH LOG SEED [shim CALL N]. It says each
// capture and each refund once it is acknowledged.
#include "sales.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/registry.hpp>
#include <support/vfs_shim.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;

namespace {

void say(std::string const& line) {
    std::cout << line << std::endl;
}

FileCall call_named(std::string const& name) {
    if (name == "sync") return FileCall::sync;
    return name == "truncate" ? FileCall::truncate : FileCall::write;
}

/// A day of sales: buyers and courses are those that were there.
class Day {
  public:
    Day(storage::Storage& storage, std::string const& log, std::uint64_t seed)
        : school_(storage, seed), gateway_(school_.gateway, log), random_(seed), seed_(seed) {
        school_.clock.advance(std::chrono::hours{24} * static_cast<int>(seed % 100'000));
        gateway_.replay();
        static_cast<void>(school_.gateway.take_webhooks(school_.clock.now()));
    }

    [[noreturn]] void work() {
        for (int number = 0;; ++number) {
            try {
                something(number);
            } catch (Error const& error) {
                // Bought already, or an order is open: that is a day's business.
                bool const usual = error.code() == ErrorCode::failed_precondition ||
                                   error.code() == ErrorCode::invalid_argument ||
                                   error.code() == ErrorCode::resource_exhausted;
                if (!usual) throw;
            }
        }
    }

  private:
    long pick(long most) { return std::uniform_int_distribution<long>{1, most}(random_); }

    void something(int number) {
        switch (pick(8)) {
            case 1:
                return pay_back(number);
            case 2:
                return settle();
            case 3:
                return deliver();
            default:
                return sell(number);
        }
    }

    void sell(int number) {
        school_.clock.advance(1s);
        auto step = school_.payments.checkout(
            Actor{UserId{pick(buyers)}},
            {.course = CourseId{pick(courses)},
             .idempotency_key = std::to_string(seed_) + '/' + std::to_string(number)});
        while (step.request && pick(10) > 1)
            step = school_.payments.answer(step.payment, gateway_.send(*step.request));
        if (step.order_state != OrderState::fulfilled) return;
        say("sold " + std::to_string(step.payment.value()));
        last_ = step.payment;
    }

    void pay_back(int number) {
        if (!last_) return;
        RefundRequest request{.payment = *last_, .idempotency_key = std::to_string(number)};
        if (pick(2) == 1) request.amount = Money{pick(4900), Currency::named("EUR")};
        auto step = school_.payments.refund(Actor::system(), request);
        say("refund " + std::to_string(step.refund.value()));
        while (step.request && pick(10) > 1)
            step = school_.payments.answer(step.refund, gateway_.send(*step.request));
    }

    void settle() {
        school_.clock.advance(1h);
        static_cast<void>(school_.jobs.run_due(Actor::system(), 1s));
        for (auto const& one : school_.payments.due())
            school_.payments.answer(one, gateway_.send(one.request));
    }

    void deliver() {
        for (auto const& told : school_.gateway.take_webhooks(school_.clock.now()))
            static_cast<void>(school_.payments.webhook("fake", told));
    }

    static constexpr long buyers = 8;
    static constexpr long courses = 4;

    TestSchool school_;
    LastingGateway gateway_;
    std::mt19937_64 random_;
    std::uint64_t seed_;
    std::optional<PaymentId> last_;
};

}  // namespace

int main(int count, char** values) {
    std::vector<std::string> const arguments(values, values + count);
    storage::SqliteOptions options{.path = arguments.at(1), .busy_timeout = 60s};
    std::unique_ptr<VfsShim> shim;
    if (arguments.size() > 6) {
        shim = std::make_unique<VfsShim>();
        shim->inject(
            {.call = call_named(arguments[5]), .from = std::stol(arguments[6]), .code = 0});
        options.vfs = shim->name();
    }
    try {
        auto const storage = storage::open_sqlite(options);
        Day{*storage, arguments.at(2), std::stoull(arguments.at(3))}.work();
    } catch (Error const& error) {
        say(std::string{"failed "} + error.what());
        return 3;
    }
}
