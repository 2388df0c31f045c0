#include "repositories/certificates.hpp"

// In table order; read() reads them by place.
#define EDUPLAT_CERTIFICATE_COLUMNS                                                      \
    "certificates.id, certificates.uid, certificates.code, certificates.enrollment_id, " \
    "certificates.user_id, certificates.course_id, certificates.cycle, "                 \
    "certificates.issued_at, certificates.expires_at, certificates.revoked_at"

namespace eduplat::repositories::certificates {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr int certificate_columns = 10;

constexpr Sql insert_sql =
    "INSERT INTO certificates (uid, code, enrollment_id, user_id, course_id, cycle, holder, "
    "issued_at) SELECT ?1, ?2, ?3, users.id, ?5, 1, users.display_name, ?6 FROM users "
    "WHERE users.id = ?4 ON CONFLICT (user_id, course_id, cycle) DO NOTHING "
    "RETURNING id, uid, code, enrollment_id, user_id, course_id, cycle, issued_at, expires_at, "
    "revoked_at";
constexpr Sql find_sql =
    "SELECT " EDUPLAT_CERTIFICATE_COLUMNS " FROM certificates WHERE certificates.id = ?1";
constexpr Sql page_sql = "SELECT " EDUPLAT_CERTIFICATE_COLUMNS
                         " FROM certificates WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
constexpr Sql revoke_sql =
    "UPDATE certificates SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
constexpr Sql find_by_code_sql = "SELECT " EDUPLAT_CERTIFICATE_COLUMNS
                                 ", courses.uid, certificates.holder FROM certificates "
                                 "JOIN courses ON courses.id = certificates.course_id "
                                 "WHERE certificates.code = ?1";
constexpr Sql insert_titles_sql =
    "INSERT INTO certificate_titles (certificate_id, language, title) "
    "SELECT ?1, language, title FROM course_texts WHERE course_id = ?2";
constexpr Sql course_title_sql =
    "SELECT language, title FROM certificate_titles WHERE certificate_id = ?1 ORDER BY language";

Certificate read(Statement const& row) {
    return {.id = row.id<CertificateId>(0),
            .uid = row.uid(1),
            .code = row.string(2),
            .enrollment = row.id<EnrollmentId>(3),
            .user = row.id<UserId>(4),
            .course = row.id<CourseId>(5),
            .cycle = static_cast<int>(row.int64(6)),
            .issued_at = row.timestamp(7),
            .expires_at = row.optional(8, &Statement::timestamp),
            .revoked_at = row.optional(9, &Statement::timestamp)};
}

}  // namespace

std::optional<Certificate> insert(Connection& connection, NewRow const& row) {
    std::optional<Certificate> certificate;
    {
        auto statement = connection.query(insert_sql, row.uid, row.code, row.enrollment, row.user,
                                          row.course, row.issued_at);
        if (!statement.step()) return std::nullopt;
        certificate = read(statement);
        statement.step();
    }
    connection.execute(insert_titles_sql, certificate->id, row.course);
    return certificate;
}

std::optional<Certificate> find(Connection& connection, CertificateId certificate) {
    auto row = connection.query(find_sql, certificate);
    if (!row.step()) return std::nullopt;
    return read(row);
}

std::vector<Certificate> page(Connection& connection, UserId user, CertificateId after, int limit) {
    std::vector<Certificate> result;
    auto rows = connection.query(page_sql, user, after, limit);
    while (rows.step())
        result.push_back(read(rows));
    return result;
}

void revoke(Connection& connection, CertificateId certificate, Timestamp at) {
    connection.execute(revoke_sql, certificate, at);
}

std::optional<Shown> find(Connection& connection, std::string_view code) {
    auto row = connection.query(find_by_code_sql, code);
    if (!row.step()) return std::nullopt;
    return Shown{read(row), row.uid(certificate_columns), row.string(certificate_columns + 1)};
}

LocalizedText course_title(Connection& connection, CertificateId certificate) {
    LocalizedText title;
    auto rows = connection.query(course_title_sql, certificate);
    while (rows.step())
        title.set(rows.text(0), rows.text(1));
    return title;
}

}  // namespace eduplat::repositories::certificates
