#include "repositories/certificates.hpp"
#include "repositories/learning_log.hpp"
#include "repositories/users.hpp"
#include "services/enrollment_core.hpp"
#include "services/learning_impl.hpp"
#include "services/learning_options.hpp"
#include "services/paging.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace eduplat {

namespace certificates_table = repositories::certificates;
namespace learning_log = repositories::learning_log;
namespace progress_table = repositories::progress;
using storage::Connection;

namespace {

void between(Validation& validation, std::string_view option, std::int64_t value,
             std::int64_t least, std::int64_t most) {
    auto const field = "learning." + std::string{option};
    if (value < least) validation.add(field, "too_small", least);
    if (value > most) validation.add(field, "too_large", most);
}

Dependencies const& checked(Dependencies const& given) {
    check_options(given.learning);
    return given;
}

// Uids begin in 1970; after this, times to come might not be written down.
constexpr Timestamp first_now{};
constexpr Timestamp past_last_now = std::chrono::sys_days{std::chrono::year{9000} / 1 / 1};

/// The learner whom a call is about.
progress_table::Learner find_learner(Connection& connection, UserId user, CourseId course) {
    auto learner = progress_table::find_learner(connection, user, course);
    if (!learner) fail(ErrorCode::not_found, "enrollment", "unknown");
    return *learner;
}

/// The lectures that count now, with what was done in them; the latest is where to go on.
CourseProgress progress_of(Connection& connection, progress_table::Learner const& learner) {
    CourseProgress result{.enrollment = learner.enrollment,
                          .user = learner.user,
                          .course = learner.course,
                          .state = learner.state,
                          .completed_at = learner.completed_at};
    bool const through = learner.completed_at.has_value();
    if (learner.publication) {
        result.lectures =
            progress_table::in_order(connection, *learner.publication, learner.enrollment);
        auto const standing =
            progress_table::standing(connection, *learner.publication, learner.enrollment);
        result.completed = standing.completed;
        result.needed = standing.needed;
    }
    result.percent = percent_of(result.completed, result.needed, through);
    auto const latest = std::max_element(
        result.lectures.begin(), result.lectures.end(),
        [](auto const& one, auto const& other) { return one.last_at < other.last_at; });
    if (latest != result.lectures.end()) {
        result.resume = ResumePoint{latest->lecture, latest->item, latest->position};
    }
    return result;
}

GradebookRow row_of(progress_table::GradebookEntry const& entry, int completed, int needed) {
    return {.enrollment = entry.enrollment,
            .user = entry.user,
            .user_uid = entry.user_uid,
            .display_name = entry.display_name,
            .state = entry.state,
            .percent = percent_of(completed, needed, entry.completed_at.has_value()),
            .completed = completed,
            .needed = needed,
            .completed_at = entry.completed_at};
}

/// Rows of the gradebook for these learners, in two statements.
std::vector<GradebookRow> rows_of(Connection& connection, CourseId course, EnrollmentId after,
                                  std::vector<progress_table::GradebookEntry> const& entries) {
    std::map<int, int> needed;
    for (auto const& edition : progress_table::editions(connection, course))
        needed[edition.edition] = edition.needed;
    std::map<EnrollmentId, int> completed;
    auto const last = entries.empty() ? after : entries.back().enrollment;
    for (auto const& count : progress_table::completed_counts(connection, course, after, last))
        completed[count.enrollment] = count.completed;
    std::vector<GradebookRow> rows;
    rows.reserve(entries.size());
    for (auto const& entry : entries)
        rows.push_back(row_of(entry, completed[entry.enrollment], needed[entry.edition]));
    return rows;
}

std::string list_of(std::string_view list, std::int64_t id) {
    return std::string{list} + ' ' + std::to_string(id);
}

}  // namespace

void check_options(LearningOptions const& options) {
    Validation validation;
    constexpr auto longest = limits::learning_duration_max.count();
    between(validation, "max_rate_percent", options.max_rate_percent, 1,
            limits::watch_rate_percent_max);
    between(validation, "grace", options.grace.count(), 0, longest);
    between(validation, "session_idle_max", options.session_idle_max.count(), 1, longest);
    validation.check("options");
}

Learning::Learning(Dependencies const& dependencies)
    : impl_(std::make_unique<Impl>(dependencies)) {}
Learning::Learning(Learning&&) noexcept = default;
Learning& Learning::operator=(Learning&&) noexcept = default;
Learning::~Learning() = default;

Learning::Impl::Impl(Dependencies const& given) : dependencies(checked(given)) {}

Timestamp Learning::Impl::now() const {
    auto const now = dependencies.clock.now();
    if (now >= first_now && now < past_last_now) return now;
    fail(ErrorCode::failed_precondition, "clock", "out_of_range");
}

