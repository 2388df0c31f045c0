#include "analytics/risk_table.hpp"
#include "property.hpp"

#include <eduplat/analytics/items.hpp>
#include <eduplat/analytics/revenue.hpp>
#include <eduplat/analytics/survival.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using eduplat::test::holds;

namespace {

bool near(double a, double b) {
    return std::isfinite(a) && std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

bool near(std::optional<double> a, std::optional<double> b) {
    return a.has_value() == b.has_value() && (!a || near(*a, *b));
}

template <class Value>
void shuffle(std::vector<Value>& values) {
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[*rc::gen::inRange(std::size_t{0}, i)]);
}

struct Stay {
    double duration;
    std::uint8_t observed;
};

/// Whole days with many ties, or fractions with few; sometimes more than a short sort takes.
std::vector<Stay> any_stays() {
    auto const unit = *rc::gen::element(1.0, 1.0, 0.125, 1e-3, 1e9);
    auto const range = *rc::gen::element(3, 40, 5000);
    auto const size =
        *rc::gen::inRange(0, 10) == 0 ? *rc::gen::inRange(600, 900) : *rc::gen::inRange(0, 60);
    std::vector<Stay> stays;
    for (int i = 0; i < size; ++i)
        stays.push_back(
            {unit * *rc::gen::inRange(0, range), *rc::gen::element<std::uint8_t>(0, 1, 7)});
    return stays;
}

std::vector<double> durations_of(std::vector<Stay> const& stays) {
    std::vector<double> result;
    for (auto const& stay : stays)
        result.push_back(stay.duration);
    return result;
}

std::vector<std::uint8_t> observed_of(std::vector<Stay> const& stays) {
    std::vector<std::uint8_t> result;
    for (auto const& stay : stays)
        result.push_back(stay.observed);
    return result;
}

SurvivalCurve curve_of(std::vector<Stay> const& stays) {
    return kaplan_meier(durations_of(stays), observed_of(stays));
}

/// By the definition, every stay looked at for every time.
void check_by_definition(std::vector<Stay> const& stays, SurvivalCurve const& curve) {
    std::set<double> times;
    for (auto const& stay : stays)
        times.insert(stay.duration);
    RC_ASSERT(curve.steps.size() == times.size());
    double survival = 1;
    double greenwood = 0;
    std::size_t i = 0;
    for (auto const time : times) {
        auto const count = [&stays](auto const& condition) {
            return static_cast<std::int64_t>(std::count_if(stays.begin(), stays.end(), condition));
        };
        auto const n = count([time](Stay const& s) { return s.duration >= time; });
        auto const d =
            count([time](Stay const& s) { return s.duration == time && s.observed != 0; });
        auto const c =
            count([time](Stay const& s) { return s.duration == time && s.observed == 0; });
        auto const& step = curve.steps[i++];
        RC_ASSERT(step.time == time);
        RC_ASSERT(step.at_risk == n);
        RC_ASSERT(step.events == d);
        RC_ASSERT(step.censored == c);
        survival *= 1 - static_cast<double>(d) / static_cast<double>(n);
        RC_ASSERT(near(step.survival, survival));
        if (n > d) greenwood += static_cast<double>(d) / static_cast<double>(n * (n - d));
        bool const has_error = step.survival > 0;
        RC_ASSERT(step.std_error.has_value() == has_error);
        if (has_error) RC_ASSERT(near(*step.std_error, survival * std::sqrt(greenwood)));
        bool const has_interval = step.survival > 0 && step.survival < 1;
        RC_ASSERT(step.low.has_value() == has_interval);
        RC_ASSERT(step.high.has_value() == has_interval);
        if (has_interval) RC_ASSERT(0 <= *step.low && *step.low <= step.survival);
        if (has_interval) RC_ASSERT(step.survival <= *step.high && *step.high <= 1);
    }
}

/// The test of two groups, by its definition.
std::optional<double> two_groups(std::vector<Stay> const& a, std::vector<Stay> const& b) {
    std::set<double> times;
    for (auto const* group : {&a, &b}) {
        for (auto const& stay : *group) {
            if (stay.observed != 0) times.insert(stay.duration);
        }
    }
    double difference = 0;
    double variance = 0;
    for (auto const time : times) {
        auto const at_risk = [time](Stay const& s) { return s.duration >= time; };
        auto const gone = [time](Stay const& s) { return s.duration == time && s.observed != 0; };
        auto const n1 = static_cast<double>(std::count_if(a.begin(), a.end(), at_risk));
        auto const n2 = static_cast<double>(std::count_if(b.begin(), b.end(), at_risk));
        auto const d1 = static_cast<double>(std::count_if(a.begin(), a.end(), gone));
        auto const d = d1 + static_cast<double>(std::count_if(b.begin(), b.end(), gone));
        auto const n = n1 + n2;
        difference += d1 - n1 * d / n;
        if (n > 1) variance += n1 * n2 * d * (n - d) / (n * n * (n - 1));
    }
    if (variance <= 0) return std::nullopt;
    return difference * difference / variance;
}

std::vector<Answer> any_answers() {
    auto const learners = *rc::gen::inRange(1, 12);
    auto const items = *rc::gen::inRange(1, 6);
    auto const score_max = *rc::gen::element(1, 1, 3);
    std::vector<Answer> answers;
    for (auto left = *rc::gen::inRange(0, 80); left > 0; --left) {
        answers.push_back({UserId{*rc::gen::inRange(0, learners)},
                           {LectureId{1}, *rc::gen::inRange(0, items)},
                           *rc::gen::inRange(0, score_max + 1),
                           score_max,
                           // each at a moment of its own: so rows may be shuffled
                           Timestamp{std::chrono::seconds{left}}});
    }
    shuffle(answers);
    return answers;
}

std::optional<double> pearson(std::vector<double> const& x, std::vector<double> const& y) {
    auto const n = static_cast<double>(x.size());
    auto const mean = [n](std::vector<double> const& v) {
        return std::accumulate(v.begin(), v.end(), 0.0) / n;
    };
    auto const product = [n, &mean](std::vector<double> const& v, std::vector<double> const& w) {
        return std::inner_product(v.begin(), v.end(), w.begin(), 0.0) - n * mean(v) * mean(w);
    };
    if (x.size() < 3 || product(x, x) < 1e-12 || product(y, y) < 1e-12) return std::nullopt;
    return product(x, y) / std::sqrt(product(x, x) * product(y, y));
}

using Matrix = std::map<UserId, std::map<ItemKey, double>>;

Matrix first_marks(std::vector<Answer> answers) {
    std::sort(answers.begin(), answers.end(),
              [](Answer const& a, Answer const& b) { return a.at < b.at; });
    Matrix marks;
    for (auto const& answer : answers)
        marks[answer.learner].try_emplace(
            answer.item, static_cast<double>(answer.score) / static_cast<double>(answer.score_max));
    return marks;
}

void check_item(ItemStatistics const& item, Matrix const& marks) {
    std::vector<double> all;
    std::vector<double> paired;
    std::vector<double> rests;
    for (auto const& [learner, row] : marks) {
        auto const mark = row.find(item.item);
        if (mark == row.end()) continue;
        all.push_back(mark->second);
        double rest = 0;
        for (auto const& [other, value] : row)
            rest += other == item.item ? 0 : value;
        if (row.size() == 1) continue;
        paired.push_back(mark->second);
        rests.push_back(rest / static_cast<double>(row.size() - 1));
    }
    auto const n = static_cast<double>(all.size());
    RC_ASSERT(item.learners == static_cast<std::int64_t>(all.size()));
    RC_ASSERT(item.pairs == static_cast<std::int64_t>(paired.size()));
    RC_ASSERT(near(item.facility, std::accumulate(all.begin(), all.end(), 0.0) / n));
    RC_ASSERT(near(item.point_biserial, pearson(paired, rests)));
    if (item.discrimination) RC_ASSERT(std::abs(*item.discrimination) <= 1);
    RC_ASSERT(item.first_correct.count <= item.eventual_correct.count);
}

}  // namespace

