#include "services/learning_sweep.hpp"

#include "repositories/learning_log.hpp"
#include "services/learning_core.hpp"

#include <eduplat/core/error.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

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

/// What one step does, for one transaction.
class Sweep {
  public:
    Sweep(Connection& connection, CertificateCodes::Seed const& seed, Timestamp now)
        : connection_(connection), codes_(seed), now_(now) {}

    /// Looks at some learners. False if there are none left.
    bool step() { return check_some() || sweep_some(); }

    /// Whose progress cannot be read, and why: they are left as they are, and others go on.
    [[nodiscard]] std::vector<std::string> const& broken() const noexcept { return broken_; }

  private:
    bool check_some() {
        auto const waiting = learning_log::next_checks(connection_, learners_a_step);
        for (auto const enrollment : waiting) {
            if (auto const learner = progress::find_learner(connection_, enrollment)) {
                look_at(*learner);
            }
            learning_log::end_check(connection_, enrollment);
        }
        return !waiting.empty();
    }

    bool sweep_some() {
        auto const sweep = learning_log::next_sweep(connection_);
        if (!sweep) return false;
        auto const learners =
            progress::active_learners(connection_, sweep->course, sweep->after, learners_a_step);
        if (learners.empty()) {
            learning_log::end_sweep(connection_, sweep->course);
            return true;
        }
        for (auto const& learner : learners)
            look_at(learner);
        learning_log::move_sweep(connection_, {sweep->course, learners.back().enrollment});
        return true;
    }

    void look_at(progress::Learner const& learner) {
        if (!learner.publication || learner.state != EnrollmentState::active) return;
        try {
            settle(learner, rules_of(connection_, rules_, *learner.publication));
        } catch (Error const& error) {
            // Thrown while reading, before anything of this learner is written.
            if (error.code() != ErrorCode::data_loss) throw;
            broken_.push_back("enrollment " + std::to_string(learner.enrollment.value()) +
                              " is not looked at: " + error.what());
        }
    }

    /// Completes what a learner has done by the rules as they are now.
    void settle(progress::Learner const& learner, std::vector<LectureRule> const& rules) {
        LearnerWork work{connection_, learner};
        work.load_all(rules);
        for (auto const& rule : rules)
            work.note(rule.lecture, work.fold().settled(rule, now_));
        auto const needed = progress::needed(connection_, *learner.publication).value_or(0);
        bool const through = is_enough(work.fold().completed(rules), needed);
        if (work.newly_completed().empty() && !through) return;
        work.save();
        learning_log::append(connection_, {.at = now_,
                                           .user = learner.user,
                                           .course = learner.course,
                                           .enrollment = learner.enrollment,
                                           .kind = LearningKind::settled,
                                           .a = learner.publication->value()});
        Asker const system{.kind = ActorKind::system};
        if (through) {
            static_cast<void>(complete_course(connection_, system, learner, codes_, {now_, now_}));
        }
    }

    Connection& connection_;
    CertificateCodes codes_;
    Timestamp now_;
    Rules rules_;
    std::vector<std::string> broken_;
};

}  // namespace

JobStep sweep_completions(Dependencies const& dependencies) {
    auto const now = dependencies.clock.now();
    auto const seed = CertificateCodes::draw(dependencies.random);
    auto const [more, broken] = dependencies.storage.write([&](Connection& connection) {
        Sweep sweep{connection, seed, now};
        bool const any_left = sweep.step();
        return std::pair{any_left, sweep.broken()};
    });
    for (auto const& message : broken)
        dependencies.log.write(LogLevel::error, std::string{completion_sweep_job} + ": " + message);
    return more ? JobStep::more : JobStep::finished;
}

}  // namespace eduplat
