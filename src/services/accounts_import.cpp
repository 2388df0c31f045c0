#include "repositories/members.hpp"
#include "repositories/password_tokens.hpp"
#include "repositories/personas.hpp"
#include "services/accounts_impl.hpp"
#include "services/uid_batch.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eduplat {

namespace tokens_table = repositories::password_tokens;
namespace users = repositories::users;

namespace {

/// A row of an import that is well-formed.
struct Candidate {
    std::size_t row;
    std::string path;  ///< what its fields are called by: "rows[3]."
    users::NewRow user;
    std::vector<std::string> terms;  ///< by which it is found
    std::optional<Persona> persona;
};

/// Sources and addresses that earlier rows of the same import have.
struct Seen {
    std::set<std::pair<std::string, std::string>> sources = {};
    std::set<std::string> emails = {};
};

void check_source(Validation& validation, std::string const& path, ImportedUser const& row,
                  users::NewRow& user) {
    auto const broken = [&] { return validation.violations().size(); };
    auto const before = broken();
    auto source =
        validation.text(path + "source", row.source, {.max_bytes = limits::source_bytes_max});
    bool const source_missing = source.empty() && broken() == before;
    auto const between = broken();
    auto source_id = validation.text(path + "source_id", row.source_id,
                                     {.max_bytes = limits::source_id_bytes_max});
    if (source.empty() && source_id.empty()) return;
    bool const id_missing = source_id.empty() && broken() == between;
    if (source_missing) validation.add(path + "source", "required");
    if (id_missing) validation.add(path + "source_id", "required");
    user.source = std::move(source);
    user.source_id = std::move(source_id);
}

void check_repeated(Validation& validation, std::string const& path, users::NewRow const& user,
                    Seen& seen) {
    if (user.source && seen.sources.contains({*user.source, *user.source_id})) {
        validation.add(path + "source_id", "duplicate");
    }
    if (user.email_key && seen.emails.contains(*user.email_key)) {
        validation.add(path + "email", "duplicate");
    }
    if (!validation.ok()) return;  // what is rejected is not in the way of later rows
    if (user.source) seen.sources.emplace(*user.source, *user.source_id);
    if (user.email_key) seen.emails.insert(*user.email_key);
}

std::optional<Persona> normal_persona(Validation& validation, std::string const& path,
                                      ImportedUser const& row) {
    if (!row.persona) return std::nullopt;
    auto persona = normalize_persona(validation, *row.persona, path + "persona.");
    persona.version = 0;
    return persona;
}

/// Sorts the rows into those that may be tried and those that are rejected at sight.
std::vector<Candidate> candidates(std::span<ImportedUser const> rows, ImportReport& report,
                                  UidBatch uids) {
    std::vector<Candidate> result;
    result.reserve(rows.size());
    Seen seen;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const path = "rows[" + std::to_string(i) + "].";
        Validation validation;
        auto const profile =
            normalize_profile(validation, path, rows[i].display_name, rows[i].email);
        auto user = new_row(uids.next(), profile, UserState::invited, rows[i].roles);
        check_source(validation, path, rows[i], user);
        check_roles(validation, path + "roles", rows[i].roles);
        auto persona = normal_persona(validation, path, rows[i]);
        if (validation.ok()) check_repeated(validation, path, user, seen);
        if (validation.ok()) {
            auto terms = search_terms(user.display_name, user.email);
            result.push_back({i, path, std::move(user), std::move(terms), std::move(persona)});
        } else {
            report.rejected.push_back({i, validation.take()});
        }
    }
    return result;
}

ImportReport::Rejected rejected(Candidate const& candidate, std::string_view field,
                                std::string_view rule) {
    return {candidate.row,
            {{candidate.path + std::string{field}, std::string{rule}, std::nullopt}}};
}

/// Why a row was not imported: it is known, or this field is at fault.
void explain(storage::Connection& connection, Candidate const& candidate, std::string_view field,
             std::string_view rule, ImportReport& report) {
    auto const& row = candidate.user;
    if (row.source && users::find_by_source(connection, *row.source, *row.source_id)) {
        ++report.unchanged;
    } else {
        report.rejected.push_back(rejected(candidate, field, rule));
    }
}

void import_one(storage::Connection& connection, Asker const& asker, Candidate const& candidate,
                Timestamp now, ImportReport& report) {
    auto const& row = candidate.user;
    if (row.roles.intersects(privileged_roles) &&
        !asker.may(Call::accounts_import_users, Relation::privileged)) {
        return explain(connection, candidate, "roles", "permission_denied", report);
    }
    auto const user = users::import(connection, row, now);
    if (!user) return explain(connection, candidate, "email", "taken", report);
    repositories::members::add_terms(connection, *user, candidate.terms);
    if (candidate.persona) {
        repositories::personas::insert(connection, *user, *candidate.persona, now);
    }
    record(connection, asker, now, "user.imported", "user", row.uid);
    ++report.created;
}

void add(ImportReport& total, ImportReport part) {
    total.created += part.created;
    total.unchanged += part.unchanged;
    for (auto& row : part.rejected)
        total.rejected.push_back(std::move(row));
}

}  // namespace

void Accounts::invite(Actor const& actor, UserId user) {
    impl_->refuse_inside_write();
    auto& mailer = impl_->mailer();
    auto const token = make_token(impl_->dependencies.random);
    auto const now = impl_->now();
    auto const expires_at = now + impl_->options().invitation_valid;
    auto const addressee = impl_->storage().write([&](auto& connection) {
        auto access = authorize(connection, actor, Call::accounts_invite, user, now);
        auto const& target = access.target;
        if (target.state != UserState::invited) {
            fail(ErrorCode::failed_precondition, "state", name(target.state));
        }
        if (!target.email) fail(ErrorCode::failed_precondition, "email", "missing");
        tokens_table::remove_of_user(connection, user);
        tokens_table::insert(connection, token.hash, user, tokens_table::Kind::invitation,
                             expires_at);
        record(connection, access.asker, now, "user.invited", "user", target.uid);
        return std::move(access.target);
    });
    mailer.send({.kind = MailKind::invitation,
                 .to = *addressee.email,
                 .display_name = addressee.display_name,
                 .token = token.text,
                 .token_expires_at = expires_at});
}

ImportReport Accounts::import_users(Actor const& actor, std::span<ImportedUser const> rows) {
    impl_->refuse_inside_write();
    constexpr auto call = Call::accounts_import_users;
    auto const now = impl_->now();
    // Asked first, for an import without any row to write.
    impl_->storage().read(
        [&](auto& connection) { static_cast<void>(authorize(connection, actor, call, now)); });

    ImportReport report;
    auto const all = candidates(rows, report, {impl_->dependencies.random, now});
    for (std::span<Candidate const> rest{all}; !rest.empty();) {
        auto const chunk = rest.first(std::min(rest.size(), limits::import_chunk_rows));
        rest = rest.subspan(chunk.size());
        add(report, impl_->storage().write([&](auto& connection) {
            auto const asker = authorize(connection, actor, call, now);
            ImportReport part;
            for (auto const& row : chunk)
                import_one(connection, asker, row, now, part);
            return part;
        }));
    }
    std::sort(report.rejected.begin(), report.rejected.end(),
              [](auto const& a, auto const& b) { return a.row < b.row; });
    return report;
}

}  // namespace eduplat