TEST_CASE("survival curves are the product-limit estimate by its definition",
          "[analytics][survival]") {
    holds([] {
        auto stays = any_stays();
        auto const curve = curve_of(stays);
        check_by_definition(stays, curve);
        shuffle(stays);
        RC_ASSERT(curve_of(stays) == curve);
    });
}

TEST_CASE("the log-rank test of two groups is that by its definition, in any order",
          "[analytics][survival]") {
    holds([] {
        auto a = any_stays();
        auto b = any_stays();
        auto const test = [](std::vector<Stay> const& first, std::vector<Stay> const& second) {
            auto const durations = std::pair{durations_of(first), durations_of(second)};
            auto const observed = std::pair{observed_of(first), observed_of(second)};
            Durations const groups[] = {{durations.first, observed.first},
                                        {durations.second, observed.second}};
            return log_rank(groups);
        };
        auto const found = test(a, b);
        RC_ASSERT(near(found.chi_squared, two_groups(a, b)));
        RC_ASSERT(near(test(b, a).chi_squared, found.chi_squared));
        if (found.p_value) RC_ASSERT(*found.p_value >= 0 && *found.p_value <= 1);
        shuffle(a);
        RC_ASSERT(test(a, b).chi_squared == found.chi_squared);
    });
}

TEST_CASE("item statistics are those by their definition, in any order of answers",
          "[analytics][items]") {
    holds([] {
        auto answers = any_answers();
        auto const analysis = item_analysis(answers);
        auto const marks = first_marks(answers);
        RC_ASSERT(analysis.learners == static_cast<std::int64_t>(marks.size()));
        for (auto const& item : analysis.items)
            check_item(item, marks);
        shuffle(answers);
        auto const again = item_analysis(answers);
        RC_ASSERT(again.items.size() == analysis.items.size());
        for (std::size_t i = 0; i < again.items.size(); ++i) {
            RC_ASSERT(again.items[i].point_biserial == analysis.items[i].point_biserial);
            RC_ASSERT(again.items[i].discrimination == analysis.items[i].discrimination);
        }
        RC_ASSERT(again.reliability.alpha == analysis.reliability.alpha);
    });
}

