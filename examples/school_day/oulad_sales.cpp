#include "oulad_sales.hpp"

#include "progress_bar.hpp"
#include "report.hpp"

#include <eduplat/testing/fake_gateway.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace school_day {
namespace {

using namespace edu::literals;

constexpr auto system = edu::Actor::system();
constexpr int buyers_per_course = 20;

/// SIMULATED: what a presentation of each module shall cost. The dataset has no prices.
struct SimulatedPrice {
    std::string_view module;
    edu::Money amount;
};
constexpr std::array price_list{
    SimulatedPrice{"AAA", 120'00_eur}, SimulatedPrice{"BBB", 80'00_eur},
    SimulatedPrice{"CCC", 95'00_eur},  SimulatedPrice{"DDD", 110'00_gbp},
    SimulatedPrice{"EEE", 64'90_eur},  SimulatedPrice{"FFF", 99'00_gbp},
    SimulatedPrice{"GGG", 680'00_cny},
};

class Sales {
  public:
    explicit Sales(std::string const& file)
        : gateway_(std::make_shared<edu::testing::FakeGateway>()),
          school_(edu::Platform::open({.path = file, .gateways = {gateway_}})) {}

    void run() {
        set_prices();
        sell();
        pay_back();
        print_balances(school_);
        print_reconciliation(school_);
        complete_one();
    }

  private:
    void set_prices() {
        heading("Sales on a copy of the school (simulated: the dataset has no prices)");
        Table table{"lr", {"module", "simulated price"}};
        for (auto const& price : price_list) {
            std::string const module{price.module};
            auto const tagged = all_of([&](edu::PageRequest const& request) {
                return school_.courses().catalog(system, {.tag = module}, request);
            });
            for (auto const& course : tagged)
                set_price(course.id, price.amount);
            if (!tagged.empty()) table.add({module, edu::to_string(price.amount)});
        }
        table.print();
    }

    void set_price(edu::CourseId id, edu::Money amount) {
        auto const course = school_.courses().get_course(system, id);
        school_.courses().update(system,
                                 {.course = id, .version = course.version, .price = amount});
        courses_.push_back(id);
    }

    /// Some learners of each course buy the next one.
    void sell() {
        ProgressBar bar{"sales"};
        for (std::size_t i = 0; i < courses_.size(); ++i) {
            auto const roster = school_.enrollments().roster(
                system, courses_[i], {}, edu::PageRequest{.limit = buyers_per_course});
            for (auto const& entry : roster.items)
                buy(entry.enrollment.user, courses_[(i + 1) % courses_.size()]);
            bar.update(static_cast<double>(i + 1) / static_cast<double>(courses_.size()),
                       static_cast<std::int64_t>(sold_.size()));
        }
        bar.finish(static_cast<std::int64_t>(sold_.size()));
        line("  " + std::to_string(sold_.size()) + " sales, " + std::to_string(declined_) +
             " of them after a card was declined, in " + in_seconds(bar.seconds()));
    }

    void buy(edu::UserId user, edu::CourseId course) {
        if (school_.enrollments().find_enrollment(system, user, course)) return;
        auto const buyer = school_.accounts().actor_for(user);
        // Every seventh card is declined once.
        auto const declines = sold_.size() % 7 == 3;
        if (declines) gateway_->script({edu::testing::FakeOutcome::decline});
        auto step = send(school_.payments().checkout(
            buyer,
            {.course = course, .idempotency_key = "simulated " + std::to_string(course.value())}));
        if (step.state == edu::PaymentState::failed) {
            ++declined_;
            step = send(school_.payments().next_step(buyer, step.payment));
        }
        if (step.state == edu::PaymentState::captured) sold_.push_back(step.payment);
    }

    edu::PaymentStep send(edu::PaymentStep step) {
        while (step.request)
            step = school_.payments().answer(step.payment, gateway_->send(*step.request));
        return step;
    }

    /// Every tenth buyer gets a third back, every fifteenth all of it, and access goes with it.
    void pay_back() {
        int parts = 0;
        int wholes = 0;
        for (std::size_t i = 0; i < sold_.size(); ++i) {
            auto const whole = i % 15 == 14;
            if (!whole && i % 10 != 9) continue;
            refund(sold_[i], whole);
            ++(whole ? wholes : parts);
        }
        line("  " + std::to_string(parts) + " refunds of a third, " + std::to_string(wholes) +
             " of all with the access taken back");
    }

    void refund(edu::PaymentId id, bool whole) {
        edu::RefundRequest request{.payment = id, .idempotency_key = "r", .reason = "simulated"};
        if (!whole) {
            auto const captured = school_.payments().get_payment(system, id).captured;
            request.amount = captured.allocate(std::array<std::int64_t, 2>{1, 2}).front();
        }
        auto step = school_.payments().refund(system, request);
        while (step.request)
            step = school_.payments().answer(step.refund, gateway_->send(*step.request));
    }

    /// A learner of the shortest course with registrations opens all that is left in it.
    void complete_one() {
        auto const lectures = [&](edu::CourseId course) {
            return school_.courses().outline(system, course).lectures.size();
        };
        std::sort(courses_.begin(), courses_.end(), [&](auto a, auto b) {
            return std::pair{lectures(a), a.value()} < std::pair{lectures(b), b.value()};
        });
        for (auto const course : courses_) {
            auto const active = school_.enrollments().roster(
                system, course, {.state = edu::EnrollmentState::active});
            auto const imported =
                std::find_if(active.items.begin(), active.items.end(),
                             [](auto const& entry) { return entry.enrollment.source.has_value(); });
            if (imported == active.items.end()) continue;
            complete(*imported, course);
            return;
        }
    }

    void complete(edu::RosterEntry const& learner, edu::CourseId course) {
        auto const actor = school_.accounts().actor_for(learner.enrollment.user);
        auto const before = school_.learning().progress(actor, course).percent;
        for (auto const& lecture : school_.courses().outline(actor, course).lectures) {
            auto const recorded = school_.learning().record(
                actor, {.batch = "simulated " + std::to_string(lecture.id.value()),
                        .events = {edu::Opened{lecture.id}}});
            for (auto const& certificate : recorded.certificates)
                print_certificate(learner, before, certificate);
        }
    }

    void print_certificate(edu::RosterEntry const& learner, int percent_before,
                           edu::Certificate const& certificate) {
        auto const verified =
            school_.learning().verify_certificate(edu::Actor::guest(), certificate.code);
        line("  " + learner.display_name + " was at " + std::to_string(percent_before) +
             " % of \"" + in_english(verified.value().course_title) +
             "\", opened the rest, and has a certificate: " +
             std::string{edu::name(verified->state)});
    }

    std::shared_ptr<edu::testing::FakeGateway> gateway_;
    edu::Platform school_;
    std::vector<edu::CourseId> courses_;
    std::vector<edu::PaymentId> sold_;
    int declined_ = 0;
};

}  // namespace

void sell_on_copy(edu::Platform const& school, std::filesystem::path const& copy) {
    remove_school(copy);
    school.backup_to(copy.string());
    Sales{copy.string()}.run();
}

}  // namespace school_day
