#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

namespace eduplat::test {
namespace {

ImportedUser row(std::string const& id) {
    return {.source = "moodle",
            .source_id = id,
            .display_name = "Member " + id,
            .email = "m" + id + "@example.org"};
}

std::vector<ImportedUser> rows(std::size_t count) {
    std::vector<ImportedUser> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(row(std::to_string(i)));
    return result;
}

std::vector<std::string> rejected(ImportReport const& report) {
    std::vector<std::string> result;
    for (auto const& entry : report.rejected) {
        for (auto const& violation : entry.violations) {
            result.push_back(violation.field + ": " + violation.rule);
        }
    }
    return result;
}

using Rules = std::vector<std::string>;

}  // namespace

TEST_CASE("imported users are invited learners without password", "[accounts][import]") {
    School school;
    auto const all = rows(3);
    auto const report = school->import_users(*school.admin, all);
    CHECK(report == ImportReport{.created = 3});
    auto const user = school->find_user_by_email(*school.admin, "M1@example.org").value();
    CHECK(user.state == UserState::invited);
    CHECK(user.roles == Roles{Role::learner});
    CHECK(user.source == "moodle");
    CHECK(user.source_id == "1");
    CHECK_FALSE(school->sign_in({.email = "m1@example.org", .password = good_password}));
    CHECK(school.journal_of(user.uid) == Rules{"user.imported"});
}

TEST_CASE("imported users may bring their personas", "[accounts][import]") {
    School school;
    auto all = rows(3);
    all[0].persona = Persona{.age_band = "35-55", .region = " Wales ", .goals = {"fun", "work"}};
    all[1].persona = Persona{.version = 7};
    CHECK(school->import_users(*school.admin, all).created == 3);
    auto const persona_of = [&](std::string const& email) {
        auto const user = school->find_user_by_email(*school.admin, email).value();
        return school->get_persona(*school.admin, user.id);
    };
    CHECK(persona_of("m0@example.org") ==
          Persona{.age_band = "35-55", .region = "Wales", .goals = {"fun", "work"}, .version = 1});
    CHECK(persona_of("m1@example.org") == Persona{.version = 1});
    CHECK(persona_of("m2@example.org") == Persona{});

    all[0].persona->region = "Scotland";
    CHECK(school->import_users(*school.admin, all) == ImportReport{.unchanged = 3});
    CHECK(persona_of("m0@example.org").region == "Wales");
}

TEST_CASE("what is wrong in an imported persona is reported", "[accounts][import]") {
    School school;
    auto all = rows(2);
    all[0].persona = Persona{.gender = "\xFF", .interests = {"a", "a"}};
    auto const report = school->import_users(*school.admin, all);
    CHECK(report.created == 1);
    CHECK(rejected(report) ==
          Rules{"rows[0].persona.gender: utf8", "rows[0].persona.interests[1]: duplicate"});
}

TEST_CASE("an import may be given again", "[accounts][import]") {
    School school;
    auto all = rows(3);
    static_cast<void>(school->import_users(*school.admin, all));
    all[0].display_name = "Renamed";
    all.push_back(row("3"));
    CHECK(school->import_users(*school.admin, all) == ImportReport{.created = 1, .unchanged = 3});
    CHECK(school->find_user_by_email(*school.admin, "m0@example.org")->display_name == "Member 0");
}

TEST_CASE("bad rows are reported and the others imported", "[accounts][import]") {
    School school;
    school.learner("ada");
    auto all = rows(8);
    all[0].email = "ADA@example.org";
    all[1].display_name = "";
    all[1].email = "x";
    all[2].source_id = "";
    all[4].source_id = all[3].source_id;
    all[5].email = "M3@example.org";
    all[6].source = std::string(limits::source_bytes_max + 1, 'x');
    auto const report = school->import_users(*school.admin, all);
    CHECK(report.created == 2);
    CHECK(rejected(report) == Rules{"rows[0].email: taken", "rows[1].display_name: required",
                                    "rows[1].email: malformed", "rows[2].source_id: required",
                                    "rows[4].source_id: duplicate", "rows[5].email: duplicate",
                                    "rows[6].source: too_long"});
    CHECK(report.rejected.at(1).row == 1);
}

TEST_CASE("the parts of a source are limited", "[accounts][import]") {
    School school;
    for (std::size_t const less : {0U, 1U}) {
        auto good = row(std::to_string(less));
        good.source = std::string(limits::source_bytes_max - less, 'x');
        good.source_id = std::string(limits::source_id_bytes_max - less, 'x');
        CHECK(school->import_users(*school.admin, {&good, 1}).created == 1);
    }
    auto bad = row("9");
    bad.source_id = std::string(limits::source_id_bytes_max + 1, 'x');
    CHECK(rejected(school->import_users(*school.admin, {&bad, 1})) ==
          Rules{"rows[0].source_id: too_long"});
    bad.source_id = "\xFF";
    bad.source = "a\nb";
    CHECK(rejected(school->import_users(*school.admin, {&bad, 1})) ==
          Rules{"rows[0].source: control_character", "rows[0].source_id: utf8"});
}

TEST_CASE("rows without source or address are imported too", "[accounts][import]") {
    School school;
    ImportedUser const bare{.display_name = "Bare"};
    CHECK(school->import_users(*school.admin, {&bare, 1}).created == 1);
    CHECK(school->members(*school.admin, {.search = "bare"}).items.size() == 1);
}

TEST_CASE("an import is one transaction for each chunk", "[accounts][import]") {
    School school;
    auto const writes_for = [&](std::size_t count, std::string const& source) {
        auto all = rows(count);
        for (auto& one : all) {
            one.source = source;
            one.email.reset();
        }
        auto const before = school.storage.statistics().writes;
        CHECK(school->import_users(*school.admin, all).created == count);
        return school.storage.statistics().writes - before;
    };
    constexpr auto chunk = limits::import_chunk_rows;
    CHECK(writes_for(chunk - 1, "a") == 1);
    CHECK(writes_for(chunk, "b") == 1);
    CHECK(writes_for(chunk + 1, "c") == 2);
    CHECK(writes_for(0, "d") == 0);
}

TEST_CASE("an import is refused inside a write", "[accounts][import]") {
    School school;
    CHECK(refusal([&] {
              school.storage.write(
                  [&](auto&) { return school->import_users(*school.admin, rows(1)); });
          }) == precondition("transaction", "not_allowed_inside"));
}

TEST_CASE("staff import learners and teachers, admins anybody", "[accounts][import]") {
    School school;
    auto const staff = school.with_role("sam", Role::staff);
    auto all = rows(2);
    all[0].roles = {Role::learner, Role::teacher};
    all[1].roles = Role::admin;
    auto const report = school->import_users(staff, all);
    CHECK(report.created == 1);
    CHECK(rejected(report) == Rules{"rows[1].roles: permission_denied"});
    CHECK(school->import_users(*school.admin, all) == ImportReport{.created = 1, .unchanged = 1});
    auto const teacher = school.with_role("tom", Role::teacher);
    CHECK(refusal([&] { return school->import_users(teacher, all); }) ==
          denied("actor", "accounts_import_users"));
    CHECK(refusal([&] { return school->import_users(teacher, {}); }) ==
          denied("actor", "accounts_import_users"));
}

TEST_CASE("an invitation sets the first password and makes the user active", "[accounts][import]") {
    School school;
    auto const ada = school.invited("ada");
    school->invite(*school.admin, ada.id);
    auto const first = school.mailer.sent().back();
    CHECK(first.kind == MailKind::invitation);
    CHECK(first.to == "ada@example.org");
    CHECK(first.token_expires_at == school.clock.now() + 14 * 24h);
    school->invite(*school.admin, ada.id);
    auto const second = school.mailer.sent().back();
    CHECK(refusal([&] {
              school->reset_password({.token = first.token, .new_password = good_password});
          }) == invalid("token", "invalid"));
    school->reset_password({.token = second.token, .new_password = good_password});
    CHECK(school.sign_in("ada").actor.user() == ada.id);
    CHECK(school->get_user(*school.admin, ada.id).state == UserState::active);
    CHECK(refusal([&] { school->invite(*school.admin, ada.id); }) ==
          precondition("state", "active"));
    CHECK(school.journal_of(ada.uid) == Rules{"user.imported", "user.invited", "user.invited",
                                              "user.password_reset", "user.activated"});
}

TEST_CASE("an invitation needs an address and an invited user", "[accounts][import]") {
    School school;
    ImportedUser const bare{.display_name = "Bare"};
    static_cast<void>(school->import_users(*school.admin, {&bare, 1}));
    auto const id = school->members(*school.admin, {.search = "bare"}).items.at(0).id;
    CHECK(refusal([&] { school->invite(*school.admin, id); }) == precondition("email", "missing"));
    CHECK(refusal([&] { school->invite(*school.admin, UserId{99}); }) == missing("user"));
    CHECK(school.mailer.sent().empty());
}

TEST_CASE("an invitation ends after two weeks", "[accounts][import]") {
    School school;
    auto const ada = school.invited("ada");
    school->invite(*school.admin, ada.id);
    auto const token = school.mailer.sent().back().token;
    school.clock.advance(14 * 24h);
    CHECK(refusal([&] {
              school->reset_password({.token = token, .new_password = good_password});
          }) == invalid("token", "invalid"));
}

TEST_CASE("half a source is none, blank or not", "[accounts][import]") {
    School school;
    auto all = rows(3);
    all[0].source = "  ";
    all[1].source_id = " \t ";
    all[2].source = " ";
    all[2].source_id = " ";
    auto const report = school->import_users(*school.admin, all);
    CHECK(rejected(report).size() == 2);
    CHECK(rejected(report).front() == "rows[0].source: required");
    CHECK(report.rejected.at(1).row == 1);
    CHECK(report.created == 1);
}

TEST_CASE("roles that are none are reported", "[accounts][import]") {
    School school;
    auto all = rows(2);
    all[1].roles = static_cast<Role>(64);
    auto const report = school->import_users(*school.admin, all);
    CHECK(rejected(report) == Rules{"rows[1].roles: unknown"});
    CHECK(report.created == 1);
}

TEST_CASE("a row rejected at sight is not in the way of a later one", "[accounts][import]") {
    School school;
    auto all = rows(3);
    all[1].email = all[0].email;
    all[2].source_id = all[1].source_id;
    auto const report = school->import_users(*school.admin, all);
    CHECK(rejected(report) == Rules{"rows[1].email: duplicate"});
    CHECK(report.created == 2);
}

TEST_CASE("given again, a row is known by its source or its address only", "[accounts][import]") {
    School school;
    std::vector<ImportedUser> const all{{.display_name = "Nameless"},
                                        {.display_name = "Ada", .email = "ada@example.org"}};
    CHECK(school->import_users(*school.admin, all).created == 2);
    auto const again = school->import_users(*school.admin, all);
    CHECK(again.created == 1);
    CHECK(rejected(again) == Rules{"rows[1].email: taken"});
}

}  // namespace eduplat::test
