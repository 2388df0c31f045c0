#include "oulad_figures.hpp"

#include "oulad_rows.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace school_day {
namespace {

namespace edu = eduplat;
namespace analytics = eduplat::analytics;
using std::chrono::days;

constexpr auto system = edu::Actor::system();
constexpr days week{7};

/// Edges of the course's weeks; before the first one lies what `before` says.
std::vector<edu::Timestamp> week_edges(PresentationFigures const& one,
                                       std::vector<edu::Timestamp> before) {
    auto edges = std::move(before);
    for (auto at = one.start; at < one.end; at += week)
        edges.push_back(at);
    edges.push_back(edges.back() + week);
    return edges;
}

/// A curve's subjects: the test between curves asks for no more than their steps say.
struct Stays {
    std::vector<double> durations = {};
    std::vector<std::uint8_t> observed = {};

    explicit Stays(analytics::SurvivalCurve const& curve) {
        for (auto const& step : curve.steps) {
            add(step.time, step.events, 1);
            add(step.time, step.censored, 0);
        }
    }

  private:
    void add(double time, std::int64_t count, std::uint8_t ended) {
        durations.insert(durations.end(), static_cast<std::size_t>(count), time);
        observed.insert(observed.end(), static_cast<std::size_t>(count), ended);
    }
};

analytics::LogRank compare(std::vector<PresentationFigures const*> const& presentations) {
    std::vector<Stays> stays;
    stays.reserve(presentations.size());
    for (auto const* one : presentations)
        stays.emplace_back(one->stay);
    std::vector<analytics::Durations> groups;
    groups.reserve(stays.size());
    for (auto const& each : stays)
        groups.push_back({each.durations, each.observed});
    return analytics::log_rank(groups);
}

class Inquiry {
  public:
    explicit Inquiry(edu::Platform const& school) : insights_(school.insights()) {}

    void look_at(PresentationFigures& one) const {
        edu::InsightScope const scope{.courses = {one.course}};
        std::vector<edu::Timestamp> before;
        for (int i = weeks_before; i > 0; --i)
            before.push_back(one.start - i * week);
        one.weeks = insights_.activity(
            system, {.scope = scope, .edges = week_edges(one, std::move(before))});
        one.active = retention(one, scope, analytics::RetentionKind::exact);
        one.seen = retention(one, scope, analytics::RetentionKind::unbounded);
        auto survival = insights_.survival(system, {.scope = scope, .at = one.end});
        if (!survival.groups.empty()) one.stay = std::move(survival.groups.front().curve);
        one.funnel = insights_.funnel(system, {.scope = scope});
        std::size_t step = 0;
        for (auto const* const name : {"registered", "opened", "submitted", "passed"})
            one.funnel.at(step++).name = name;
    }

    [[nodiscard]] std::vector<AssessmentFigures> assessments(PresentationFigures const& one) const {
        constexpr double normal_quantile = 1.959963984540054;  // of 97.5 %
        auto const labels = labels_of(one);
        std::vector<AssessmentFigures> out;
        for (auto const& lecture :
             insights_.lecture_difficulty(system, {.scope = {.courses = {one.course}}})) {
            auto const& error = lecture.error;
            if (error.learners < ranked_learners_min) continue;
            AssessmentFigures row{.name = name_of(one.id) + ' ' + labels.lecture(lecture.lecture),
                                  .learners = error.learners,
                                  .mean_score = 100 * (1 - *error.mean)};
            if (error.std_error) {
                auto const reach = 100 * normal_quantile * *error.std_error;
                row.low = std::max(row.mean_score - reach, 0.0);
                row.high = std::min(row.mean_score + reach, 100.0);
            }
            out.push_back(std::move(row));
        }
        return out;
    }

    [[nodiscard]] std::vector<MaterialFigures> materials(PresentationFigures const& one) const {
        auto const labels = labels_of(one);
        std::vector<MaterialFigures> out;
        edu::InsightScope const scope{.courses = {one.course},
                                      .kinds = {edu::LearningKind::opened}};
        for (auto const& row : insights_.lecture_activity(system, scope).lectures) {
            if (row.openers < ranked_learners_min) continue;
            out.push_back({.name = labels.lecture(*row.lecture),
                           .presentation = name_of(one.id),
                           .activity = row,
                           .reopens_per_learner =
                               static_cast<double>(row.reopens) / static_cast<double>(row.openers),
                           .reopened = analytics::proportion(row.reopeners, row.openers)});
        }
        return out;
    }

