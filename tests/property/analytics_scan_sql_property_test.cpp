#include "analytics_scan_log.hpp"

#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/funnel.hpp>
#include <eduplat/analytics/retention.hpp>

#include <sqlite3.h>

#include <memory>
#include <string>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::test;

namespace {

using Numbers = std::vector<std::vector<std::int64_t>>;

/// A log as one table in memory, and buckets as another, for plain SQL.
class SqlLog {
  public:
    SqlLog(std::vector<Event> const& events, std::vector<int> const& edges) {
        sqlite3* opened = nullptr;
        auto const result = sqlite3_open(":memory:", &opened);
        database_.reset(opened);
        if (result != SQLITE_OK) throw std::runtime_error{"no database in memory"};
        std::string script =
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, user INT, at INT, course INT,"
            " lecture INT, kind INT, n INT, score INT, score_max INT);"
            "CREATE TABLE bucket (number INTEGER PRIMARY KEY, from_s INT, to_s INT);";
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto const row = row_of(events[i]);
            add(script, "event",
                {static_cast<std::int64_t>(i), row.user, row.at, row.course, row.lecture,
                 static_cast<std::int64_t>(row.kind), row.count, row.score, row.score_max});
        }
        for (std::size_t i = 0; i + 1 < edges.size(); ++i)
            add(script, "bucket", {static_cast<std::int64_t>(i), edges[i], edges[i + 1]});
        run(script);
    }

    void run(std::string const& script) {
        if (sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error{sqlite3_errmsg(database_.get())};
    }

    /// Null is -1.
    [[nodiscard]] Numbers query(std::string const& sql) {
        sqlite3_stmt* prepared = nullptr;
        if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
            throw std::runtime_error{sqlite3_errmsg(database_.get())};
        std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> const statement{
            prepared, &sqlite3_finalize};
        Numbers rows;
        while (sqlite3_step(prepared) == SQLITE_ROW) {
            rows.emplace_back();
            for (int column = 0; column < sqlite3_column_count(prepared); ++column)
                rows.back().push_back(sqlite3_column_type(prepared, column) == SQLITE_NULL
                                          ? -1
                                          : sqlite3_column_int64(prepared, column));
        }
        return rows;
    }

  private:
    static void add(std::string& script, std::string const& table,
                    std::vector<std::int64_t> const& values) {
        script += "INSERT INTO " + table + " VALUES (";
        for (auto const value : values)
            script += std::to_string(value) + ",";
        script.back() = ')';
        script += ";";
    }

    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close(database); }
    };
    std::unique_ptr<sqlite3, Close> database_;
};

std::int64_t second_of(Timestamp at) {
    return std::chrono::floor<seconds>(at - log_begin).count();
}

/// The same questions to the frame that followed the log, to one made anew, and to SQL.
struct Compared {
    FollowedLog log = any_log();
    std::vector<int> seconds = any_edges();
    std::vector<Timestamp> edges = moments_at(seconds);
    SqlLog sql{log.events, seconds};

    template <class Ask>
    void check(std::string const& query, Ask const& ask) {
        auto const expected = sql.query(query);
        RC_ASSERT(ask(log.frame) == expected);
        RC_ASSERT(ask(log.anew()) == expected);
    }
};

constexpr auto in_bucket = " e.at >= b.from_s AND e.at < b.to_s AND e.kind < 100 ";

}  // namespace

TEST_CASE("followed, made anew and in SQL, the same learners are active", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(std::string{"SELECT count(DISTINCT e.user), coalesce(sum(e.n), 0)"
                                   " FROM bucket b LEFT JOIN event e ON"} +
                           in_bucket + "GROUP BY b.number ORDER BY b.number",
                       [&](EventFrame const& frame) {
                           Numbers rows;
                           for (auto const& bucket : active_learners(frame, {}, compared.edges))
                               rows.push_back({bucket.learners, bucket.events});
                           return rows;
                       });
    });
}

TEST_CASE("followed, made anew and in SQL, cohorts are the same", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(
            std::string{"WITH born AS (SELECT e.user, b.number cohort FROM (SELECT user, min(at) at"
                        " FROM event WHERE kind < 100 GROUP BY user) e"
                        " JOIN bucket b ON e.at >= b.from_s AND e.at < b.to_s),"
                        " active AS (SELECT DISTINCT e.user, b.number FROM event e"
                        " JOIN bucket b ON"} +
                in_bucket +
                ") SELECT cohort, number - cohort, count(*) FROM born JOIN active USING (user)"
                " GROUP BY cohort, number ORDER BY cohort, number",
            [&](EventFrame const& frame) {
                Numbers rows;
                auto const found = cohorts(frame, {}, compared.edges);
                for (std::size_t c = 0; c < found.size(); ++c)
                    for (std::size_t n = 0; n < found[c].retained.size(); ++n)
                        if (found[c].retained[n] > 0)
                            rows.push_back({static_cast<std::int64_t>(c),
                                            static_cast<std::int64_t>(n), found[c].retained[n]});
                return rows;
            });
    });
}

