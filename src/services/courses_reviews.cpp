#include "repositories/enrollments.hpp"
#include "repositories/reviews.hpp"
#include "services/courses_impl.hpp"
#include "services/paging.hpp"

#include <eduplat/core/limits.hpp>

#include <limits>
#include <utility>

namespace eduplat {

namespace reviews_table = repositories::reviews;

namespace {

constexpr int rating_max = 5;

std::string checked_body(NewReview const& review) {
    Validation validation;
    if (review.rating < 1) validation.add("rating", "too_small", 1);
    if (review.rating > rating_max) validation.add("rating", "too_large", rating_max);
    auto body = validation.text("body", review.body,
                                {.max_bytes = limits::review_bytes_max, .multiline = true});
    validation.check("review");
    return body;
}

/// Whoever has learned here, if only for a while.
void check_learned(storage::Connection& connection, UserId user, CourseId course) {
    auto const enrollment = repositories::enrollments::find(connection, user, course);
    if (enrollment && enrollment->activated_at) return;
    fail(ErrorCode::permission_denied, "course", "not_enrolled");
}

}  // namespace

Review Courses::review(Actor const& actor, NewReview const& review) {
    auto const body = checked_body(review);
    auto const now = impl_->now();
    return impl_->storage().write([&](auto& connection) {
        auto const asker = authorize_own(connection, actor, Call::courses_review, now);
        auto const access = visible_course(connection, asker, Call::courses_review, review.course);
        if (!access) fail_unknown("course");
        check_learned(connection, *asker.user, review.course);
        auto const before = reviews_table::find(connection, review.course, *asker.user);
        if (before && before->rating == review.rating && before->body == body) return *before;
        reviews_table::save(connection, review.course, *asker.user, review.rating, body, before,
                            now);
        record_course(connection, *access, now, "course.reviewed");
        return reviews_table::find(connection, review.course, *asker.user).value();
    });
}

void Courses::remove_review(Actor const& actor, CourseId course, UserId user) {
    auto const now = impl_->now();
    impl_->storage().write([&](auto& connection) {
        auto const asker = identify(connection, actor, now);
        require(asker, Call::courses_remove_review,
                asker.is(user) ? Relation::own : Relation::other);
        auto const review = reviews_table::find(connection, course, user);
        if (!review) {
            // Only of a course that the asker may see it is said that there is none.
            bool const visible =
                visible_course(connection, asker, Call::courses_remove_review, course).has_value();
            fail_unknown(visible ? "review" : "course");
        }
        auto const standing = repositories::courses::standing(connection, course, std::nullopt);
        reviews_table::remove(connection, *review);
        record_course(connection, {asker, standing.value()}, now, "course.review_removed");
    });
}

Page<Review> Courses::reviews(Actor const& actor, CourseId course,
                              PageRequest const& request) const {
    constexpr auto end = std::numeric_limits<std::int64_t>::max();
    auto const list = "reviews of " + std::to_string(course.value());
    auto const keys = keys_after<std::int64_t, std::int64_t>(list, request, {end, end});
    reviews_table::Before const before{std::get<0>(keys), std::get<1>(keys)};
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        static_cast<void>(see_course(connection, actor, Call::courses_reviews, course, now));
        return reviews_table::page(connection, course, before, request.limit + 1);
    });
    return make_page(list, request, std::move(rows), [](Review const& row) {
        return std::vector<CursorKey>{row.created_at.time_since_epoch().count(), row.user.value()};
    });
}

}  // namespace eduplat
