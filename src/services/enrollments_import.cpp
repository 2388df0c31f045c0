#include "repositories/enrollment_import.hpp"
#include "services/enrollments_impl.hpp"
#include "services/learning_log.hpp"
#include "services/uid_batch.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eduplat {

namespace import = repositories::enrollment_import;
using storage::Connection;

namespace {

/// A row that is well-formed, its texts normalized.
struct Candidate {
    std::size_t row;
    ImportedEnrollment enrollment;
    GrantUids uids;
};

using Sources = std::set<std::pair<std::string, std::string>>;

std::string normal(Validation& validation, std::string const& field, std::string_view value,
                   std::size_t bytes_max) {
    return validation.text(field, value, {.min_bytes = 1, .max_bytes = bytes_max});
}

void normalize_names(Validation& validation, std::string const& path, ImportedEnrollment& row) {
    auto const both = [&](std::string const& before, std::string& source, std::string& id) {
        source = normal(validation, path + before + "source", source, limits::source_bytes_max);
        id = normal(validation, path + before + "source_id", id, limits::source_id_bytes_max);
    };
    both("", row.source, row.source_id);
    if (auto* const name = std::get_if<SourceName>(&row.user)) {
        both("user.", name->source, name->source_id);
    }
}

void check_times(Validation& validation, std::string const& path, ImportedEnrollment const& row) {
    auto const check = [&](std::string_view field, Timestamp at) {
        if (!is_writable(at)) validation.add(path + std::string{field}, "out_of_range");
    };
    check("enrolled_at", row.enrolled_at);
    if (row.ended_at) check("ended_at", *row.ended_at);
    if (row.completed_at) check("completed_at", *row.completed_at);
    bool const ends = row.ended_at && row.state != EnrollmentState::revoked;
    if (ends && *row.ended_at <= row.enrolled_at) validation.add(path + "ended_at", "too_early");
}

/// Which times go with which state.
void check_state(Validation& validation, std::string const& path, ImportedEnrollment const& row) {
    using enum EnrollmentState;
    bool const known = !name(row.state).empty() && row.state != suspended;
    if (!known) return validation.add(path + "state", "not_allowed");
    auto const check = [&](std::string_view field, bool given, bool required, bool allowed) {
        if (required && !given) validation.add(path + std::string{field}, "required");
        if (given && !allowed) validation.add(path + std::string{field}, "not_allowed");
    };
    check("ended_at", row.ended_at.has_value(), row.state == revoked, row.state != pending);
    check("completed_at", row.completed_at.has_value(), row.state == completed,
          row.state == completed || row.state == revoked);
}

/// Sorts the rows into those that may be tried and those that are rejected at sight.
std::vector<Candidate> candidates(std::span<ImportedEnrollment const> rows, ImportReport& report,
                                  Random& random, Timestamp now) {
    std::vector<Candidate> result;
    result.reserve(rows.size());
    Sources seen;
    UidBatch uids{random, now};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const path = "rows[" + std::to_string(i) + "].";
        Validation validation;
        auto row = rows[i];
        normalize_names(validation, path, row);
        check_times(validation, path, row);
        check_state(validation, path, row);
        // What is rejected is not in the way of later rows.
        if (validation.ok() && !seen.emplace(row.source, row.source_id).second) {
            validation.add(path + "source_id", "duplicate");
        }
        if (!validation.ok()) {
            report.rejected.push_back({i, validation.take()});
            continue;
        }
        auto const uid = uids.next();
        result.push_back({i, std::move(row), {uid, uids.next()}});
    }
    return result;
}

ImportReport::Rejected rejected(Candidate const& candidate, std::string_view field,
                                std::string_view rule) {
    auto const path = "rows[" + std::to_string(candidate.row) + "].";
    return {candidate.row, {{path + std::string{field}, std::string{rule}, std::nullopt}}};
}

/// The courses of a chunk, each read once, and the seats that it takes in them.
class CourseSeats {
  public:
    struct Entry {
        std::optional<import::Course> course;
        std::int64_t taken = 0;

        [[nodiscard]] bool full() const { return course->seats_left == taken; }
    };

    explicit CourseSeats(Connection& connection) : connection_(connection) {}

    Entry& find(CourseId course) {
        auto const [entry, is_new] = entries_.try_emplace(course);
        if (is_new) entry->second.course = import::course(connection_, course);
        return entry->second;
    }

    void take_seats() {
        for (auto const& [course, entry] : entries_) {
            if (entry.taken > 0) import::take_seats(connection_, course, entry.taken);
        }
    }

  private:
    Connection& connection_;
    std::map<CourseId, Entry> entries_;
};

std::optional<import::Learner> find_learner(Connection& connection,
                                            std::variant<UserId, SourceName> const& user) {
    if (auto const* const id = std::get_if<UserId>(&user)) return import::learner(connection, *id);
    auto const& name = std::get<SourceName>(user);
    return import::learner(connection, name.source, name.source_id);
}