TEST_CASE("followed, made anew and in SQL, sessions are the same", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(
            "WITH gaps AS (SELECT user, n, at - lag(at) OVER (PARTITION BY user ORDER BY at, seq)"
            " gap FROM event WHERE kind < 100) SELECT coalesce(sum(gap IS NULL OR gap > 7), 0),"
            " count(DISTINCT user), coalesce(sum(CASE WHEN gap <= 7 THEN gap END), 0),"
            " coalesce(sum(n), 0) FROM gaps",
            [&](EventFrame const& frame) {
                auto const total = sessions(frame, {}, {.gap = seconds{7}}).total;
                return Numbers{
                    {total.sessions, total.learners, total.length.count(), total.events}};
            });
    });
}

TEST_CASE("followed, made anew and in SQL, lectures are the same", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(
            "SELECT course, lecture, count(DISTINCT user), sum(n),"
            " coalesce(sum(CASE WHEN kind = 2 THEN n END), 0), min(at), max(at)"
            " FROM event WHERE kind < 100 AND lecture <> 0"
            " GROUP BY course, lecture ORDER BY course, lecture",
            [&](EventFrame const& frame) {
                Numbers rows;
                for (auto const& row : lecture_activity(frame, {}).lectures)
                    rows.push_back({row.course->value(), row.lecture->value(), row.learners,
                                    row.events, row.opens, second_of(row.first),
                                    second_of(row.last)});
                return rows;
            });
    });
}

TEST_CASE("followed, made anew and in SQL, percentiles are the same", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(
            std::string{"WITH counts AS (SELECT b.number, e.user, sum(e.n) n FROM bucket b"
                        " JOIN event e ON"} +
                in_bucket +
                "GROUP BY b.number, e.user), ranked AS (SELECT number, n,"
                " row_number() OVER (PARTITION BY number ORDER BY n) place,"
                " count(*) OVER (PARTITION BY number) size FROM counts)"
                " SELECT b.number, min(CASE WHEN 2 * place >= size THEN n END),"
                " min(CASE WHEN 10 * place >= 9 * size THEN n END)"
                " FROM bucket b LEFT JOIN ranked r USING (number)"
                " GROUP BY b.number ORDER BY b.number",
            [&](EventFrame const& frame) {
                Numbers rows;
                for (auto const& bucket :
                     activity_percentiles(frame, {}, compared.edges, std::array{0.5, 0.9}))
                    rows.push_back({std::ssize(rows), bucket.percentiles[0].value.value_or(-1),
                                    bucket.percentiles[1].value.value_or(-1)});
                return rows;
            });
    });
}

TEST_CASE("followed, made anew and in SQL, the idle are the same", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(
            "SELECT user, max(at) last, sum(n) FROM event WHERE kind < 100 AND at < 50"
            " GROUP BY user HAVING 50 - last > 7 ORDER BY user",
            [&](EventFrame const& frame) {
                Numbers rows;
                for (auto const& learner : idle_learners(frame, {}, moment_at(50), seconds{7}).idle)
                    rows.push_back({learner.user.value(), second_of(learner.last), learner.events});
                return rows;
            });
    });
}

TEST_CASE("followed, made anew and in SQL, an ordered funnel is the same", "[analytics][scan]") {
    holds([] {
        Compared compared;
        compared.check(
            "WITH placed AS (SELECT user, kind, course, score, score_max,"
            " row_number() OVER (PARTITION BY user ORDER BY at, seq) place FROM event),"
            " a AS (SELECT user, min(place) place FROM placed WHERE kind = 2 GROUP BY user),"
            " b AS (SELECT p.user, min(p.place) place FROM placed p JOIN a USING (user)"
            " WHERE p.place > a.place AND kind = 4 AND score_max > 0 AND 2 * score >= score_max"
            " GROUP BY p.user),"
            " c AS (SELECT DISTINCT p.user FROM placed p JOIN b USING (user)"
            " WHERE p.place > b.place AND kind = 105)"
            " SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c)",
            [&](EventFrame const& frame) {
                std::vector<FunnelStep> steps(3);
                steps[0].kinds = {LearningKind::opened};
                steps[1].min_score_share = 0.5;
                steps[2].kinds = {LearningKind::completed};
                auto const found = funnel(frame, {}, steps);
                return Numbers{{found[0].learners, found[1].learners, found[2].learners}};
            });
    });
}
