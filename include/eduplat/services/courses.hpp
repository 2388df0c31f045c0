#pragma once

#include <eduplat/core/page.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/services/accounts_types.hpp>
#include <eduplat/services/courses_import.hpp>
#include <eduplat/services/courses_types.hpp>
#include <eduplat/services/dependencies.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace eduplat {

/// Courses: their lectures, how they are published, found and reviewed.
///
/// A course's own fields and the titles of its sections are live. Lectures are drafts until a
/// publication, an immutable snapshot, shows them to learners: a correction to all of the newest
/// edition, an edition to those who enroll after it. Of a lecture that was published every version
/// stays. Each call is one transaction.
///
/// Thread safety: all members may be called from any thread.
/// Errors, of every call: those of Storage; for the actor as Accounts; permission_denied (field
/// "actor", rule: the call's name) for those who neither teach the course nor look after it,
/// whether or not there is such a course; not_found (field "course", "section", "lecture",
/// "publication", rule "unknown"), of calls that guests may make also for what is hidden: a course
/// that was never published, or is archived, from those who neither teach it, look after it nor are
/// enrolled (active, completed or suspended); invalid_argument with all violations at once, under
/// the names of the arguments
/// ("items[2].duration"); conflict (field "version", rule "changed": changed since it was read);
/// failed_precondition (field "state", rule: the course's state; "in_review" for teachers' edits
/// while staff reviews it: return_to_draft() first).
class Courses final {
  public:
    explicit Courses(Dependencies const& dependencies);
    Courses(Courses&&) noexcept;
    Courses& operator=(Courses&&) noexcept;
    ~Courses();

    // -- Courses

    /// Makes a draft. Errors: already_exists (field "slug", rule "taken": one that was asked for);
    /// not_found (field "teachers"; field "prerequisites", rule "unknown": neither published nor
    /// the actor's own); failed_precondition (field "prerequisites", rule "archived").
    Course create(Actor const& actor, NewCourse const& course);

    /// What is equal to what there is changes nothing. Errors: as create(); invalid_argument (field
    /// "prerequisites", rule "cycle": a course would require itself); failed_precondition (field
    /// "capacity", rule "too_small", limit: the seats taken).
    Course update(Actor const& actor, CourseUpdate const& update);

    /// Adds a teacher as the last, or changes a teacher's share: for the first teacher and staff.
    /// Errors: permission_denied (field "teachers", rule "not_first"), not_found (field "user").
    Course add_teacher(Actor const& actor, CourseId course, Teacher const& teacher);
    /// For the first teacher and staff; each may remove himself. Errors: as add_teacher();
    /// not_found (field "user": does not teach it), failed_precondition (field "teachers", rule
    /// "last_teacher").
    Course remove_teacher(Actor const& actor, CourseId course, UserId user);
    /// Makes a teacher of the course the first: for staff. Errors: as remove_teacher().
    Course hand_over(Actor const& actor, CourseId course, UserId user);

    Course submit_for_review(Actor const& actor, CourseId course);
    Course return_to_draft(Actor const& actor, CourseId course);
    /// Takes a published course out of the catalog: no new learners; those it has keep it. Errors:
    /// failed_precondition (field "prerequisites", rule "required_by": by a published course).
    Course archive(Actor const& actor, CourseId course);
    /// Errors: failed_precondition (field "prerequisites", rule "archived": one that it requires).
    Course restore(Actor const& actor, CourseId course);
    /// Deletes a course that was never published, with all it holds; its slug and source are free
    /// again, and no course requires it any more. `version`: Course::version as read. Errors:
    /// failed_precondition (field "enrollments" or "orders", rule "exists": something refers to
    /// it).
    void remove_draft(Actor const& actor, CourseId course, std::int64_t version);

    // -- Sections and lectures, as drafts. Positions past the end: invalid_argument (field
    // "position", rule "too_large", limit: the last one).

    Section add_section(Actor const& actor, NewSection const& section);
    Section update_section(Actor const& actor, SectionUpdate const& update);
    Section move_section(Actor const& actor, SectionId section, int position);
    /// Errors: failed_precondition (field "section", rule "not_empty").
    void remove_section(Actor const& actor, SectionId section, std::int64_t version);

    Lecture add_lecture(Actor const& actor, NewLecture const& lecture);
    Lecture update_lecture(Actor const& actor, LectureUpdate const& update);
    Lecture move_lecture(Actor const& actor, LectureMove const& move);
    /// Learners keep it until the next publication; its versions stay. Errors: failed_precondition
    /// (field "lecture", rule "required": another lecture has it as prerequisite).
    void remove_lecture(Actor const& actor, LectureId lecture, std::int64_t version);
    /// Puts one that was removed back at the end of its section, or before all sections if that is
    /// gone. It waits no more for lectures that are gone. Errors: resource_exhausted (field
    /// "lectures", rule "too_many", limit).
    Lecture restore_lecture(Actor const& actor, LectureId lecture);
    /// The draft holds again what was published last; its place and rules stay as they are. Errors:
    /// failed_precondition (field "lecture", rule "unpublished").
    Lecture discard_draft(Actor const& actor, LectureId lecture, std::int64_t version);

