#include "benchmarks/bench_school.hpp"
#include "benchmarks/school_benchmarks.hpp"

#include <eduplat/core/money_literals.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace eduplat::benchmarks {
namespace {

using namespace literals;

constexpr int threads_max = 8;
constexpr int purchases_each = 20;  // by a thread in a round
constexpr int rounds = 15;
constexpr int purchases_all = threads_max * purchases_each * (rounds + 1) * 2;

/// Buyers, each of whom buys the course once.
class Shop {
  public:
    explicit Shop(std::string const& path)
        : school_(path), buyers_(school_.learners(purchases_all)) {
        for (auto& course : courses_)
            course = school_.course("Course", 1, 49'00_eur);
    }

    /// From the buyer's wish to his enrollment: two transactions, and the gateway between them.
    void buy() {
        auto const buyer = next_++;
        require(buyer < purchases_all, "too few buyers");
        // As days go on: at one moment all uids would be in no order.
        school_.clock.advance(std::chrono::milliseconds{1});
        auto const user = buyers_[static_cast<std::size_t>(buyer)];
        auto const course = *courses_[static_cast<std::size_t>(buyer) % courses_.size()];
        auto const step = school_.payments.checkout(
            Actor{user}, {.course = course, .idempotency_key = std::to_string(buyer)});
        auto const answer = school_.gateway.send(*step.request);
        auto const paid = school_.payments.answer(step.payment, answer);
        require(paid.order_state == OrderState::fulfilled, "a buyer was not enrolled");
    }

  private:
    BenchSchool school_;
    std::vector<UserId> buyers_;
    std::array<std::optional<CourseId>, 4> courses_ = {};
    std::atomic<int> next_{0};
};

void in_threads(int count, int purchases, Shop& shop) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < purchases; ++n)
                shop.buy();
        });
    }
    for (auto& thread : threads)
        thread.join();
}

}  // namespace

void measure_checkout(Report& report, std::string const& folder) {
    Shop shop{folder + "/checkout.db"};
    constexpr int purchases = threads_max * purchases_each;
    auto const times = compare(
        rounds, [&] { in_threads(threads_max, purchases_each, shop); },
        [&] { in_threads(1, purchases, shop); });
    report.add_rate("checkout to enrollment 8 threads", times, purchases, "purchases/s");
}

}  // namespace eduplat::benchmarks
