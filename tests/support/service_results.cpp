#include "support/service_results.hpp"

#include <string>
#include <variant>

namespace eduplat::test {
namespace {

std::string text_of(PersonalValue const& value) {
    if (auto const* text = std::get_if<std::string>(&value)) return *text;
    if (auto const* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (auto const* real = std::get_if<double>(&value)) return std::to_string(*real);
    std::string bytes = "x";
    for (auto const byte : std::get<std::vector<std::byte>>(value)) {
        bytes += std::to_string(std::to_integer<int>(byte)) + ' ';
    }
    return bytes;
}

}  // namespace

std::string show(User const& user) {
    return to_string(user.uid) + ' ' + std::string{name(user.state)} + ' ' + to_string(user.roles) +
           ' ' + user.display_name + ' ' + user.email.value_or("-") + " v" +
           std::to_string(user.version);
}

std::string show(Session const& session) {
    return to_string(session.uid) + ' ' + session.label + ' ' + to_string(session.expires_at);
}

std::string show(Identity const& identity) {
    return identity.issuer + ' ' + identity.subject;
}

std::string show(Persona const& persona) {
    std::string text = persona.region.value_or("-") + ' ' + persona.occupation.value_or("-") +
                       " v" + std::to_string(persona.version);
    for (auto const& goal : persona.goals)
        text += ' ' + goal;
    for (auto const& interest : persona.interests)
        text += ' ' + interest;
    return text;
}

std::string show(SignIn const& sign_in) {
    return sign_in ? sign_in->token + ' ' + show(sign_in->session)
                   : std::string{name(sign_in.reason())};
}

std::string show(ImportReport const& report) {
    return std::to_string(report.created) + ' ' + std::to_string(report.unchanged) + ' ' +
           std::to_string(report.rejected.size());
}

std::string show(PersonalData const& data) {
    std::string text;
    for (auto const& table : data.tables) {
        for (auto const& row : table.rows) {
            text += table.name;
            for (auto const& [column, value] : row)
                text += ' ' + column + '=' + text_of(value);
            text += '\n';
        }
    }
    return text;
}

std::string show(JournalEntry const& entry) {
    return std::to_string(entry.seq) + ' ' + entry.action + ' ' + to_string(entry.object);
}

std::string show(JobReport const& report) {
    return std::to_string(report.ran) + ' ' + std::to_string(report.remaining) + ' ' +
           std::to_string(report.failed);
}

std::string show(Enrollment const& enrollment) {
    return to_string(enrollment.uid) + ' ' + std::string{name(enrollment.state)} + " v" +
           std::to_string(enrollment.version);
}

std::string show(EnrollmentChange const& change) {
    return std::to_string(change.number) + ' ' + std::string{name(change.to)} + ' ' + change.cause;
}

std::string show(RosterEntry const& entry) {
    return show(entry.enrollment) + ' ' + entry.display_name;
}

std::string show(Grant const& grant) {
    return to_string(grant.uid) + ' ' + std::string{name(grant.kind)} + ' ' +
           to_string(grant.starts_at) + (grant.revoked_at ? " revoked" : "");
}

std::string show(LectureAccess const& access) {
    return (access.allowed ? "yes " : "no ") + std::string{name(access.reason)};
}

}  // namespace eduplat::test
