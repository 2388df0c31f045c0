#include "repositories/insights_rows.hpp"
#include "services/insights_impl.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/anonymous.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>

namespace eduplat {

namespace rows = repositories::insights_rows;
using analytics::Chunk;
using analytics::EventFrame;
using storage::Connection;

namespace {

/// What a learner did in one course.
struct Doings {
    std::int64_t events = 0;
    std::int64_t opens = 0;
    std::int64_t watched_ms = 0;
};

/// Which subjects of a frame belong to a course, by number.
std::vector<bool> subjects_of(EventFrame const& frame, CourseId course) {
    std::vector<bool> belongs;
    for (auto const& subject : frame.subjects())
        belongs.push_back(subject.course == course);
    return belongs;
}

Doings doings_of(Chunk const& chunk, std::size_t learner, std::vector<bool> const& subjects) {
    Doings doings;
    for (auto row = chunk.first[learner]; row < chunk.first[learner + 1]; ++row) {
        auto const kind = static_cast<LearningKind>(chunk.kind[row]);
        if (!subjects[chunk.subject[row]] || kind >= LearningKind::session_opened) continue;
        doings.events += chunk.count_of(row);
        if (kind == LearningKind::opened) doings.opens += chunk.count_of(row);
    }
    auto const& watched = chunk.watched;
    for (auto row = watched.first[learner]; row < watched.first[learner + 1]; ++row) {
        if (!subjects[watched.subject[row]]) continue;
        doings.watched_ms += std::int64_t{watched.credited_to_ms[row]} - watched.from_ms[row];
    }
    return doings;
}

/// In the order of the learners, who ascend.
std::vector<Doings> doings_in(EventFrame const& frame, CourseId course,
                              std::vector<rows::Learner> const& learners) {
    auto const subjects = subjects_of(frame, course);
    std::vector<Doings> doings(learners.size());
    for (auto const& chunk : frame.chunks()) {
        for (std::size_t i = 0; i < chunk.users.size(); ++i) {
            auto const found = std::lower_bound(
                learners.begin(), learners.end(), chunk.users[i],
                [](auto const& learner, auto user) { return learner.user.value() < user; });
            if (found == learners.end() || found->user.value() != chunk.users[i]) continue;
            doings[static_cast<std::size_t>(found - learners.begin())] =
                doings_of(chunk, i, subjects);
        }
    }
    return doings;
}

analytics::Table learners_table(std::vector<rows::Learner> const& learners,
                                std::vector<Doings> const& doings) {
    using analytics::column;
    std::vector<std::string> uids;
    std::vector<Timestamp> enrolled;
    std::vector<std::optional<std::string>> ages;
    std::vector<std::optional<std::string>> regions;
    std::vector<std::int64_t> completed;
    std::vector<std::int64_t> events;
    std::vector<std::int64_t> opens;
    std::vector<double> watched;
    for (std::size_t i = 0; i < learners.size(); ++i) {
        uids.push_back(to_string(learners[i].uid));
        enrolled.push_back(learners[i].enrolled_at);
        ages.push_back(learners[i].age_band);
        regions.push_back(learners[i].region);
        completed.push_back(learners[i].completed ? 1 : 0);
        events.push_back(doings[i].events);
        opens.push_back(doings[i].opens);
        watched.push_back(static_cast<double>(doings[i].watched_ms) / 1000.0);
    }
    return {
        .name = "learners",
        .columns = {column("learner", std::move(uids)), column("enrolled_at", enrolled),
                    column("age_band", ages), column("region", regions),
                    column("completed", std::move(completed)), column("events", std::move(events)),
                    column("opens", std::move(opens)), column("watched_s", std::move(watched))}};
}

exporting::AnonymityOptions anonymity_of(AnonymousRequest const& request) {
    using exporting::Hidden;
    using exporting::Period;
    return {.learner = "learner",
            .quasi_identifiers = {{.column = "enrolled_at",
                                   .steps = {Period::day, Period::week, Period::month, Period::year,
                                             Hidden{}}},
                                  {.column = "age_band", .steps = {Hidden{}}},
                                  {.column = "region", .steps = {Hidden{}}}},
            .k = request.k,
            .suppressed_share_max = request.suppressed_share_max,
            .keep_learner = true};
}

}  // namespace

AnonymousLearners Insights::anonymous_learners(Actor const& actor,
                                               AnonymousRequest const& request) const {
    auto const options = anonymity_of(request);
    static_cast<void>(exporting::k_anonymize(learners_table({}, {}), options));
    auto key = request.key.value_or(exporting::Pseudonyms::Key{});
    if (!request.key) impl_->dependencies.random.fill(key);
    auto const [frame, learners] = impl_->look(
        [&](Connection& connection) {
            // Not for teachers: what they know of their learners would tell the rows apart.
            auto asker =
                authorize(connection, actor, Call::insights_anonymous_learners, impl_->now());
            if (rows::standings(connection, {request.course}, asker.user).empty())
                fail(ErrorCode::not_found, "course", "unknown");
            return asker;
        },
        [&](Connection& connection, Viewpoint const& view) {
            std::vector<rows::Learner> found;
            rows::learners(connection, request.course,
                           [&](rows::Learner const& learner) { found.push_back(learner); });
            std::sort(found.begin(), found.end(),
                      [](auto const& one, auto const& other) { return one.user < other.user; });
            return std::pair{view.held->frame, std::move(found)};
        });
    auto table = learners_table(learners, doings_in(frame, request.course, learners));
    table = exporting::pseudonymize(std::move(table), "learner", exporting::Pseudonyms{key});
    auto anonymous = exporting::k_anonymize(std::move(table), options);
    return {.table = std::move(anonymous.table),
            .groups = anonymous.groups,
            .smallest_group = anonymous.smallest_group,
            .suppressed = anonymous.rows_suppressed,
            .key = key};
}

}  // namespace eduplat
