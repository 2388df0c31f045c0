#pragma once

#include "repositories/progress.hpp"
#include "services/access.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/domain/certificate.hpp>
#include <eduplat/domain/progress.hpp>
#include <eduplat/ports/random.hpp>
#include <eduplat/storage/storage.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What the parts of Learning share inside a transaction.
namespace eduplat {

/// Codes of certificates from random bytes that were taken before the transaction: run twice, it
/// gives the same ones.
class CertificateCodes {
  public:
    using Seed = std::array<std::byte, 32>;
    [[nodiscard]] static Seed draw(Random& random);

    explicit CertificateCodes(Seed const& seed) noexcept : seed_(seed) {}

    struct Code {
        Uid uid;
        std::string text;
    };
    [[nodiscard]] Code next(Timestamp at);

  private:
    Seed seed_;
    std::int64_t given_ = 0;
};

struct CourseCompletion {
    bool completed = false;
    std::optional<Certificate> certificate = std::nullopt;
};

/// When something was done, and when that comes to be known: the same but in histories.
struct Moment {
    Timestamp at;
    Timestamp now;
};

/// Completes the course for a learner who has done enough, issues the certificate if the course has
/// one, and logs it. Changes nothing for learners who are not active or were through before.
[[nodiscard]] CourseCompletion complete_course(storage::Connection& connection, Asker const& asker,
                                               repositories::progress::Learner const& learner,
                                               CertificateCodes& codes, Moment const& moment);
/// The same, of a completion that the log has.
[[nodiscard]] CourseCompletion repeat_completion(storage::Connection& connection,
                                                 Asker const& asker,
                                                 repositories::progress::Learner const& learner,
                                                 CertificateCodes& codes, Moment const& moment);

/// Whether so many required lectures complete a course that needs `needed`. One that requires none
/// is never completed by itself.
[[nodiscard]] constexpr bool is_enough(int completed, int needed) noexcept {
    return needed > 0 && completed >= needed;
}

/// A learner's progress in a course inside a transaction: read as it is needed, written at the end.
class LearnerWork {
  public:
    LearnerWork(storage::Connection& connection, repositories::progress::Learner const& learner)
        : connection_(connection), learner_(learner) {}

    [[nodiscard]] repositories::progress::Learner const& learner() const noexcept {
        return learner_;
    }

    /// With what is known of this lecture and its recordings.
    [[nodiscard]] LearnerFold& with(LectureRule const& rule);

    /// With all that is known of these lectures, in two statements, and the same without a look at
    /// what is known.
    void load_all(std::vector<LectureRule> const& rules);
    [[nodiscard]] LearnerFold& fold() noexcept { return fold_; }

    /// Notes what a fold's function returned.
    void note(LectureId lecture, bool completed) {
        if (completed) newly_completed_.push_back(lecture);
    }
    [[nodiscard]] std::vector<LectureId> const& newly_completed() const noexcept {
        return newly_completed_;
    }

    /// Writes what has changed.
    void save();

    /// After save(): completes the course if anything was saved, and what is completed is enough.
    [[nodiscard]] CourseCompletion finish(Asker const& asker, CertificateCodes& codes,
                                          Timestamp now);

  private:
    storage::Connection& connection_;
    repositories::progress::Learner learner_;
    LearnerFold fold_;
    std::set<LectureId> loaded_;
    std::map<LectureId, LectureProgress> saved_;
    std::map<Uid, std::chrono::milliseconds> saved_coverage_;
    std::vector<LectureId> newly_completed_;
    bool is_changed_ = false;
};

/// Checks whether there is anything of the user's own in a call about a user of a course: it is his
/// or, where `teachers` may, he teaches the course.
void require_about(storage::Connection& connection, Asker const& asker, Call call,
                   std::optional<UserId> user, CourseId course);

}  // namespace eduplat
