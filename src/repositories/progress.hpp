#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/progress.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// How far learners are: the tables that the log of learning can make anew, and what publications
/// ask.
namespace eduplat::repositories::progress {

/// An enrollment as progress sees it.
struct Learner {
    EnrollmentId enrollment;
    Uid uid;
    UserId user;
    CourseId course;
    int edition;
    EnrollmentState state;
    std::optional<Timestamp> completed_at;
    /// What the learner's edition shows; none: nothing was published yet.
    std::optional<PublicationId> publication;
    bool certificate;  ///< whether the course gives one
};

/// A lecture, and the asking user's enrollment in its course.
struct Place {
    CourseId course;
    std::optional<PublicationId> publication;  ///< of the course, for those without enrollment
    std::optional<Learner> learner;
};
[[nodiscard]] std::optional<Place> find_place(storage::Connection& connection, LectureId lecture,
                                              UserId user);

[[nodiscard]] std::optional<Learner> find_learner(storage::Connection& connection, UserId user,
                                                  CourseId course);
[[nodiscard]] std::optional<Learner> find_learner(storage::Connection& connection,
                                                  EnrollmentId enrollment);
/// At most `limit` after an enrollment, in order: of a course; of it those who are active.
[[nodiscard]] std::vector<Learner> learners(storage::Connection& connection, CourseId course,
                                            EnrollmentId after, int limit);
[[nodiscard]] std::vector<Learner> active_learners(storage::Connection& connection, CourseId course,
                                                   EnrollmentId after, int limit);
/// All of a user's.
[[nodiscard]] std::vector<Learner> learners_of(storage::Connection& connection, UserId user);
/// The next user after this one who has any enrollment.
[[nodiscard]] std::optional<UserId> next_user(storage::Connection& connection, UserId after);

[[nodiscard]] bool exists(storage::Connection& connection, CourseId course);
[[nodiscard]] std::optional<CourseId> course_of(storage::Connection& connection, LectureId lecture);

// -- What publications ask

[[nodiscard]] std::optional<LectureRule> rule(storage::Connection& connection,
                                              PublicationId publication, LectureId lecture);
/// Of all lectures, in order.
[[nodiscard]] std::vector<LectureRule> rules(storage::Connection& connection,
                                             PublicationId publication);
/// How many required lectures have to be completed; nothing for an unknown publication.
[[nodiscard]] std::optional<int> needed(storage::Connection& connection, PublicationId publication);

struct Standing {
    int completed;  ///< required lectures of a publication that a learner completed,
    int needed;     ///< of so many
};
[[nodiscard]] Standing standing(storage::Connection& connection, PublicationId publication,
                                EnrollmentId enrollment);

/// Whether a lecture ever had this recording, be it in a draft.
[[nodiscard]] bool had_media(storage::Connection& connection, LectureId lecture, Uid const& media);

// -- What learners did

[[nodiscard]] std::optional<LectureProgress> find(storage::Connection& connection,
                                                  EnrollmentId enrollment, LectureId lecture);
[[nodiscard]] std::vector<LectureProgress> all(storage::Connection& connection,
                                               EnrollmentId enrollment);
/// Those of a publication, in its order.
[[nodiscard]] std::vector<LectureProgress> in_order(storage::Connection& connection,
                                                    PublicationId publication,
                                                    EnrollmentId enrollment);
void save(storage::Connection& connection, EnrollmentId enrollment, LectureProgress const& row);

[[nodiscard]] std::optional<Coverage> find_coverage(storage::Connection& connection,
                                                    EnrollmentId enrollment, Uid const& media);
[[nodiscard]] MediaCoverage all_coverage(storage::Connection& connection, EnrollmentId enrollment);
void save(storage::Connection& connection, EnrollmentId enrollment, Uid const& media,
          Coverage const& coverage);

/// All of a learner's progress in a course.
void remove(storage::Connection& connection, EnrollmentId enrollment);

[[nodiscard]] std::optional<ViewingSession> find_session(storage::Connection& connection,
                                                         UserId user);
void save(storage::Connection& connection, UserId user, ViewingSession const& session);
void remove_session(storage::Connection& connection, UserId user);

// -- Gradebooks

struct GradebookEntry {
    EnrollmentId enrollment;
    UserId user;
    Uid user_uid;
    std::string display_name;
    EnrollmentState state;
    int edition;
    std::optional<Timestamp> completed_at;
};
[[nodiscard]] std::vector<GradebookEntry> gradebook(storage::Connection& connection,
                                                    CourseId course, EnrollmentId after, int limit);

struct CompletedCount {
    EnrollmentId enrollment;
    int completed;
};
/// Of learners after one to another, in order; those with nothing completed are left out.
[[nodiscard]] std::vector<CompletedCount> completed_counts(storage::Connection& connection,
                                                           CourseId course, EnrollmentId after,
                                                           EnrollmentId last);

struct EditionNeeds {
    int edition;
    int needed;
};
[[nodiscard]] std::vector<EditionNeeds> editions(storage::Connection& connection, CourseId course);

}  // namespace eduplat::repositories::progress
