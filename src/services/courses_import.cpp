#include "services/imported_course.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <utility>

namespace eduplat {
namespace {

/// A row that is well-formed.
struct Candidate {
    std::size_t row;
    std::string path;  ///< what its fields are called by: "rows[3]."
    PlannedCourse course;
};

/// Sorts the rows into those that may be tried and those that are rejected at sight.
template <class NewUids>
std::vector<Candidate> candidates(std::span<ImportedCourse const> rows, ImportReport& report,
                                  NewUids new_uids) {
    std::vector<Candidate> result;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto path = "rows[" + std::to_string(i) + "].";
        Validation validation;
        auto planned = planned_course(validation, path, rows[i]);
        if (validation.ok()) {
            planned.uids = new_uids(planned.uids_needed());
            result.push_back({i, std::move(path), std::move(planned)});
        } else {
            report.rejected.push_back({i, validation.take()});
        }
    }
    return result;
}

ImportReport::Rejected rejected(Candidate const& candidate, Error const& error) {
    ImportReport::Rejected row{candidate.row, {}};
    for (auto const& violation : error.violations()) {
        row.violations.push_back(
            {candidate.path + violation.field, violation.rule, violation.limit});
    }
    return row;
}

/// Whether an error is about the row, not about the school or whoever asks.
bool is_about_row(Error const& error) {
    auto const code = error.code();
    return !error.violations().empty() &&
           (code == ErrorCode::invalid_argument || code == ErrorCode::not_found ||
            code == ErrorCode::already_exists || code == ErrorCode::failed_precondition);
}

/// How many candidates make the next transaction: about limits::import_chunk_rows lectures.
std::size_t chunk_size(std::span<Candidate const> rest) {
    std::size_t lectures = 0;
    std::size_t count = 0;
    while (count < rest.size() && (count == 0 || lectures < limits::import_chunk_rows))
        lectures += 1 + rest[count++].course.lectures.size();
    return count;
}

void add(ImportReport& total, ImportReport part) {
    total.created += part.created;
    total.unchanged += part.unchanged;
    for (auto& row : part.rejected)
        total.rejected.push_back(std::move(row));
}

}  // namespace

ImportReport Courses::import_courses(Actor const& actor, std::span<ImportedCourse const> rows) {
    if (impl_->storage().in_write()) {
        fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
    }
    constexpr auto call = Call::courses_import_courses;
    auto const now = impl_->now();
    // Asked first, for an import without any row to write.
    impl_->storage().read(
        [&](auto& connection) { static_cast<void>(authorize(connection, actor, call, now)); });

    ImportReport report;
    auto const import_one = [&](Candidate const& candidate, Asker const& asker,
                                ImportReport& part) {
        try {
            // What a row has written goes with it if it is rejected.
            bool const made = impl_->storage().write([&](auto& connection) {
                return insert_planned(connection, asker, candidate.course, now);
            });
            ++(made ? part.created : part.unchanged);
        } catch (Error const& error) {
            if (!is_about_row(error)) throw;
            part.rejected.push_back(rejected(candidate, error));
        }
    };
    auto const all =
        candidates(rows, report, [&](std::size_t count) { return impl_->new_uids(count); });
    for (std::span<Candidate const> rest{all}; !rest.empty();) {
        auto const chunk = rest.first(chunk_size(rest));
        rest = rest.subspan(chunk.size());
        add(report, impl_->storage().write([&](auto& connection) {
            auto const asker = authorize(connection, actor, call, now);
            ImportReport part;
            for (auto const& candidate : chunk)
                import_one(candidate, asker, part);
            return part;
        }));
    }
    std::sort(report.rejected.begin(), report.rejected.end(),
              [](auto const& a, auto const& b) { return a.row < b.row; });
    return report;
}

}  // namespace eduplat
