#pragma once

#include <eduplat/core/localized_text.hpp>
#include <eduplat/domain/certificate.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The tables of certificates.
namespace eduplat::repositories::certificates {

struct NewRow {
    Uid uid;
    std::string code;
    EnrollmentId enrollment;
    UserId user;
    CourseId course;
    Timestamp issued_at;
};

/// The first of a learner for a course, with his name and the course's title as they are; nothing
/// if there is one.
[[nodiscard]] std::optional<Certificate> insert(storage::Connection& connection, NewRow const& row);

[[nodiscard]] std::optional<Certificate> find(storage::Connection& connection,
                                              CertificateId certificate);
[[nodiscard]] std::vector<Certificate> page(storage::Connection& connection, UserId user,
                                            CertificateId after, int limit);
void revoke(storage::Connection& connection, CertificateId certificate, Timestamp at);

/// With what of the course and the holder is shown to who has the code, as it was at issue.
struct Shown {
    Certificate certificate;
    Uid course;
    std::string holder;
};
[[nodiscard]] std::optional<Shown> find(storage::Connection& connection, std::string_view code);
[[nodiscard]] LocalizedText course_title(storage::Connection& connection,
                                         CertificateId certificate);

}  // namespace eduplat::repositories::certificates
