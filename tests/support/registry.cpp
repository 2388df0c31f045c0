#include "support/registry.hpp"

#include <eduplat/core/error.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace eduplat::test {
namespace {

constexpr Timestamp opening_day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

/// Of a password hash only whether there is one: its salt comes from no seed.
std::string field(sqlite3_stmt* statement, int column) {
    std::string_view const name = sqlite3_column_name(statement, column);
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) return "NULL";
    if (name == "password_hash") return "(a hash)";
    if (sqlite3_column_type(statement, column) != SQLITE_BLOB) {
        return reinterpret_cast<char const*>(sqlite3_column_text(statement, column));
    }
    constexpr std::string_view digits = "0123456789abcdef";
    auto const* const bytes =
        static_cast<unsigned char const*>(sqlite3_column_blob(statement, column));
    std::string hex = "x";
    for (int i = 0; i < sqlite3_column_bytes(statement, column); ++i) {
        hex += digits[bytes[i] >> 4U];
        hex += digits[bytes[i] & 15U];
    }
    return hex;
}

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

Database open_for_reading(std::string const& path) {
    sqlite3* raw = nullptr;
    int const result = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    Database database{raw, &sqlite3_close};
    if (result != SQLITE_OK) throw std::runtime_error("cannot open " + path);
    sqlite3_exec(raw, "PRAGMA query_only = ON", nullptr, nullptr, nullptr);
    // A reader that happens to be the last to close must not checkpoint: that is the writer's.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return database;
}

std::vector<std::string> rows(sqlite3* database, std::string const& sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
        throw std::runtime_error(sqlite3_errmsg(database));
    }
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> const statement{raw,
                                                                               &sqlite3_finalize};
    std::vector<std::string> result;
    while (sqlite3_step(raw) == SQLITE_ROW) {
        std::string row = field(raw, 0);
        for (int i = 1; i < sqlite3_column_count(raw); ++i)
            row += '|' + field(raw, i);
        result.push_back(std::move(row));
    }
    return result;
}

}  // namespace

AccountOptions quick_options() {
    return {.throttle_account_failures_max = 1000,
            .throttle_source_failures_max = 100000,
            .hash_cost = {.memory_bytes = 8192, .passes = 1}};
}

namespace {

/// Trainings of a moment, in a school of hundreds of courses, too.
RecommendationOptions quick_trainings() {
    return {.factors = 8, .ease_items_max = 20};
}

}  // namespace

TestSchool::TestSchool(storage::Storage& storage, std::uint64_t seed)
    : clock(opening_day),
      random(seed),
      dependencies_{.storage = storage,
                    .clock = clock,
                    .random = random,
                    .mailer = &mailer,
                    .log = log,
                    .accounts = quick_options(),
                    .recommendations = quick_trainings(),
                    .gateways = {&gateway}},
      accounts(dependencies_),
      courses(dependencies_),
      enrollments(dependencies_),
      journal(dependencies_),
      jobs(dependencies_),
      learning(dependencies_),
      payments(dependencies_),
      recommendations(dependencies_),
      insights(dependencies_) {}

std::string TestSchool::fresh(std::string_view word) {
    return std::string{word} + std::to_string(++serial_);
}

Person TestSchool::person(Roles roles) {
    auto const name = fresh("person");
    auto const email = name + "@example.org";
    auto const password = "pass phrase of " + name;
    auto const user = accounts.register_user(
        Actor::system(), {.email = email, .display_name = name, .password = password});
    for (Role const role : all_roles()) {
        if (roles.has(role)) {
            static_cast<void>(accounts.grant_role(Actor::system(), user.id, role));
        }
    }
    auto const in = accounts.sign_in({.email = email, .password = password});
    return {user.id, user.uid, email, password, in->actor, in->token};
}

Person TestSchool::invited(Roles roles) {
    auto const name = fresh("invited");
    ImportedUser const row{.display_name = name, .email = name + "@example.org", .roles = roles};
    static_cast<void>(accounts.import_users(Actor::system(), {&row, 1}));
    auto const user = accounts.find_user_by_email(Actor::system(), *row.email);
    return {user->id, user->uid, *row.email, {}, Actor{user->id}, {}};
}

Scene allowed_scene(TestSchool& school, ServiceCall const& call, bool alone) {
    if (call.empty_school) {
        UserId const none{0};
        return {school, Actor::system(), {none, Uid{Uid::Bytes{}}, {}, {}, Actor{none}, {}}};
    }
    auto target = school.person();
    auto const actor =
        call.about == Subject::self ? target.actor : school.person(Role::admin).actor;
    Scene scene{.school = school,
                .actor = actor,
                .target = target,
                .own = call.about == Subject::self,
                .alone = alone};
    if (call.prepare != nullptr) call.prepare(scene);
    return scene;
}

std::string dump(std::string const& path, std::span<std::string_view const> without) {
    auto const database = open_for_reading(path);
    std::string text;
    for (auto const& table : rows(
             database.get(), "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
        if (std::find(without.begin(), without.end(), table) != without.end()) continue;
        text += "-- " + table + '\n';
        auto lines = rows(database.get(), "SELECT * FROM " + table);
        std::sort(lines.begin(), lines.end());
        for (auto const& line : lines)
            text += line + '\n';
    }
    return text;
}

std::vector<std::string> ask(std::string const& path, std::string const& sql) {
    return rows(open_for_reading(path).get(), sql);
}

}  // namespace eduplat::test
