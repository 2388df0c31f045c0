#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

/// What other services tell the log of learning, inside their transactions.
namespace eduplat {

/// Logs which content and rules the learners of an edition have from now on, and has the job
/// completion_sweep complete those who fulfill them already. To be called by every publication and
/// roll-back, after the tables publications, publication_lectures and editions are written.
void log_publication(storage::Connection& connection, CourseId course, PublicationId publication,
                     int edition, Timestamp now);

/// Logs which edition a learner follows: to be called when an enrollment is made, or moves to
/// another edition.
void log_enrolled(storage::Connection& connection, UserId user, CourseId course,
                  EnrollmentId enrollment, int edition, Timestamp now);

/// Has the job completion_sweep look at a learner who is active again: what was published or
/// imported meanwhile may have completed the course. To be called when an enrollment becomes active
/// that was not.
void log_let_in(storage::Connection& connection, EnrollmentId enrollment, Timestamp now);

}  // namespace eduplat
