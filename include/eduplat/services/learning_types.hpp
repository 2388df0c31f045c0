#pragma once

#include <eduplat/core/error.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/certificate.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/learning.hpp>
#include <eduplat/domain/progress.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What Learning takes and gives. Texts are trimmed and kept in NFC; their bounds are in
/// core/limits.hpp.
namespace eduplat {

/// What one learner did, in order. A batch sent again under its key counts once.
struct EventBatch {
    std::string batch = {};             ///< its key, among those of this learner
    std::vector<Reported> events = {};  ///< 1 to limits::learning_events_per_batch_max
};

/// What became of one Watched event.
struct WatchCredit {
    std::size_t event;  ///< its place in the batch
    /// Up to where it counts: less than its `to` where the learner cannot have watched so much, or
    /// the recording was watched in more pieces than limits::coverage_intervals_max.
    std::chrono::milliseconds credited_to;
    std::chrono::milliseconds credited;  ///< of it, what had not been watched before

    friend bool operator==(WatchCredit const&, WatchCredit const&) = default;
};

struct Recorded {
    std::size_t accepted = 0;
    std::vector<WatchCredit> credits = {};           ///< one for each Watched event
    std::vector<LectureId> completed_lectures = {};  ///< newly
    std::vector<CourseId> completed_courses = {};    ///< newly
    std::vector<Certificate> certificates = {};      ///< newly issued

    friend bool operator==(Recorded const&, Recorded const&) = default;
};

/// A teacher's mark on a learner's lecture.
struct LectureMark {
    UserId user;
    LectureId lecture;
    bool done = true;  ///< false takes a mark back; a lecture once completed stays so
};

/// A learner in a gradebook.
struct GradebookRow {
    EnrollmentId enrollment;
    UserId user;
    Uid user_uid;
    std::string display_name;
    EnrollmentState state;
    int percent;    ///< as in CourseProgress
    int completed;  ///< required lectures completed
    int needed;
    std::optional<Timestamp> completed_at = std::nullopt;

    friend bool operator==(GradebookRow const&, GradebookRow const&) = default;
};

/// What a certificate's code tells anybody who has it. Names and titles are those of when it was
/// issued, whatever they are now.
struct VerifiedCertificate {
    LocalizedText course_title;
    Uid course;
    std::string holder;  ///< empty once the account is erased
    Timestamp issued_at;
    std::optional<Timestamp> expires_at = std::nullopt;
    CertificateState state;

    friend bool operator==(VerifiedCertificate const&, VerifiedCertificate const&) = default;
};

/// How a question was answered in the past, without the text: all as in Answered.
struct ImportedAnswer {
    int item = 0;
    std::optional<int> question = std::nullopt;
    std::int64_t score = 0;
    std::int64_t max_score = 0;
};

/// That a lecture was opened in the past, or a question in it answered.
struct ImportedEvent {
    UserId user;
    LectureId lecture;
    Timestamp at;            ///< not later than now
    std::int64_t count = 1;  ///< as in Opened; of an answer 1
    std::optional<Timestamp> client_at = std::nullopt;
    std::optional<ImportedAnswer> answer = std::nullopt;  ///< none: it was opened
};

struct EventImport {
    std::string batch = {};  ///< its key: chunks that are there are not imported again
    std::span<ImportedEvent const> events = {};  ///< in any order
};

struct EventImportReport {
    struct Rejected {
        std::size_t row;      ///< place in the span, from 0
        Violation violation;  ///< its field begins with "events[3]."

        friend bool operator==(Rejected const&, Rejected const&) = default;
    };

    std::size_t imported = 0;   ///< now in the log
    std::size_t counted = 0;    ///< of them, those of lectures that the learner's edition has
    std::size_t unchanged = 0;  ///< in chunks that were there, whether they were taken in or not
    std::size_t completed_lectures = 0;
    std::size_t completed_courses = 0;
    std::vector<Rejected> rejected = {};

    friend bool operator==(EventImportReport const&, EventImportReport const&) = default;
};

struct RebuildReport {
    std::size_t enrollments = 0;  ///< whose progress was made anew
    std::size_t events = 0;       ///< that it was made from

    friend bool operator==(RebuildReport const&, RebuildReport const&) = default;
};

}  // namespace eduplat
