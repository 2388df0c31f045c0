#pragma once

#include <eduplat/services/accounts.hpp>
#include <eduplat/storage/sqlite.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/memory_log.hpp>
#include <eduplat/testing/memory_mailer.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <support/catch.hpp>
#include <support/twice_storage.hpp>
#include <unit/core/refusal.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eduplat::test {

using namespace std::chrono_literals;

inline constexpr char const* good_password = "correct horse battery";
inline constexpr char const* other_password = "staple gun umbrella";

/// Accounts over a school in memory, with a clock that stands still and hashes that cost nothing.
/// Every write is run twice, the first time undone, so each test also shows that it may be.
struct School {
    explicit School(AccountOptions given = {}) : options(given) {
        options.hash_cost = {.memory_bytes = 8 * 1024, .passes = 1};
        accounts.emplace(dependencies());
        admin.emplace(accounts->bootstrap_admin(
            {.email = "root@example.org", .password = good_password, .display_name = "Root"}));
    }

    Dependencies dependencies() {
        return {.storage = storage,
                .clock = clock,
                .random = random,
                .mailer = &mailer,
                .log = log,
                .accounts = options};
    }

    Accounts* operator->() { return &*accounts; }

    /// A learner, active, who signs in with good_password.
    User learner(std::string_view name) {
        return accounts->register_user(Actor::guest(), {.email = std::string{name} + "@example.org",
                                                        .display_name = std::string{name},
                                                        .password = good_password});
    }

    /// Somebody who has this role beside.
    Actor with_role(std::string_view name, Role role) {
        auto const user = learner(name);
        if (role != Role::learner) accounts->grant_role(*admin, user.id, role);
        return Actor{user.id};
    }

    SignedIn sign_in(std::string_view name, std::string_view password = good_password) {
        return *accounts->sign_in(
            {.email = std::string{name} + "@example.org", .password = std::string{password}});
    }

    /// Somebody imported, who has not been heard of yet.
    User invited(std::string const& name) {
        ImportedUser const row{.source = "test",
                               .source_id = name,
                               .display_name = name,
                               .email = name + "@example.org"};
        REQUIRE(accounts->import_users(*admin, {&row, 1}).created == 1);
        return accounts->find_user_by_email(*admin, *row.email).value();
    }

    /// What the journal says was done to an object, oldest first.
    std::vector<std::string> journal_of(Uid const& object) {
        static constexpr storage::Sql sql =
            "SELECT action FROM journal WHERE object_uid = ?1 ORDER BY seq";
        return storage.read([&](storage::Connection& connection) {
            std::vector<std::string> actions;
            auto rows = connection.query(sql, object);
            while (rows.step())
                actions.push_back(rows.string(0));
            return actions;
        });
    }

    testing::FakeClock clock{parse_timestamp("2026-03-01T09:30:00Z")};
    testing::SeededRandom random{1};
    testing::MemoryMailer mailer;
    testing::MemoryLog log;
    std::unique_ptr<storage::Storage> engine = storage::open_sqlite({.path = ":memory:"});
    TwiceStorage storage{*engine};
    AccountOptions options;
    std::optional<Accounts> accounts;
    std::optional<Actor> admin;
};

/// All broken rules of a refused call, as "field: rule".
template <class Call>
std::vector<std::string> broken_rules(Call&& call) {
    std::vector<std::string> result;
    try {
        static_cast<void>(call());
    } catch (Error const& error) {
        for (auto const& violation : error.violations()) {
            result.push_back(violation.field + ": " + violation.rule);
        }
    }
    return result;
}

inline Refusal denied(std::string_view field, std::string_view rule) {
    return {ErrorCode::permission_denied, {std::string{field}, std::string{rule}, std::nullopt}};
}
inline Refusal unauthenticated(std::string_view field, std::string_view rule) {
    return {ErrorCode::unauthenticated, {std::string{field}, std::string{rule}, std::nullopt}};
}
inline Refusal precondition(std::string_view field, std::string_view rule) {
    return {ErrorCode::failed_precondition, {std::string{field}, std::string{rule}, std::nullopt}};
}
inline Refusal missing(std::string_view field) {
    return {ErrorCode::not_found, {std::string{field}, "unknown", std::nullopt}};
}
inline Refusal taken(std::string_view field) {
    return {ErrorCode::already_exists, {std::string{field}, "taken", std::nullopt}};
}
inline Refusal changed(std::string_view field) {
    return {ErrorCode::conflict, {std::string{field}, "changed", std::nullopt}};
}

}  // namespace eduplat::test
