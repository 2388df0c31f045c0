#pragma once

#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eduplat {

/// Where a course stands. Stored by name: names are frozen.
enum class CourseState : std::uint8_t {
    draft,      ///< seen by its teachers and staff only
    in_review,  ///< waits for staff to publish it
    published,  ///< in the catalog
    archived,   ///< takes nobody in any more; its learners keep it
    removed,    ///< a draft that was deleted: only its row and uid stay
};

/// Empty for a value outside the enumeration.
[[nodiscard]] std::string_view name(CourseState state) noexcept;
[[nodiscard]] std::optional<CourseState> parse_course_state(std::string_view name) noexcept;

struct CourseTransition {
    CourseState from;
    CourseState to;

    friend bool operator==(CourseTransition const&, CourseTransition const&) = default;
};

/// Every change of state there is.
[[nodiscard]] std::span<CourseTransition const> course_transitions() noexcept;

/// Errors: failed_precondition (field "state", rule: the name of `from`) if the table has no such
/// change.
void check_transition(CourseState from, CourseState to);

enum class Level : std::uint8_t { beginner, intermediate, advanced };

/// Empty for a value outside the enumeration.
[[nodiscard]] std::string_view name(Level level) noexcept;
[[nodiscard]] std::optional<Level> parse_level(std::string_view name) noexcept;

/// One way to buy a course.
struct Price {
    Money amount;
    int period_days = 0;  ///< how long the purchase gives access; 0: for good

    friend bool operator==(Price const&, Price const&) = default;
};

/// The prices of a course, one for each currency and period. None: the course is free.
class Prices {
  public:
    Prices() = default;
    Prices(Money amount) : prices_{Price{amount}} {}  // NOLINT(*-explicit-*)
    Prices(Price price) : prices_{price} {}           // NOLINT(*-explicit-*)
    Prices(std::initializer_list<Price> prices) : prices_(prices) {}
    explicit Prices(std::vector<Price> prices) : prices_(std::move(prices)) {}

    [[nodiscard]] bool empty() const noexcept { return prices_.empty(); }
    [[nodiscard]] std::vector<Price> const& all() const noexcept { return prices_; }
    /// Nothing if the course is not sold in that currency for that period.
    [[nodiscard]] std::optional<Price> find(Currency currency, int period_days = 0) const noexcept;

    friend bool operator==(Prices const&, Prices const&) = default;

  private:
    std::vector<Price> prices_;
};

/// Who teaches a course, with the weight of the teacher's share in its sales.
struct Teacher {
    UserId user;
    int share = 1;  ///< against the other teachers' shares; 0: takes no part, or not told

    friend bool operator==(Teacher const&, Teacher const&) = default;
};

/// What learners think of a course, in all.
struct Rating {
    std::int64_t reviews = 0;
    std::int64_t stars = 0;  ///< of all reviews together: the mean is stars / reviews

    friend bool operator==(Rating const&, Rating const&) = default;
};

/// A course without its lectures. All of it is live: a change counts at once, unlike one of
/// lectures, which counts when it is published. (lectures_needed is snapshotted with them.) Those
/// who neither teach it nor look after it are not told its source and its teachers' shares.
struct Course {
    CourseId id;
    Uid uid;
    std::optional<std::string> source = std::nullopt;     ///< the system it was imported from,
    std::optional<std::string> source_id = std::nullopt;  ///< and its name there: both or neither
    std::string slug;                                     ///< its name in addresses, unique
    CourseState state = CourseState::draft;
    std::string language;  ///< BCP 47 tag of the language it is taught in
    std::optional<Level> level = std::nullopt;
    LocalizedText title = {};
    LocalizedText summary = {};
    std::vector<std::string> tags = {};      ///< what it is about, in order of code points
    std::vector<std::string> concepts = {};  ///< what it teaches, likewise
    Prices prices = {};
    /// In the order in which they are shown. The first decides on the others.
    std::vector<Teacher> teachers = {};
    /// To be completed before any lecture opens, by those who enroll from then on.
    std::vector<CourseId> prerequisites = {};
    std::optional<int> capacity = std::nullopt;  ///< seats; none: as many as come
    int seats_taken = 0;                         ///< told to everybody, as capacity is
    bool certificate = true;                     ///< whether one is issued to those who complete it
    std::optional<int> lectures_needed = std::nullopt;  ///< to complete it; none: all required ones
    int edition = 0;                                    ///< of new enrollments; 0: never published
    std::optional<PublicationId> publication = std::nullopt;  ///< what they see
    Rating rating = {};
    std::int64_t version = 1;  ///< grows with every change of this record but seats and rating
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> published_at = std::nullopt;  ///< for the first time

    friend bool operator==(Course const&, Course const&) = default;
};

/// A course in a list.
struct CourseSummary {
    struct TeacherName {
        UserId user;
        std::string display_name;

        friend bool operator==(TeacherName const&, TeacherName const&) = default;
    };

    CourseId id;
    Uid uid;
    std::string slug;
    CourseState state = CourseState::published;
    std::string language;
    std::optional<Level> level = std::nullopt;
    LocalizedText title = {};
    LocalizedText summary = {};
    std::vector<std::string> tags = {};
    Prices prices = {};
    std::vector<TeacherName> teachers = {};
    Rating rating = {};
    std::optional<Timestamp> published_at = std::nullopt;

    friend bool operator==(CourseSummary const&, CourseSummary const&) = default;
};

/// What a learner wrote about a course.
struct Review {
    CourseId course;
    UserId user;
    std::string display_name;  ///< of the user, as it is now
    int rating;                ///< 1 to 5
    std::string body;
    Timestamp created_at;
    Timestamp updated_at;

    friend bool operator==(Review const&, Review const&) = default;
};

}  // namespace eduplat