    [[nodiscard]] std::int64_t events(PresentationFigures const& one) const {
        auto const activity = insights_.lecture_activity(system, {.courses = {one.course}});
        return activity.courses.empty() ? 0 : activity.courses.front().events;
    }

  private:
    [[nodiscard]] analytics::Cohort retention(PresentationFigures const& one,
                                              edu::InsightScope const& scope,
                                              analytics::RetentionKind kind) const {
        return insights_
            .cohorts(system, {.scope = scope,
                              .edges = week_edges(one, {edu::Timestamp{}}),
                              .by = edu::CohortsBy::enrollment,
                              .options = {.kind = kind}})
            .front();
    }

    [[nodiscard]] analytics::Labels labels_of(PresentationFigures const& one) const {
        return insights_.labels(system, {.courses = {one.course}});
    }

    edu::Insights const& insights_;
};

/// The first of them in this order.
template <class Row, class Before>
void keep_first(std::vector<Row>& rows, Before const& before) {
    std::sort(rows.begin(), rows.end(), before);
    rows.resize(std::min(rows.size(), ranked_max));
}

template <class Row>
void append(std::vector<Row>& to, std::vector<Row> rows) {
    std::move(rows.begin(), rows.end(), std::back_inserter(to));
}

/// Presentations with registrations, by module and then by time.
std::vector<ModuleFigures> modules_of(edu::Platform const& school,
                                      std::filesystem::path const& folder) {
    auto presentations = oulad::read_all<oulad::Presentation>(folder);
    std::sort(presentations.begin(), presentations.end(),
              [](auto const& a, auto const& b) { return a.id < b.id; });
    std::vector<ModuleFigures> modules;
    for (auto const& [id, length_days] : presentations) {
        auto const course = school.courses().find_course(system, slug_of(id));
        if (!course || school.enrollments().roster(system, course->id).items.empty()) continue;
        if (modules.empty() || modules.back().module != id.module)
            modules.push_back({.module = id.module});
        edu::Timestamp const start{oulad::start_of(id.presentation)};
        modules.back().presentations.push_back(
            {.id = id, .course = course->id, .start = start, .end = start + days{length_days}});
    }
    return modules;
}

}  // namespace

std::optional<analytics::SurvivalStep> PresentationFigures::compared() const {
    auto const survival = analytics::survival_at(stay, compared_days);
    if (!survival) return std::nullopt;
    analytics::SurvivalStep found{0, stay.subjects, 0, 0, *survival, {}, {}, {}};
    for (auto const& step : stay.steps) {
        if (step.time <= compared_days) found = step;
    }
    return found;
}

OuladFigures oulad_figures(edu::Platform const& school, std::filesystem::path const& folder) {
    OuladFigures figures{.modules = modules_of(school, folder)};
    Inquiry const inquiry{school};
    std::vector<PresentationFigures const*> all;
    for (auto& module : figures.modules) {
        std::vector<PresentationFigures const*> own;
        for (auto& one : module.presentations) {
            inquiry.look_at(one);
            figures.events += inquiry.events(one);
            append(figures.hardest, inquiry.assessments(one));
            append(figures.reopened, inquiry.materials(one));
            own.push_back(&one);
            all.push_back(&one);
        }
        module.log_rank = compare(own);
    }
    figures.log_rank = compare(all);
    figures.assessments = static_cast<std::int64_t>(figures.hardest.size());
    keep_first(figures.hardest, [](auto const& a, auto const& b) {
        return std::pair{a.mean_score, a.name} < std::pair{b.mean_score, b.name};
    });
    keep_first(figures.reopened, [](auto const& a, auto const& b) {
        return std::pair{-a.reopens_per_learner, a.name} <
               std::pair{-b.reopens_per_learner, b.name};
    });
    return figures;
}

}  // namespace school_day
