#include "analytics_scan_log.hpp"

#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/retention.hpp>

#include <map>
#include <set>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

/// A random log and what is asked of it; each metric is computed in the plainest way beside.
struct Asked {
    FollowedLog log = any_log();
    Selection selection = any_selection();
    std::vector<int> seconds = any_edges();
    std::vector<Timestamp> edges = moments_at(seconds);
    std::vector<LogRow> rows = selected_rows(log.events, selection);
    ScanControl control = any_threads();

    [[nodiscard]] std::size_t buckets() const { return seconds.size() - 1; }
    /// buckets() if in none.
    [[nodiscard]] std::size_t bucket_of(int at) const {
        for (std::size_t i = 0; i < buckets(); ++i)
            if (seconds[i] <= at && at < seconds[i + 1]) return i;
        return buckets();
    }
    [[nodiscard]] std::vector<std::set<std::int64_t>> active() const {
        std::vector<std::set<std::int64_t>> users(buckets() + 1);
        for (auto const& row : rows)
            users[bucket_of(row.at)].insert(row.user);
        return users;
    }
};

/// The smallest value that a share of all do not exceed; the share is in twentieths.
std::optional<std::int64_t> nearest_rank_of(std::vector<std::int64_t> values, int twentieths) {
    std::ranges::sort(values);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (20 * (i + 1) >= static_cast<std::size_t>(twentieths) * values.size()) return values[i];
    return std::nullopt;
}

constexpr std::array probabilities{0.0, 0.05, 0.35, 0.5, 0.7, 0.95, 1.0};

void check_percentiles(std::vector<Percentile> const& found,
                       std::vector<std::int64_t> const& values) {
    RC_ASSERT(found.size() == probabilities.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto const twentieths = static_cast<int>(probabilities[i] * 20 + 0.5);
        RC_ASSERT(found[i].value == nearest_rank_of(values, twentieths));
    }
}

/// Sessions of a learner's rows, in the order of rows.
struct PlainSession {
    std::int64_t user;
    int begin;
    int end;
    std::int64_t events;
};

std::vector<PlainSession> plain_sessions(std::vector<LogRow> const& rows, int gap) {
    std::vector<PlainSession> sessions;
    for (auto const& row : rows) {
        bool const goes_on = !sessions.empty() && sessions.back().user == row.user &&
                             row.at - sessions.back().end <= gap;
        if (!goes_on) sessions.push_back({row.user, row.at, row.at, 0});
        sessions.back().end = row.at;
        sessions.back().events += row.count;
    }
    return sessions;
}

template <class Chosen>
void check_totals(SessionTotals const& totals, std::vector<PlainSession> const& sessions,
                  Chosen const& is_chosen) {
    std::set<std::int64_t> users;
    std::vector<std::int64_t> lengths;
    std::int64_t events = 0;
    std::int64_t length = 0;
    for (auto const& session : sessions) {
        if (!is_chosen(session)) continue;
        users.insert(session.user);
        lengths.push_back(session.end - session.begin);
        events += session.events;
        length += lengths.back();
    }
    RC_ASSERT(totals.learners == std::ssize(users));
    RC_ASSERT(totals.sessions == std::ssize(lengths));
    RC_ASSERT(totals.events == events);
    RC_ASSERT(totals.length.count() == length);
    RC_ASSERT(totals.mean_length_s().has_value() == !lengths.empty());
    check_percentiles(totals.lengths_s, lengths);
}

/// Whether a learner whose active periods these are is retained in period or bracket n.
bool is_retained(std::set<std::size_t> const& periods, RetentionOptions const& options,
                 std::size_t n) {
    auto const any_in = [&](std::size_t from, std::size_t to) {
        return std::ranges::any_of(periods, [&](auto at) { return at >= from && at < to; });
    };
    switch (options.kind) {
        case RetentionKind::exact:
            return any_in(n, n + 1);
        case RetentionKind::unbounded:
            return any_in(n, static_cast<std::size_t>(-1));
        case RetentionKind::rolling:
            return any_in(n + 1 - std::min(n + 1, options.window), n + 1);
        case RetentionKind::bracket:
            return any_in(options.brackets[n], options.brackets[n + 1]);
    }
    return false;
}

