#pragma once

#include "services/access.hpp"
#include "services/insights_frames.hpp"

#include <eduplat/analytics/selection.hpp>
#include <eduplat/core/error.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/services/insights.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace eduplat {

/// Says in the log, at its end, what had to be told of a stored frame.
class FrameProblems {
  public:
    FrameProblems(InsightFrames& frames, Dependencies const& dependencies) noexcept
        : frames_(frames), dependencies_(dependencies) {}
    FrameProblems(FrameProblems const&) = delete;
    FrameProblems& operator=(FrameProblems const&) = delete;
    ~FrameProblems() {
        if (dependencies_.storage.in_write()) return;  // the next one will
        for (auto const& problem : frames_.take_problems())
            dependencies_.log.write(LogLevel::warning, problem);
    }

  private:
    InsightFrames& frames_;
    Dependencies const& dependencies_;
};

/// Who looks, and at what.
struct Viewpoint {
    Asker asker;
    InsightFrames::Held held;
};

/// What the parts of Insights share.
class Insights::Impl {
  public:
    explicit Impl(Dependencies given)
        : dependencies(std::move(given)),
          frames(dependencies.frames ? dependencies.frames
                                     : std::make_shared<InsightFrames>(dependencies.insights)) {}

    [[nodiscard]] Timestamp now() const { return dependencies.clock.now(); }
    [[nodiscard]] analytics::ScanControl control() const noexcept {
        return {.num_threads = dependencies.insights.num_threads};
    }

    /// Reads on one snapshot, of which the frame is a part: `authorize(connection)` gives the
    /// asker, and `read(connection, viewpoint)` the result.
    template <class Authorize, class Read>
    auto look(Authorize authorize, Read read) const {
        FrameProblems const told{*frames, dependencies};
        auto& storage = dependencies.storage;
        if (!storage.in_write() && !frames->held()) {
            static_cast<void>(storage.read(authorize));  // nobody else makes the others wait
            frames->start(storage);
        }
        return storage.read([&](storage::Connection& connection) {
            auto asker = authorize(connection);
            Viewpoint const view{std::move(asker), frames->current(connection, storage.in_write())};
            return read(connection, view);
        });
    }

    /// For a call about courses. Errors: as check_scope(), authorize_courses().
    template <class Read>
    auto look_at(Actor const& actor, Call call, InsightScope const& scope, Read read) const;

    /// The same for one that needs no frame: `read(connection, asker)`.
    template <class Read>
    auto read_at(Actor const& actor, Call call, InsightScope const& scope, Read read) const;

    /// What `metric` makes of the frame. What is wrong with its arguments is found by an empty run,
    /// before anything is read but rights: results of many cells take memory without events, too.
    template <class Metric>
    auto scan(Actor const& actor, Call call, InsightScope const& scope, Metric metric) const;

    Dependencies dependencies;
    std::shared_ptr<InsightFrames> frames;
};

/// Errors: invalid_argument (fields "scope.courses", "scope.lectures", "scope.kinds", rule
/// "too_many"; "scope.courses[1]", rule "duplicate"; "to", rule "reversed").
void check_scope(InsightScope const& scope);
void check_scope(Validation& validation, InsightScope const& scope);
/// Adds what a metric, which is run without data, says of its arguments.
template <class Metric>
void check_arguments(Validation& validation, Metric metric) {
    try {
        static_cast<void>(metric());
    } catch (Error const& error) {
        if (error.code() != ErrorCode::invalid_argument) throw;
        for (auto const& violation : error.violations())
            validation.add(violation.field, violation.rule, violation.limit);
    }
}
/// Errors: invalid_argument (field "edges", ...), as all metrics have them.
void check_edges(std::vector<Timestamp> const& edges);
[[nodiscard]] analytics::Selection selection_of(InsightScope const& scope);

/// Staff may ask about all, teachers about what they teach. Errors: as require(); not_found (field
/// "scope.courses[0]" ..., or another one for a call about one course).
[[nodiscard]] Asker authorize_courses(storage::Connection& connection, Actor const& actor,
                                      Call call, std::vector<CourseId> const& courses,
                                      Timestamp now, std::string_view field = "scope.courses");

/// Calls `take` with each course, or once with none for the whole school.
template <class Take>
void for_each_course(std::vector<CourseId> const& courses, Take take) {
    if (courses.empty()) take(std::optional<CourseId>{});
    for (auto const course : courses)
        take(std::optional{course});
}

template <class Read>
auto Insights::Impl::look_at(Actor const& actor, Call call, InsightScope const& scope,
                             Read read) const {
    check_scope(scope);
    return look(
        [&](storage::Connection& connection) {
            return authorize_courses(connection, actor, call, scope.courses, now());
        },
        read);
}

template <class Read>
auto Insights::Impl::read_at(Actor const& actor, Call call, InsightScope const& scope,
                             Read read) const {
    check_scope(scope);
    return dependencies.storage.read([&](storage::Connection& connection) {
        auto const asker = authorize_courses(connection, actor, call, scope.courses, now());
        return read(connection, asker);
    });
}

template <class Metric>
auto Insights::Impl::scan(Actor const& actor, Call call, InsightScope const& scope,
                          Metric metric) const {
    check_scope(scope);
    auto const held = look(
        [&](storage::Connection& connection) {
            auto asker = authorize_courses(connection, actor, call, scope.courses, now());
            static_cast<void>(metric(analytics::EventFrame{}));
            return asker;
        },
        [](auto&, Viewpoint const& view) { return view.held; });
    return metric(held->frame);
}

}  // namespace eduplat