/// One chunk of an import, in its transaction.
class Chunk {
  public:
    Chunk(Connection& connection, Asker const& asker, Timestamp now)
        : connection_(connection), asker_(asker), now_(now), courses_(connection) {}

    void add(Candidate const& candidate) {
        auto const& row = candidate.enrollment;
        auto const learner = find_learner(connection_, row.user);
        if (!learner) return reject(candidate, "user", "unknown");
        if (learner->state == UserState::erased) return reject(candidate, "user", "erased");
        auto& entry = courses_.find(row.course);
        if (!entry.course) return reject(candidate, "course", "unknown");

        // Whose time is over needs none.
        bool const over = row.ended_at && *row.ended_at <= now_;
        bool const needs_seat = row.state != EnrollmentState::revoked && !over;
        bool const full = needs_seat && entry.full();
        auto const id = full ? std::nullopt : insert(candidate, learner->id, entry, needs_seat);
        if (!id) return explain(candidate, full);
        if (needs_seat) ++entry.taken;
        accompany(candidate, *id);
        log_enrolled(connection_, learner->id, row.course, *id, entry.course->edition, now_);
        ++report_.created;
    }

    ImportReport finish() {
        courses_.take_seats();
        return std::move(report_);
    }

  private:
    void reject(Candidate const& candidate, std::string_view field, std::string_view rule) {
        report_.rejected.push_back(rejected(candidate, field, rule));
    }

    std::optional<EnrollmentId> insert(Candidate const& candidate, UserId user,
                                       CourseSeats::Entry const& entry, bool holds_seat) {
        auto const& row = candidate.enrollment;
        bool const let_in = row.state != EnrollmentState::pending;
        return import::insert(
            connection_,
            {.uid = candidate.uids.enrollment,
             .source = row.source,
             .source_id = row.source_id,
             .user = user,
             .course = row.course,
             .state = row.state,
             .edition = entry.course->edition,
             .activated_at = let_in ? std::optional{row.enrolled_at} : std::nullopt,
             .completed_at = row.completed_at,
             .holds_seat = holds_seat,
             .seat_until = holds_seat ? row.ended_at : std::nullopt},
            now_);
    }

    /// Why a row was not inserted.
    void explain(Candidate const& candidate, bool full) {
        auto const& row = candidate.enrollment;
        if (import::exists(connection_, row.source, row.source_id)) {
            ++report_.unchanged;
        } else if (full) {
            reject(candidate, "course", "full");
        } else {
            reject(candidate, "user", "enrolled");
        }
    }

    /// The grant, the history and the journal's entry.
    void accompany(Candidate const& candidate, EnrollmentId id) {
        auto const& row = candidate.enrollment;
        bool const revoked = row.state == EnrollmentState::revoked;
        if (row.state != EnrollmentState::pending) {
            import::insert_grant(connection_,
                                 {.uid = candidate.uids.grant,
                                  .enrollment = id,
                                  .starts_at = row.enrolled_at,
                                  .ends_at = revoked ? std::nullopt : row.ended_at,
                                  .revoked_at = revoked ? row.ended_at : std::nullopt},
                                 now_);
        }
        import::insert_change(connection_, id, row.state, asker_.kind, asker_.uid, now_);
        record(connection_, asker_, now_, "enrollment.imported", "enrollment",
               candidate.uids.enrollment);
    }

    Connection& connection_;
    Asker asker_;
    Timestamp now_;
    CourseSeats courses_;
    ImportReport report_;
};

void add(ImportReport& total, ImportReport part) {
    total.created += part.created;
    total.unchanged += part.unchanged;
    std::move(part.rejected.begin(), part.rejected.end(), std::back_inserter(total.rejected));
}

}  // namespace

ImportReport Enrollments::import_enrollments(Actor const& actor,
                                             std::span<ImportedEnrollment const> rows) {
    constexpr auto call = Call::enrollments_import_enrollments;
    if (impl_->storage().in_write()) {
        fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
    }
    auto const now = impl_->now();
    // Asked first, for an import without any row to write.
    impl_->storage().read(
        [&](auto& connection) { static_cast<void>(authorize(connection, actor, call, now)); });

    ImportReport report;
    auto const all = candidates(rows, report, impl_->dependencies.random, now);
    for (std::span<Candidate const> rest{all}; !rest.empty();) {
        auto const part = rest.first(std::min(rest.size(), limits::import_chunk_rows));
        rest = rest.subspan(part.size());
        add(report, impl_->storage().write([&](auto& connection) {
            Chunk chunk{connection, authorize(connection, actor, call, now), now};
            for (auto const& row : part)
                chunk.add(row);
            return chunk.finish();
        }));
    }
    std::sort(report.rejected.begin(), report.rejected.end(),
              [](auto const& a, auto const& b) { return a.row < b.row; });
    return report;
}

}  // namespace eduplat