std::size_t cells_of(RetentionOptions const& options, std::size_t periods) {
    if (options.kind != RetentionKind::bracket) return periods;
    std::size_t whole = 0;
    for (std::size_t i = 1; i < options.brackets.size(); ++i)
        whole += options.brackets[i] <= periods ? 1U : 0U;
    return whole;
}

RetentionOptions any_retention() {
    RetentionOptions options{
        .kind = *rc::gen::elementOf(std::vector{RetentionKind::exact, RetentionKind::unbounded,
                                                RetentionKind::rolling, RetentionKind::bracket})};
    options.window = *rc::gen::inRange<std::size_t>(1, 6);
    options.brackets = {*rc::gen::inRange<std::size_t>(0, 3)};
    for (auto rest = *rc::gen::inRange(1, 4); rest > 0; --rest)
        options.brackets.push_back(options.brackets.back() + *rc::gen::inRange<std::size_t>(1, 4));
    return options;
}

/// Cohorts of users born at a second, each by his own.
void check_cohorts(std::vector<Cohort> const& cohorts, Asked const& asked,
                   std::map<std::int64_t, int> const& births, RetentionOptions const& options) {
    RC_ASSERT(cohorts.size() == asked.buckets());
    for (std::size_t c = 0; c < cohorts.size(); ++c) {
        std::int64_t size = 0;
        std::vector<std::int64_t> retained(cells_of(options, asked.buckets() - c));
        for (auto const& [user, born] : births) {
            if (asked.bucket_of(born) != c) continue;
            ++size;
            std::set<std::size_t> periods;
            for (auto const& row : asked.rows)
                if (row.user == user && row.at >= born &&
                    asked.bucket_of(row.at) != asked.buckets())
                    periods.insert(asked.bucket_of(row.at) - c);
            for (std::size_t n = 0; n < retained.size(); ++n)
                retained[n] += is_retained(periods, options, n) ? 1 : 0;
        }
        RC_ASSERT(cohorts[c].size == size);
        RC_ASSERT(cohorts[c].retained == retained);
        RC_ASSERT(cohorts[c].rate(0).has_value() == (size > 0 && !retained.empty()));
    }
}

/// The rows of a lecture, or of a course with its lectures.
void check_subject(SubjectActivity const& found, std::vector<LogRow> const& rows) {
    std::set<std::int64_t> users;
    std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> opens;  // by user and subject
    std::int64_t events = 0;
    std::int64_t watched = 0;
    int first = rows.front().at;
    int last = first;
    for (auto const& row : rows) {
        users.insert(row.user);
        events += row.count;
        watched += row.credited_ms;
        first = std::min(first, row.at);
        last = std::max(last, row.at);
        if (row.kind == LearningKind::opened) opens[row.user][row.lecture] += row.count;
    }
    std::int64_t all = 0;
    std::int64_t reopens = 0;
    std::int64_t reopeners = 0;
    for (auto const& [user, own] : opens) {
        bool again = false;
        for (auto const& [lecture, count] : own) {
            all += count;
            reopens += count - 1;
            again = again || count > 1;
        }
        reopeners += again ? 1 : 0;
    }
    RC_ASSERT(found.learners == std::ssize(users));
    RC_ASSERT(found.events == events);
    RC_ASSERT(found.opens == all);
    RC_ASSERT(found.openers == std::ssize(opens));
    RC_ASSERT(found.reopeners == reopeners);
    RC_ASSERT(found.reopens == reopens);
    RC_ASSERT(found.watched.count() == watched);
    RC_ASSERT(found.first == moment_at(first));
    RC_ASSERT(found.last == moment_at(last));
}

}  // namespace