    /// Also of one that was removed. `number`: of an older version that `draft` shall be; none: the
    /// draft itself.
    [[nodiscard]] Lecture get_draft(Actor const& actor, LectureId lecture,
                                    std::optional<int> number = std::nullopt) const;
    [[nodiscard]] Outline draft_outline(Actor const& actor, CourseId course) const;
    /// Newest first.
    [[nodiscard]] Page<LectureVersionSummary> lecture_versions(
        Actor const& actor, LectureId lecture, PageRequest const& request = {}) const;

    // -- Publishing

    /// Shows the draft to learners and puts a draft course into the catalog. Without any change
    /// since the newest publication that one is returned, and nothing changes. Errors:
    /// failed_precondition (field "lectures", rule "required": there is none; field
    /// "lectures_needed", rule "too_large", limit: the required lectures; field "prerequisites",
    /// rule "archived"; field "state"); invalid_argument (field "prerequisites" or "release", rule
    /// "cycle": a lecture would never open; field "completion", rule "no_recording", limit: the id
    /// of a lecture that is to be watched and has no recording); conflict (field "expected", rule
    /// "changed").
    Publication publish(Actor const& actor, PublishRequest const& request);
    /// A new correction of the newest edition, with the lectures of an older publication. Drafts
    /// stay as they are, but what was removed comes back, as by restore_lecture().
    Publication roll_back(Actor const& actor, PublicationId publication,
                          std::string_view note = {});
    /// Newest first.
    [[nodiscard]] Page<Publication> publications(Actor const& actor, CourseId course,
                                                 PageRequest const& request = {}) const;

    // -- Reading

    [[nodiscard]] Course get_course(Actor const& actor, CourseId course) const;
    [[nodiscard]] std::optional<Course> find_course(Actor const& actor, CourseId course) const;
    [[nodiscard]] std::optional<Course> find_course(Actor const& actor, Uid const& course) const;
    [[nodiscard]] std::optional<Course> find_course(Actor const& actor,
                                                    std::string_view slug) const;

    /// Newest first. Every page takes the same number of statements.
    [[nodiscard]] Page<CourseSummary> catalog(Actor const& actor, CatalogFilter const& filter = {},
                                              PageRequest const& request = {}) const;

    /// What the actor's own edition shows, or the newest to those who are not enrolled. Errors:
    /// failed_precondition (field "course", rule "unpublished").
    [[nodiscard]] Outline outline(Actor const& actor, CourseId course) const;

    /// What a lecture holds, of the actor's own edition. Errors: permission_denied (field
    /// "lecture", rule: name(AccessReason)); unauthenticated (likewise, for a guest).
    [[nodiscard]] LectureView get_lecture(Actor const& actor, LectureId lecture) const;

    /// Published courses and lectures whose texts hold all words of the query, best first, then in
    /// the order in which they were published. Words are found in any form of case; Chinese,
    /// Japanese and Korean by any two characters and more, and by one at the beginning of a pair.
    /// Nothing in a query is an operator. A query without a word finds nothing. A lecture is found
    /// by its texts also by those who may not open it; they see nothing of them. Scores move with
    /// every publication: a page that begins after one may repeat or miss a hit.
    [[nodiscard]] Page<SearchHit> search(Actor const& actor, std::string_view query,
                                         SearchFilter const& filter = {},
                                         PageRequest const& request = {}) const;

    // -- Reviews

    /// Writes or replaces the actor's review. Errors: permission_denied (field "course", rule
    /// "not_enrolled": for those whose enrollment was never active).
    Review review(Actor const& actor, NewReview const& review);
    /// Errors: not_found (field "review").
    void remove_review(Actor const& actor, CourseId course, UserId user);
    /// Newest first.
    [[nodiscard]] Page<Review> reviews(Actor const& actor, CourseId course,
                                       PageRequest const& request = {}) const;

    // -- Import

    /// Makes courses of another system with their lectures. A course that breaks a rule is
    /// reported, not thrown; one that is known by its source is left as it is; a slug that is taken
    /// gets a number. A transaction for some courses at a time. Errors: failed_precondition inside
    /// a write (field "transaction", rule "not_allowed_inside").
    [[nodiscard]] ImportReport import_courses(Actor const& actor,
                                              std::span<ImportedCourse const> rows);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
