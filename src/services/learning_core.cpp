#include "services/learning_core.hpp"

#include "repositories/certificates.hpp"
#include "repositories/learning_log.hpp"
#include "services/enrollment_core.hpp"
#include "services/tokens.hpp"

#include <algorithm>
#include <span>

namespace eduplat {

namespace progress = repositories::progress;
using std::chrono::milliseconds;
using storage::Connection;

CertificateCodes::Seed CertificateCodes::draw(Random& random) {
    Seed seed{};
    random.fill(seed);
    return seed;
}

CertificateCodes::Code CertificateCodes::next(Timestamp at) {
    auto const bits = salted_hash(seed_, std::to_string(++given_));
    std::span<std::byte const, 32> const all{bits};
    return {Uid::v7(at, all.subspan<16, 8>()), certificate_code(all.first<16>())};
}

CourseCompletion complete_course(Connection& connection, Asker const& asker,
                                 progress::Learner const& learner, CertificateCodes& codes,
                                 Moment const& moment) {
    auto done = repeat_completion(connection, asker, learner, codes, moment);
    if (!done.completed) return done;
    repositories::learning_log::append(connection, {.at = moment.at,
                                                    .user = learner.user,
                                                    .course = learner.course,
                                                    .enrollment = learner.enrollment,
                                                    .kind = LearningKind::completed});
    return done;
}

CourseCompletion repeat_completion(Connection& connection, Asker const& asker,
                                   progress::Learner const& learner, CertificateCodes& codes,
                                   Moment const& moment) {
    if (learner.state != EnrollmentState::active || learner.completed_at) return {};
    complete_enrollment(connection, asker, learner.enrollment, moment.at, moment.now);
    if (!learner.certificate) return {.completed = true};
    auto const code = codes.next(moment.now);
    auto certificate =
        repositories::certificates::insert(connection, {.uid = code.uid,
                                                        .code = code.text,
                                                        .enrollment = learner.enrollment,
                                                        .user = learner.user,
                                                        .course = learner.course,
                                                        .issued_at = moment.at});
    if (certificate) {
        record(connection, asker, moment.now, "certificate.issued", "certificate",
               certificate->uid);
    }
    return {.completed = true, .certificate = std::move(certificate)};
}

LearnerFold& LearnerWork::with(LectureRule const& rule) {
    if (!loaded_.insert(rule.lecture).second) return fold_;
    if (auto found = progress::find(connection_, learner_.enrollment, rule.lecture)) {
        fold_.lectures.emplace(rule.lecture, *found);
        saved_.emplace(rule.lecture, *found);
    }
    for (auto const& item : rule.media) {
        if (saved_coverage_.contains(item.media)) continue;
        auto coverage = progress::find_coverage(connection_, learner_.enrollment, item.media);
        saved_coverage_.emplace(item.media, coverage ? coverage->covered() : milliseconds{});
        if (coverage) fold_.coverage.emplace(item.media, *std::move(coverage));
    }
    return fold_;
}

void LearnerWork::load_all(std::vector<LectureRule> const& rules) {
    for (auto const& row : progress::all(connection_, learner_.enrollment)) {
        fold_.lectures.emplace(row.lecture, row);
        saved_.emplace(row.lecture, row);
    }
    fold_.coverage = progress::all_coverage(connection_, learner_.enrollment);
    for (auto const& [media, coverage] : fold_.coverage)
        saved_coverage_.emplace(media, coverage.covered());
    for (auto const& rule : rules)
        loaded_.insert(rule.lecture);
}

void LearnerWork::save() {
    for (auto const& [lecture, row] : fold_.lectures) {
        auto const [saved, is_new] = saved_.try_emplace(lecture, row);
        if (!is_new && saved->second == row) continue;
        progress::save(connection_, learner_.enrollment, row);
        saved->second = row;
        is_changed_ = true;
    }
    for (auto const& [media, coverage] : fold_.coverage) {
        auto& saved = saved_coverage_[media];
        if (coverage.covered() == saved) continue;
        progress::save(connection_, learner_.enrollment, media, coverage);
        saved = coverage.covered();
        is_changed_ = true;
    }
}

CourseCompletion LearnerWork::finish(Asker const& asker, CertificateCodes& codes, Timestamp now) {
    if (!is_changed_ || !learner_.publication) return {};
    if (learner_.state != EnrollmentState::active || learner_.completed_at) return {};
    auto const standing =
        progress::standing(connection_, *learner_.publication, learner_.enrollment);
    if (!is_enough(standing.completed, standing.needed)) return {};
    return complete_course(connection_, asker, learner_, codes, {now, now});
}

void require_about(Connection& connection, Asker const& asker, Call call,
                   std::optional<UserId> user, CourseId course) {
    bool const own = asker.user && (asker.user == user || teaches(connection, *asker.user, course));
    require(asker, call, own ? Relation::own : Relation::other);
}

}  // namespace eduplat