WatchPace Learning::Impl::pace() const noexcept {
    auto const& options = dependencies.learning;
    return {.max_rate_percent = options.max_rate_percent,
            .grace = options.grace,
            .idle_max = options.session_idle_max};
}

Uid Learning::Impl::new_uid() const {
    std::array<std::byte, 8> entropy{};
    dependencies.random.fill(entropy);
    return Uid::v7(now(), entropy);
}

void Learning::Impl::refuse_inside_write() const {
    if (!storage().in_write()) return;
    fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
}

CourseProgress Learning::progress(Actor const& actor, CourseId course,
                                  std::optional<UserId> user) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](Connection& connection) {
        auto const asker = user ? identify(connection, actor, now)
                                : authorize_own(connection, actor, Call::learning_progress, now);
        auto const about = user ? *user : *asker.user;
        require_about(connection, asker, Call::learning_progress, about, course);
        return progress_of(connection, find_learner(connection, about, course));
    });
}

Page<GradebookRow> Learning::gradebook(Actor const& actor, CourseId course,
                                       PageRequest const& request) const {
    auto const list = list_of("gradebook", course.value());
    auto const [id] = keys_after<std::int64_t>(list, request, {0});
    EnrollmentId const after{id};
    auto const now = impl_->now();
    return impl_->storage().read([&](Connection& connection) {
        auto const asker = identify(connection, actor, now);
        require_about(connection, asker, Call::learning_gradebook, std::nullopt, course);
        if (!progress_table::exists(connection, course)) {
            fail(ErrorCode::not_found, "course", "unknown");
        }
        auto const entries =
            progress_table::gradebook(connection, course, after, request.limit + 1);
        return make_page<GradebookRow>(
            list, request, rows_of(connection, course, after, entries),
            [](auto const& row) { return std::vector<CursorKey>{row.enrollment.value()}; });
    });
}

Page<LoggedEvent> Learning::events(Actor const& actor, UserId user, CourseId course,
                                   PageRequest const& request) const {
    auto const list = list_of(list_of("events", user.value()), course.value());
    auto const seq = std::get<0>(keys_after<std::int64_t>(list, request, {0}));
    auto const now = impl_->now();
    return impl_->storage().read([&](Connection& connection) {
        auto const asker = identify(connection, actor, now);
        require_about(connection, asker, Call::learning_events, user, course);
        if (!repositories::users::find(connection, user)) {
            fail(ErrorCode::not_found, "user", "unknown");
        }
        return make_page<LoggedEvent>(
            list, request, learning_log::page(connection, user, course, seq, request.limit + 1),
            [](auto const& event) { return std::vector<CursorKey>{event.seq}; });
    });
}

Page<Certificate> Learning::certificates(Actor const& actor, UserId user,
                                         PageRequest const& request) const {
    auto const list = list_of("certificates", user.value());
    CertificateId const after{std::get<0>(keys_after<std::int64_t>(list, request, {0}))};
    auto const now = impl_->now();
    return impl_->storage().read([&](Connection& connection) {
        static_cast<void>(authorize(connection, actor, Call::learning_certificates, user, now));
        return make_page<Certificate>(
            list, request, certificates_table::page(connection, user, after, request.limit + 1),
            [](auto const& row) { return std::vector<CursorKey>{row.id.value()}; });
    });
}

std::optional<VerifiedCertificate> Learning::verify_certificate(Actor const& actor,
                                                                std::string_view code) const {
    auto const normal = parse_certificate_code(code);
    auto const now = impl_->now();
    return impl_->storage().read([&](Connection& connection) {
        static_cast<void>(authorize(connection, actor, Call::learning_verify_certificate, now));
        std::optional<VerifiedCertificate> result;
        auto found = normal ? certificates_table::find(connection, *normal) : std::nullopt;
        if (!found) return result;
        auto const& certificate = found->certificate;
        result = {.course_title = certificates_table::course_title(connection, certificate.id),
                  .course = found->course,
                  .holder = std::move(found->holder),
                  .issued_at = certificate.issued_at,
                  .expires_at = certificate.expires_at,
                  .state = certificate.state(now)};
        return result;
    });
}

Certificate Learning::revoke_certificate(Actor const& actor, CertificateId certificate) {
    auto const now = impl_->now();
    return impl_->storage().write([&](Connection& connection) {
        auto const asker = identify(connection, actor, now);
        auto found = certificates_table::find(connection, certificate);
        bool const own = found && asker.user && teaches(connection, *asker.user, found->course);
        require(asker, Call::learning_revoke_certificate, own ? Relation::own : Relation::other);
        if (!found) fail(ErrorCode::not_found, "certificate", "unknown");
        if (found->revoked_at) return *std::move(found);
        certificates_table::revoke(connection, certificate, now);
        eduplat::record(connection, asker, now, "certificate.revoked", "certificate", found->uid);
        found->revoked_at = now;
        return *std::move(found);
    });
}

}  // namespace eduplat
