#include "services/learning_sweep.hpp"

#include "repositories/learning_log.hpp"
#include "services/learning_core.hpp"

#include <map>
#include <utility>

namespace eduplat {

namespace learning_log = repositories::learning_log;
namespace progress = repositories::progress;
using storage::Connection;

namespace {

constexpr int learners_a_step = 200;

/// What publications ask, each read once.
using Rules = std::map<PublicationId, std::vector<LectureRule>>;

std::vector<LectureRule> const& rules_of(Connection& connection, Rules& rules,
                                         PublicationId publication) {
    auto const [place, is_new] = rules.try_emplace(publication);
    if (is_new) place->second = progress::rules(connection, publication);
    return place->second;
}

/// Completes what a learner has done by the rules as they are now.
void settle(Connection& connection, progress::Learner const& learner,
            std::vector<LectureRule> const& rules, CertificateCodes& codes, Timestamp now) {
    LearnerFold fold{.coverage = progress::all_coverage(connection, learner.enrollment)};
    for (auto const& row : progress::all(connection, learner.enrollment))
        fold.lectures.emplace(row.lecture, row);
    bool changed = false;
    for (auto const& rule : rules) {
        if (!fold.settled(rule, now)) continue;
        progress::save(connection, learner.enrollment, fold.lectures.at(rule.lecture));
        changed = true;
    }
    auto const needed = progress::needed(connection, *learner.publication).value_or(0);
    bool const through = is_enough(fold.completed(rules), needed);
    if (!changed && !through) return;
    learning_log::append(connection, {.at = now,
                                      .user = learner.user,
                                      .course = learner.course,
                                      .enrollment = learner.enrollment,
                                      .kind = LearningKind::settled,
                                      .a = learner.publication->value()});
    Asker const system{.kind = ActorKind::system};
    if (through) {
        static_cast<void>(complete_course(connection, system, learner, codes, now));
    }
}

JobStep sweep(Connection& connection, CertificateCodes::Seed const& seed, Timestamp now) {
    auto const sweep = learning_log::next_sweep(connection);
    if (!sweep) return JobStep::finished;
    auto const learners =
        progress::active_learners(connection, sweep->course, sweep->after, learners_a_step);
    if (learners.empty()) {
        learning_log::end_sweep(connection, sweep->course);
        return JobStep::more;
    }
    Rules rules;
    CertificateCodes codes{seed};
    for (auto const& learner : learners) {
        if (!learner.publication) continue;
        settle(connection, learner, rules_of(connection, rules, *learner.publication), codes, now);
    }
    learning_log::move_sweep(connection, {sweep->course, learners.back().enrollment});
    return JobStep::more;
}

}  // namespace

JobStep sweep_completions(Dependencies const& dependencies) {
    auto const now = dependencies.clock.now();
    auto const seed = CertificateCodes::draw(dependencies.random);
    return dependencies.storage.write(
        [&](Connection& connection) { return sweep(connection, seed, now); });
}

}  // namespace eduplat