TEST_CASE("active learners are those of sets", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const found =
            active_learners(asked.log.frame, asked.selection, asked.edges, asked.control);
        auto const active = asked.active();
        RC_ASSERT(found.size() == asked.buckets());
        for (std::size_t i = 0; i < found.size(); ++i) {
            std::int64_t events = 0;
            for (auto const& row : asked.rows)
                events += asked.bucket_of(row.at) == i ? row.count : 0;
            RC_ASSERT(found[i].from == asked.edges[i]);
            RC_ASSERT(found[i].learners == std::ssize(active[i]));
            RC_ASSERT(found[i].events == events);
        }
    });
}

TEST_CASE("stickiness is that of sets", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const window = *rc::gen::inRange<std::size_t>(1, 8);
        auto const found =
            stickiness(asked.log.frame, asked.selection, asked.edges, window, asked.control);
        auto const active = asked.active();
        for (std::size_t i = 0; i < found.size(); ++i) {
            std::set<std::int64_t> in_window;
            for (std::size_t j = i + 1 - std::min(i + 1, window); j <= i; ++j)
                in_window.insert(active[j].begin(), active[j].end());
            auto const size = std::ssize(in_window);
            RC_ASSERT(found[i].active == std::ssize(active[i]));
            RC_ASSERT(found[i].active_in_window.has_value() == (i + 1 >= window));
            RC_ASSERT(found[i].active_in_window.value_or(size) == size);
            RC_ASSERT(found[i].ratio.has_value() == (i + 1 >= window && size > 0));
        }
    });
}

TEST_CASE("sessions are those of one walk along all rows", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const gap = *rc::gen::inRange(0, 15);
        SessionOptions options{.gap = std::chrono::seconds{gap},
                               .probabilities = {probabilities.begin(), probabilities.end()}};
        auto const plain = plain_sessions(asked.rows, gap);
        auto const all = sessions(asked.log.frame, asked.selection, options, asked.control);
        RC_ASSERT(all.buckets.empty());
        check_totals(all.total, plain, [](auto const&) { return true; });
        options.edges = asked.edges;
        auto const found = sessions(asked.log.frame, asked.selection, options, asked.control);
        check_totals(found.total, plain, [&](PlainSession const& session) {
            return asked.bucket_of(session.begin) != asked.buckets();
        });
        for (std::size_t i = 0; i < asked.buckets(); ++i)
            check_totals(found.buckets[i], plain, [&](PlainSession const& session) {
                return asked.bucket_of(session.begin) == i;
            });
    });
}

TEST_CASE("the map of habits is that of sets", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        std::vector<std::uint32_t> cells;
        for (std::size_t i = 0; i < asked.buckets(); ++i)
            cells.push_back(*rc::gen::inRange(0U, 5U));
        auto const found =
            habit_map(asked.log.frame, asked.selection, asked.edges, cells, asked.control);
        RC_ASSERT(found.size() == *std::ranges::max_element(cells) + 1);
        for (std::uint32_t cell = 0; cell < found.size(); ++cell) {
            std::set<std::int64_t> users;
            std::int64_t events = 0;
            for (auto const& row : asked.rows) {
                auto const bucket = asked.bucket_of(row.at);
                if (bucket == asked.buckets() || cells[bucket] != cell) continue;
                users.insert(row.user);
                events += row.count;
            }
            RC_ASSERT(found[cell].learners == std::ssize(users));
            RC_ASSERT(found[cell].events == events);
        }
    });
}

