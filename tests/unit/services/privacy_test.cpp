#include "repositories/personal_data.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/registry.hpp>
#include <support/service_results.hpp>
#include <support/temp_dir.hpp>

#include <algorithm>
#include <cstddef>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;
using namespace std::chrono_literals;
namespace personal_data = repositories::personal_data;
using personal_data::ColumnHolds;
using personal_data::ErasureOfRows;

namespace {

struct Fixture {
    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};

    /// A user with something in every table that can hold something of a person.
    Person rich_person() {
        auto const user = school.person();
        auto& accounts = school.accounts;
        static_cast<void>(accounts.set_persona(user.actor, user.id,
                                               {.age_band = "30-39",
                                                .gender = "none of yours",
                                                .region = "Hessen",
                                                .occupation = "lighthouse keeper",
                                                .motivation = "boredom",
                                                .budget_band = "small",
                                                .study_time = "at night",
                                                .pace = "slow",
                                                .media = "radio",
                                                .device = "typewriter",
                                                .goals = {"to sail"},
                                                .interests = {"lighthouses"}}));
        accounts.link_identity(Actor::system(), user.id, "https://id.example.org", "subject-4711");
        static_cast<void>(accounts.sign_in(
            {.email = user.email, .password = user.password, .label = "Ada's typewriter"}));
        static_cast<void>(accounts.suspend(Actor::system(), user.id, "sang in the library"));
        static_cast<void>(accounts.reinstate(Actor::system(), user.id));
        static_cast<void>(accounts.sign_in(
            {.email = user.email, .password = user.password, .label = "Ada's typewriter"}));
        accounts.request_password_reset({.email = user.email});
        static_cast<void>(
            accounts.sign_in({.email = user.email, .password = "a wrong pass phrase"}));
        return user;
    }

    PersonalData exported(Person const& user) {
        return school.accounts.export_user(Actor::system(), user.id);
    }
};

/// How many rows of a table have a uid in a column.
std::ptrdiff_t rows_with(PersonalData const& data, std::string_view table, std::string_view column,
                         Uid const& uid) {
    auto const found = std::ranges::find(data.tables, table, &PersonalTable::name);
    if (found == data.tables.end()) return 0;
    std::vector<std::byte> const bytes(uid.bytes().begin(), uid.bytes().end());
    PersonalField const field{std::string{column}, bytes};
    return std::ranges::count_if(found->rows, [&](PersonalRow const& row) {
        return std::ranges::find(row, field) != row.end();
    });
}

std::set<std::string> table_names(PersonalData const& data) {
    std::set<std::string> names;
    for (auto const& table : data.tables)
        names.insert(table.name);
    return names;
}

/// "table.column type" for each column that is declared.
std::set<std::string> declared_columns() {
    constexpr std::array<std::string_view, 4> types{"TEXT", "INTEGER", "REAL", "BLOB"};
    std::set<std::string> columns;
    for (auto const& rule : personal_data::table_rules()) {
        for (auto const& column : rule.columns) {
            if (column.name.empty()) continue;
            columns.insert(std::string{rule.table} + '.' + std::string{column.name} + ' ' +
                           std::string{types[static_cast<std::size_t>(column.type)]});
        }
    }
    return columns;
}

Violation refused(std::function<void()> const& call) {
    try {
        call();
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::failed_precondition);
        REQUIRE(error.violations().size() == 1);
        return error.violations().front();
    }
    return {"", "not refused", std::nullopt};
}

}  // namespace

TEST_CASE_METHOD(Fixture, "every column of the schema is classified", "[privacy]") {
    auto const rows =
        ask(path,
            "SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_schema m "
            "JOIN pragma_table_xinfo(m.name) c "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' "
            // Tables of the search are made of terms of search_documents.
            "AND m.name IN (SELECT name FROM pragma_table_list WHERE type = 'table')");
    CHECK(declared_columns() == std::set<std::string>(rows.begin(), rows.end()));
}

TEST_CASE_METHOD(Fixture, "every table that refers to users says which rows are of a person",
                 "[privacy]") {
    auto const tables =
        ask(path,
            "SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f "
            "WHERE m.type = 'table' AND f.\"table\" IN ('users', 'personas')");
    CHECK(tables.size() >= 6);
    for (auto const& rule : personal_data::table_rules()) {
        if (std::find(tables.begin(), tables.end(), rule.table) == tables.end()) continue;
        CAPTURE(rule.table);
        CHECK_FALSE(rule.of_person.empty());
    }
}

