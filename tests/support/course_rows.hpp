#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/ports/random.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Courses written straight into the tables, in any state, for tests of what is built on them.
namespace eduplat::test {

struct CourseRow {
    std::string_view state = "published";
    std::optional<int> capacity = std::nullopt;
    bool has_price = false;
    std::optional<UserId> teacher = std::nullopt;
};

/// A lecture's place in a publication, and the rules it has there.
struct PlaceRow {
    LectureId lecture;
    bool preview = false;
    std::string_view release = "at_once";
    std::optional<Timestamp> release_at = std::nullopt;
    int release_days = 0;
    std::vector<LectureId> prerequisites = {};
};

class CourseRows {
  public:
    CourseRows(storage::Storage& storage, Random& random) : storage_(storage), random_(random) {}

    /// Without lectures. A course that is neither draft nor in review gets an empty publication.
    CourseId course(CourseRow const& row = {});
    /// A lecture that no publication has yet.
    LectureId lecture(CourseId course);
    /// Makes a publication that learners of the newest edition see, or of a new one; a draft is
    /// published by it.
    PublicationId publish(CourseId course, std::vector<PlaceRow> const& places,
                          bool new_edition = false);
    /// A published course of one lecture that opens at once.
    LectureId open_lecture(CourseRow const& row = {});

    void set_state(CourseId course, std::string_view state);
    void teach(CourseId course, UserId user);
    void require(CourseId course, CourseId required);
    /// Notes in the learner's progress that the lecture is completed, or opened only.
    void progress(EnrollmentId enrollment, LectureId lecture,
                  std::optional<Timestamp> completed_at);

  private:
    Uid uid();

    storage::Storage& storage_;
    Random& random_;
};

[[nodiscard]] CourseId course_of(storage::Storage& storage, LectureId lecture);
[[nodiscard]] int seats_taken(storage::Storage& storage, CourseId course);

}  // namespace eduplat::test
