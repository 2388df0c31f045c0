#include "services/learning_log.hpp"

#include "repositories/jobs.hpp"
#include "repositories/learning_log.hpp"
#include "services/learning_sweep.hpp"

namespace eduplat {

namespace learning_log = repositories::learning_log;

void log_publication(storage::Connection& connection, CourseId course, PublicationId publication,
                     int edition, Timestamp now) {
    learning_log::append(connection, {.at = now,
                                      .course = course,
                                      .kind = LearningKind::published,
                                      .a = publication.value(),
                                      .b = edition});
    learning_log::start_sweep(connection, course);
    repositories::jobs::make_due(connection, completion_sweep_job, now);
}

void log_enrolled(storage::Connection& connection, UserId user, CourseId course,
                  EnrollmentId enrollment, int edition, Timestamp now) {
    learning_log::append(connection, {.at = now,
                                      .user = user,
                                      .course = course,
                                      .enrollment = enrollment,
                                      .kind = LearningKind::enrolled,
                                      .a = edition});
}

void log_let_in(storage::Connection& connection, EnrollmentId enrollment, Timestamp now) {
    learning_log::await_check(connection, enrollment);
    repositories::jobs::make_due(connection, completion_sweep_job, now);
}

}  // namespace eduplat