TEST_CASE("what is personal is erased with its row or in it", "[privacy]") {
    for (auto const& rule : personal_data::table_rules()) {
        for (auto const& column : rule.columns) {
            CAPTURE(rule.table, column.name);
            bool const goes =
                column.holds == ColumnHolds::personal || column.holds == ColumnHolds::secret;
            if (!goes) continue;
            CHECK_FALSE(rule.of_person.empty());
            CHECK((rule.erasure == ErasureOfRows::remove ||
                   (rule.erasure == ErasureOfRows::blank && !column.erased_as.empty())));
        }
    }
}

TEST_CASE_METHOD(Fixture, "an export holds what is known of a person", "[privacy]") {
    auto const user = rich_person();
    auto const data = exported(user);
    CHECK(table_names(data) ==
          std::set<std::string>{"users", "identities", "sessions", "password_tokens", "throttles",
                                "personas", "persona_items", "journal", "journal_details"});
    auto const text = show(data);
    for (auto const* part :
         {"lighthouse keeper", "30-39", "to sail", "lighthouses", "https://id.example.org",
          "subject-4711", "Ada's typewriter", "sang in the library", "user.suspended"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(text.find(user.email) != std::string::npos);
    CHECK(text.find("age_band=30-39") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an export holds no secret and nothing of others", "[privacy]") {
    auto const other = rich_person();
    auto const user = school.person();
    auto const text = show(exported(user));
    CHECK(text.find("lighthouse") == std::string::npos);
    CHECK(text.find(other.email) == std::string::npos);
    for (auto const* secret : {"password_hash", "token_hash", "argon2", "salt", "name_key"}) {
        CHECK(show(exported(other)).find(secret) == std::string::npos);
    }
}

TEST_CASE_METHOD(Fixture, "an export holds what a person did to others, not who acted on him",
                 "[privacy]") {
    auto const admin = school.person({Role::learner, Role::admin});
    auto const user = school.person();
    static_cast<void>(school.accounts.suspend(admin.actor, user.id, "sang in the library"));

    auto const acts = exported(admin);
    CHECK(rows_with(acts, "journal", "object_uid", user.uid) == 1);
    CHECK(rows_with(acts, "journal", "actor_uid", admin.uid) == 2);  // and his own sign-up
    CHECK(show(acts).find("user.suspended") != std::string::npos);
    CHECK(show(acts).find("sang in the library") == std::string::npos);

    auto const suffered = exported(user);
    CHECK(show(suffered).find("user.suspended") != std::string::npos);
    CHECK(rows_with(suffered, "journal", "actor_uid", admin.uid) == 0);
}

TEST_CASE_METHOD(Fixture, "a person's journal is found by indexes", "[privacy]") {
    std::string plan;
    for (auto const& line : ask(path,
                                "EXPLAIN QUERY PLAN SELECT seq FROM journal WHERE "
                                "object_uid = (SELECT uid FROM users WHERE id = 1) OR "
                                "actor_uid = (SELECT uid FROM users WHERE id = 1) ORDER BY seq")) {
        plan += line + '\n';
    }
    INFO(plan);
    CHECK(plan.find("SCAN") == std::string::npos);
    CHECK(plan.find("journal_by_actor") != std::string::npos);
    CHECK(plan.find("journal_by_object") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an erasure leaves the row, its uid and the journal", "[privacy]") {
    auto const user = rich_person();
    auto const entries = ask(path, "SELECT count(*) FROM journal").front();
    CHECK_FALSE(school.accounts.erase_user(Actor::system(), user.id).wal_pending);

    CHECK(table_names(exported(user)) == std::set<std::string>{"users", "journal"});
    auto const erased = school.accounts.get_user(Actor::system(), user.id);
    CHECK(erased.uid == user.uid);
    CHECK(erased.state == UserState::erased);
    CHECK(erased.roles.empty());
    CHECK(erased.display_name.empty());
    CHECK_FALSE(erased.email.has_value());
    CHECK(erased.updated_at == school.clock.now());
    CHECK(ask(path, "SELECT count(*) FROM journal").front() ==
          std::to_string(std::stoi(entries) + 1));
    CHECK(ask(path, "SELECT action, actor_kind FROM journal ORDER BY seq DESC LIMIT 1").front() ==
          "user.erased|system");
}

TEST_CASE_METHOD(Fixture, "an erasure touches nobody else", "[privacy]") {
    auto const user = rich_person();
    auto const other = school.person();
    school.accounts.link_identity(Actor::system(), other.id, "issuer", "other");
    auto const before = show(exported(other));
    static_cast<void>(school.accounts.erase_user(Actor::system(), user.id));
    CHECK(show(exported(other)) == before);
    CHECK_NOTHROW(school.accounts.get_user(other.actor, other.id));
}

TEST_CASE_METHOD(Fixture, "the address of an erased user can register again, without his past",
                 "[privacy]") {
    auto const user = rich_person();
    static_cast<void>(school.accounts.erase_user(Actor::system(), user.id));
    auto const again = school.accounts.register_user(
        Actor::guest(), {.email = user.email, .display_name = "Somebody Else"});
    CHECK(again.id != user.id);
    CHECK(table_names(school.accounts.export_user(Actor::system(), again.id)) ==
          std::set<std::string>{"users", "journal"});
}

TEST_CASE_METHOD(Fixture, "a user may export and erase himself", "[privacy]") {
    static_cast<void>(school.person({Role::learner, Role::admin}));
    auto const user = school.person();
    CHECK_FALSE(school.accounts.export_user(user.actor, user.id).tables.empty());
    static_cast<void>(school.accounts.erase_user(user.actor, user.id));
    CHECK_THROWS_AS(school.accounts.get_user(user.actor, user.id), Error);
    CHECK_FALSE(school.accounts.resume(user.token).has_value());
    CHECK_FALSE(school.accounts.sign_in({.email = user.email, .password = user.password}));
}

TEST_CASE_METHOD(Fixture, "the last admin cannot be erased", "[privacy]") {
    auto const admin = school.person({Role::learner, Role::admin});
    auto& accounts = school.accounts;
    auto const erase = [&] { static_cast<void>(accounts.erase_user(admin.actor, admin.id)); };
    CHECK(refused(erase) == Violation{"roles", "last_admin", std::nullopt});
    static_cast<void>(school.person({Role::learner, Role::admin}));
    CHECK_NOTHROW(erase());
}

TEST_CASE_METHOD(Fixture, "an erased user cannot be erased again", "[privacy]") {
    auto const user = school.person();
    auto const erase = [&] {
        static_cast<void>(school.accounts.erase_user(Actor::system(), user.id));
    };
    erase();
    CHECK(refused(erase) == Violation{"state", "erased", std::nullopt});
}

TEST_CASE_METHOD(Fixture, "invited and suspended users can be erased", "[privacy]") {
    auto const invited = school.invited();
    auto const suspended = school.person();
    static_cast<void>(school.accounts.suspend(Actor::system(), suspended.id, "x"));
    CHECK_NOTHROW(school.accounts.erase_user(Actor::system(), invited.id));
    CHECK_NOTHROW(school.accounts.erase_user(Actor::system(), suspended.id));
}

TEST_CASE_METHOD(Fixture, "while a reader holds the past an erasure is pending; a job ends it",
                 "[privacy]") {
    auto const user = rich_person();
    std::promise<void> reading;
    std::promise<void> stop;
    std::thread reader{[&] {
        storage->read([&](storage::Connection& connection) {
            auto row = connection.query("SELECT count(*) FROM users");
            row.step();
            reading.set_value();
            stop.get_future().wait();
        });
    }};
    reading.get_future().wait();
    CHECK(school.accounts.erase_user(Actor::system(), user.id).wal_pending);
    CHECK(school.jobs.run_due(Actor::system(), 1s).remaining == 1);
    stop.set_value();
    reader.join();
    CHECK(school.jobs.run_due(Actor::system(), 1s).ran == 0);  // it rests a while
    school.clock.advance(1min);
    CHECK(school.jobs.run_due(Actor::system(), 1s).ran == 1);
}

TEST_CASE_METHOD(Fixture, "an erasure inside a host's write is ended by the job", "[privacy]") {
    auto const user = school.person();
    storage->write([&](storage::Connection& /*connection*/) {
        CHECK(school.accounts.erase_user(Actor::system(), user.id).wal_pending);
    });
    CHECK(school.accounts.get_user(Actor::system(), user.id).state == UserState::erased);
    CHECK(school.jobs.run_due(Actor::system(), 1s).remaining == 0);
}
