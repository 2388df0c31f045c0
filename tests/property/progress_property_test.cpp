#include "property.hpp"

#include <eduplat/domain/progress.hpp>

#include <algorithm>
#include <vector>

using namespace eduplat;
using eduplat::test::holds;
using std::chrono::milliseconds;

namespace {

constexpr Timestamp begin{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Uid media_of(int number) {
    Uid::Bytes bytes{};
    bytes.back() = static_cast<std::byte>(number);
    return Uid{bytes};
}

LectureRule any_rule(std::int64_t lecture) {
    LectureRule rule{.lecture = LectureId{lecture}, .required = *rc::gen::arbitrary<bool>()};
    rule.completion.rule = static_cast<CompletionRule>(*rc::gen::inRange(0, 3));
    if (rule.completion.rule == CompletionRule::covered) {
        rule.completion.percent = *rc::gen::inRange(1, 101);
    }
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        rule.media.push_back({.item = i,
                              .media = media_of(static_cast<int>(lecture) * 10 + i),
                              .duration = milliseconds{*rc::gen::inRange(1, 1000)}});
    }
    return rule;
}

struct Outcome {
    bool completed;
    milliseconds credited;
};

Outcome any_event(LearnerFold& fold, LectureRule const& rule, Timestamp at) {
    milliseconds credited{};
    auto const kind = *rc::gen::inRange(0, 4);
    if (kind == 0) return {fold.opened(rule, *rc::gen::inRange(1, 5), at), {}};
    if (kind == 1) return {fold.marked(rule, *rc::gen::arbitrary<bool>(), at), {}};
    if (kind == 2 || rule.media.empty()) return {fold.touched(rule, at), {}};
    auto const& item = *rc::gen::elementOf(rule.media);
    auto const from = milliseconds{*rc::gen::inRange<std::int64_t>(0, item.duration.count())};
    auto const to =
        milliseconds{*rc::gen::inRange<std::int64_t>(from.count(), item.duration.count() + 1)};
    bool const completed = fold.watched(rule, {item, {from, to}, to}, at, credited);
    return {completed, credited};
}

}  // namespace

TEST_CASE("progress only grows, stays within its bounds and is told once", "[progress]") {
    holds([] {
        std::vector<LectureRule> rules;
        for (int i = *rc::gen::inRange(1, 6); i > 0; --i)
            rules.push_back(any_rule(i));
        auto const required = static_cast<int>(std::count_if(
            rules.begin(), rules.end(), [](auto const& rule) { return rule.required; }));
        LearnerFold fold;
        milliseconds credited{};
        int percent = 0;
        std::vector<LectureId> told;
        for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
            auto const& rule = *rc::gen::elementOf(rules);
            auto const outcome =
                any_event(fold, rule, begin + std::chrono::seconds{*rc::gen::inRange(-9, 9)});
            credited += outcome.credited;
            if (outcome.completed) {
                RC_ASSERT(std::ranges::find(told, rule.lecture) == told.end());
                told.push_back(rule.lecture);
            }
            auto const& row = fold.lectures.at(rule.lecture);
            RC_ASSERT(row.first_at <= row.last_at);
            RC_ASSERT(row.completed_at.has_value() ==
                      (std::ranges::find(told, rule.lecture) != told.end()));
            auto const now = percent_of(fold.completed(rules), required, false);
            RC_ASSERT(now >= percent);
            RC_ASSERT(now <= 99);
            percent = now;
        }
        milliseconds covered{};
        for (auto const& [media, coverage] : fold.coverage)
            covered += coverage.covered();
        RC_ASSERT(covered == credited);
    });
}

TEST_CASE("a share of exactly the percent asked for is enough, a millisecond less is not",
          "[progress]") {
    holds([] {
        auto const percent = *rc::gen::inRange(1, 101);
        auto const hundredth = *rc::gen::inRange(1, 1000);
        MediaItem const item{0, media_of(1), milliseconds{hundredth * 100}};
        LectureRule const rule{.lecture = LectureId{1},
                               .completion = {CompletionRule::covered, percent},
                               .media = {item}};
        auto const enough = milliseconds{hundredth * percent};
        milliseconds credited{};
        LearnerFold fold;
        auto const less = enough - milliseconds{1};
        RC_ASSERT(!fold.watched(rule, {item, {{}, less}, less}, begin, credited));
        RC_ASSERT(fold.watched(rule, {item, {less, enough}, enough}, begin, credited));
    });
}

TEST_CASE("credit within a session never exceeds what time allows", "[progress]") {
    holds([] {
        WatchPace const pace{.max_rate_percent = *rc::gen::inRange(1, 500),
                             .grace = milliseconds{*rc::gen::inRange(0, 1000)},
                             .idle_max = std::chrono::hours{1}};
        ViewingSession session{begin, begin, {}};
        auto at = begin;
        for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
            at += milliseconds{*rc::gen::inRange(-100, 1000)};
            auto const wanted = milliseconds{*rc::gen::inRange(0, 3000)};
            auto const allowed = session.allowance(at, pace);
            RC_ASSERT(allowed >= milliseconds{});
            session.credited += std::min(wanted, allowed);
            session.last_at = std::max(session.last_at, at);
        }
        auto const passed = std::chrono::floor<milliseconds>(session.last_at - session.opened_at);
        RC_ASSERT(session.credited * 100 <= passed * pace.max_rate_percent + pace.grace * 100);
    });
}