TEST_CASE("money is neither made nor lost by where it is counted", "[analytics][revenue]") {
    holds([] {
        auto const euro = Currency::named("EUR");
        std::vector<Timestamp> edges;
        for (int i = 0; i <= 6; ++i)
            edges.emplace_back(std::chrono::hours{24 * i});
        std::vector<RevenueRow> rows;
        std::vector<Birth> births;
        for (int user = 0; user < 5; ++user)
            births.push_back({UserId{user}, edges.front()});
        std::int64_t net = 0;
        for (auto left = *rc::gen::inRange(0, 40); left > 0; --left) {
            bool const is_payment = *rc::gen::inRange(0, 3) > 0;
            auto const amount = *rc::gen::inRange(0, 100'000);
            net += is_payment ? amount : -amount;
            rows.push_back({UserId{*rc::gen::inRange(0, 5)}, CourseId{*rc::gen::inRange(1, 4)},
                            Timestamp{std::chrono::minutes{*rc::gen::inRange(0, 6 * 24 * 60)}},
                            is_payment ? RevenueKind::payment : RevenueKind::refund,
                            Money{amount, euro}});
        }
        std::int64_t by_bucket = 0;
        for (auto const& bucket : revenue(rows, edges))
            by_bucket += bucket.takings.net.minor_units();
        std::int64_t by_course = 0;
        for (auto const& course : revenue_by_course(rows))
            by_course += course.takings.net.minor_units();
        std::int64_t by_cohort = 0;
        for (auto const& cohort : cohort_revenue(rows, births, edges))
            by_cohort += cohort.cumulative.back().minor_units();
        RC_ASSERT(by_bucket == net);
        RC_ASSERT(by_course == net);
        RC_ASSERT(by_cohort == net);
    });
}
