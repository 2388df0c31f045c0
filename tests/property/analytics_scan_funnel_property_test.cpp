#include "analytics_scan_log.hpp"

#include <eduplat/analytics/funnel.hpp>

#include <limits>
#include <map>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

constexpr int never = std::numeric_limits<int>::max();

/// A way through a funnel is looked for from each of its possible beginnings.
class PlainFunnel {
  public:
    PlainFunnel(std::vector<FunnelStep> const& steps, FunnelOptions const& options,
                Selection const& selection)
        : steps_{steps}, options_{options}, selection_{selection} {}

    /// The second in which one user first got to each step; `never` for those he never got to.
    [[nodiscard]] std::vector<int> reached(std::int64_t user,
                                           std::vector<LogRow> const& rows) const {
        std::vector<int> first(steps_.size(), never);
        if (options_.order == FunnelOrder::any_order) {
            for (int at = 0; at < log_length_s; ++at)
                note_any_order(first, user, rows, at);
            return first;
        }
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (does(rows[i], 0)) note_from(first, user, rows, rows[i].at, i + 1);
        for (auto const at : moments(user, 0))
            note_from(first, user, rows, at, 0);
        return first;
    }

    /// The selection's rows for strict ways: with kinds that steps name.
    [[nodiscard]] Selection selection() const {
        auto selection = selection_;
        if (!selection.kinds.empty()) return selection;
        selection.kinds = {LearningKind::opened, LearningKind::watched, LearningKind::answered,
                           LearningKind::viewed};
        for (auto const& step : steps_)
            selection.kinds.insert(selection.kinds.end(), step.kinds.begin(), step.kinds.end());
        return selection;
    }

  private:
    [[nodiscard]] bool does(LogRow const& row, std::size_t step) const {
        auto const& wanted = steps_[step];
        if (wanted.moments) return false;
        auto kinds = wanted.kinds;
        if (kinds.empty()) kinds = selection_.kinds;
        if (!is_selected(row,
                         {.courses = wanted.courses, .lectures = wanted.lectures, .kinds = kinds}))
            return false;
        if (!wanted.min_score_share) return true;
        return row.kind == LearningKind::answered && row.score_max > 0 &&
               static_cast<double>(row.score) >=
                   *wanted.min_score_share * static_cast<double>(row.score_max);
    }

    [[nodiscard]] std::vector<int> moments(std::int64_t user, std::size_t step) const {
        std::vector<int> found;
        if (!steps_[step].moments) return found;
        for (auto const& moment : *steps_[step].moments) {
            auto const at =
                static_cast<int>(std::chrono::floor<seconds>(moment.at - log_begin).count());
            LogRow const row{user, at, 0, 0, LearningKind::opened, 1, 0, 0, 0};
            Selection const own{
                .from = selection_.from, .to = selection_.to, .users = selection_.users};
            if (moment.user.value() == user && is_selected(row, own)) found.push_back(at);
        }
        return found;
    }

    [[nodiscard]] bool in_window(int begin, int at) const {
        return !options_.window || at - begin <= options_.window->count();
    }

    void note_from(std::vector<int>& first, std::int64_t user, std::vector<LogRow> const& rows,
                   int begin, std::size_t row) const {
        int now = begin;
        first[0] = std::min(first[0], begin);
        for (std::size_t step = 1; step < steps_.size(); ++step) {
            int next = never;
            for (auto const at : moments(user, step))
                if (at >= now) next = std::min(next, at);
            auto const end = options_.order == FunnelOrder::strict ? std::min(row + 1, rows.size())
                                                                   : rows.size();
            for (; !steps_[step].moments && row < end && next == never; ++row)
                if (rows[row].at >= now && does(rows[row], step)) next = rows[row].at;
            if (next == never || !in_window(begin, next)) return;
            now = next;
            first[step] = std::min(first[step], now);
        }
    }

    /// Whether steps 0 to n were all done in the window that ends at a second.
    void note_any_order(std::vector<int>& first, std::int64_t user, std::vector<LogRow> const& rows,
                        int now) const {
        for (std::size_t step = 0; step < steps_.size(); ++step) {
            auto const counts = [&](int at) { return at <= now && in_window(at, now); };
            bool const done = std::ranges::any_of(moments(user, step), counts) ||
                              std::ranges::any_of(rows, [&](LogRow const& row) {
                                  return counts(row.at) && does(row, step);
                              });
            if (!done) return;
            first[step] = std::min(first[step], now);
        }
    }

    std::vector<FunnelStep> const& steps_;
    FunnelOptions const& options_;
    Selection const& selection_;
};

FunnelStep any_step(FunnelOrder order) {
    FunnelStep step;
    step.kinds = maybe_some(
        std::vector{LearningKind::opened, LearningKind::answered, LearningKind::completed});
    step.courses = maybe_some(std::vector{CourseId{1}, CourseId{2}});
    step.lectures = maybe_some(std::vector{LectureId{10}, LectureId{11}, LectureId{20}});
    if (*rc::gen::inRange(0, 5) == 0) step.min_score_share = *rc::gen::inRange(0, 5) / 4.0;
    if (order == FunnelOrder::strict || *rc::gen::inRange(0, 4) > 0) return step;
    step.moments.emplace();
    for (auto rest = *rc::gen::inRange(0, 20); rest > 0; --rest)
        step.moments->push_back(
            {UserId{*rc::gen::inRange(1, 10) * 10},
             log_begin + std::chrono::milliseconds{*rc::gen::inRange(0, log_length_s * 1000)}});
    return step;
}

void check_step(FunnelStepResult const& found, std::vector<std::vector<int>> const& reached,
                std::size_t step) {
    std::int64_t learners = 0;
    std::vector<int> times;
    for (auto const& own : reached) {
        if (own[step] == never) continue;
        ++learners;
        if (step > 0) times.push_back(own[step] - own[step - 1]);
    }
    std::ranges::sort(times);
    RC_ASSERT(found.learners == learners);
    RC_ASSERT(found.median_time.has_value() == !times.empty());
    if (!times.empty()) RC_ASSERT(found.median_time->count() == times[(times.size() - 1) / 2]);
}

}  // namespace

TEST_CASE("a funnel is what ways from each beginning are", "[analytics][scan]") {
    holds([] {
        auto const log = any_log();
        auto const selection = any_selection();
        FunnelOptions options{
            .order = *rc::gen::elementOf(std::vector{FunnelOrder::ordered, FunnelOrder::ordered,
                                                     FunnelOrder::strict, FunnelOrder::any_order})};
        if (*rc::gen::inRange(0, 2) == 0) options.window = seconds{*rc::gen::inRange(0, 30)};
        std::vector<FunnelStep> steps;
        for (auto rest = *rc::gen::inRange(1, 5); rest > 0; --rest)
            steps.push_back(any_step(options.order));

        PlainFunnel const plain{steps, options, selection};
        std::map<std::int64_t, std::vector<LogRow>> rows;
        for (std::int64_t user = 10; user < 100; user += 10)
            rows[user] = {};
        for (auto const& row : selected_rows(log.events, plain.selection()))
            rows[row.user].push_back(row);
        std::vector<std::vector<int>> reached;
        for (auto const& [user, own] : rows)
            reached.push_back(plain.reached(user, own));

        auto const found = funnel(log.frame, selection, steps, options, any_threads());
        RC_ASSERT(found.size() == steps.size());
        for (std::size_t step = 0; step < found.size(); ++step)
            check_step(found[step], reached, step);
    });
}