TEST_CASE("percentiles of activity are those of sorted numbers", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const found = activity_percentiles(asked.log.frame, asked.selection, asked.edges,
                                                probabilities, asked.control);
        for (std::size_t i = 0; i < asked.buckets(); ++i) {
            std::map<std::int64_t, std::int64_t> by_user;
            for (auto const& row : asked.rows)
                if (asked.bucket_of(row.at) == i) by_user[row.user] += row.count;
            std::vector<std::int64_t> values;
            for (auto const& [user, events] : by_user)
                values.push_back(events);
            RC_ASSERT(found[i].learners == std::ssize(values));
            check_percentiles(found[i].percentiles, values);
        }
    });
}

TEST_CASE("idle learners are those of a map", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const at = log_begin + std::chrono::milliseconds{*rc::gen::inRange(0, 70'000)};
        auto const idle = std::chrono::seconds{*rc::gen::inRange(0, 30)};
        auto const found = idle_learners(asked.log.frame, asked.selection, at, idle, asked.control);
        std::map<std::int64_t, std::pair<int, std::int64_t>> last;
        for (auto const& row : asked.rows) {
            if (moment_at(row.at) >= at) continue;
            last[row.user].first = row.at;
            last[row.user].second += row.count;
        }
        RC_ASSERT(found.learners == std::ssize(last));
        std::erase_if(last,
                      [&](auto const& user) { return moment_at(user.second.first) + idle >= at; });
        RC_ASSERT(found.idle.size() == last.size());
        auto expected = last.begin();
        for (auto const& learner : found.idle) {
            RC_ASSERT(learner.user.value() == expected->first);
            RC_ASSERT(learner.last == moment_at(expected->second.first));
            RC_ASSERT(learner.events == expected->second.second);
            ++expected;
        }
    });
}

TEST_CASE("cohorts are those of sets of periods", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const options = any_retention();
        std::map<std::int64_t, int> births;
        for (auto const& row : asked.rows)
            births.try_emplace(row.user, row.at);
        check_cohorts(
            cohorts(asked.log.frame, asked.selection, asked.edges, options, asked.control), asked,
            births, options);
    });
}

TEST_CASE("cohorts by given births are those of sets of periods", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const options = any_retention();
        std::map<std::int64_t, int> births;
        std::vector<Birth> given;
        for (auto rest = *rc::gen::inRange(0, 12); rest > 0; --rest) {
            auto const user = *rc::gen::inRange(1, 10) * 10;
            auto const at = *rc::gen::inRange(0, log_length_s);
            given.push_back({UserId{user}, moment_at(at) + std::chrono::milliseconds{300}});
            LogRow const row{user, at, 0, 0, LearningKind::opened, 1, 0, 0, 0};
            if (!is_selected(row, {.users = asked.selection.users})) continue;
            auto const [born, is_new] = births.try_emplace(user, at);
            born->second = std::min(born->second, at);
        }
        check_cohorts(
            cohorts(asked.log.frame, asked.selection, asked.edges, given, options, asked.control),
            asked, births, options);
    });
}

TEST_CASE("activity by lecture and course is that of maps", "[analytics][scan]") {
    holds([] {
        Asked const asked;
        auto const found = lecture_activity(asked.log.frame, asked.selection, asked.control);
        std::map<std::pair<std::int64_t, std::int64_t>, std::vector<LogRow>> lectures;
        std::map<std::int64_t, std::vector<LogRow>> courses;
        for (auto const& row : asked.rows) {
            if (row.lecture != 0) lectures[{row.course, row.lecture}].push_back(row);
            if (row.course != 0) courses[row.course].push_back(row);
        }
        RC_ASSERT(found.lectures.size() == lectures.size());
        RC_ASSERT(found.courses.size() == courses.size());
        auto lecture = lectures.begin();
        for (auto const& activity : found.lectures) {
            RC_ASSERT(activity.lecture->value() == lecture->first.second);
            check_subject(activity, (lecture++)->second);
        }
        auto course = courses.begin();
        for (auto const& activity : found.courses) {
            RC_ASSERT(activity.course->value() == course->first);
            check_subject(activity, (course++)->second);
        }
    });
}
