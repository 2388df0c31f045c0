#include "services/accounts_options.hpp"

#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <limits>

namespace eduplat::test {
namespace {

std::vector<std::string> rules_of(AccountOptions const& options) {
    return broken_rules([&] {
        check_options(options);
        return 0;
    });
}

using Rules = std::vector<std::string>;

}  // namespace

TEST_CASE("durations among the options have bounds", "[accounts]") {
    struct Field {
        std::chrono::seconds AccountOptions::*member;
        std::string name;
    };
    std::vector<Field> const fields{
        {&AccountOptions::session_idle_max, "accounts.session_idle_max"},
        {&AccountOptions::session_absolute_max, "accounts.session_absolute_max"},
        {&AccountOptions::password_reset_valid, "accounts.password_reset_valid"},
        {&AccountOptions::invitation_valid, "accounts.invitation_valid"},
        {&AccountOptions::throttle_window, "accounts.throttle_window"},
    };
    std::chrono::seconds const most = std::chrono::days{limits::account_duration_days_max};
    for (auto const& [member, field] : fields) {
        AccountOptions options;
        for (auto good : {1s, most - 1s, most}) {
            options.*member = good;
            CHECK(rules_of(options).empty());
        }
        for (auto small : {0s, -1s, std::chrono::seconds::min()}) {
            options.*member = small;
            CHECK(rules_of(options) == Rules{field + ": too_small"});
        }
        for (auto large : {most + 1s, std::chrono::seconds::max()}) {
            options.*member = large;
            CHECK(rules_of(options) == Rules{field + ": too_large"});
        }
    }
}

TEST_CASE("numbers among the options have bounds", "[accounts]") {
    struct Field {
        int AccountOptions::*member;
        std::string name;
        int most;
    };
    std::vector<Field> const fields{
        {&AccountOptions::throttle_account_failures_max, "accounts.throttle_account_failures_max",
         limits::throttle_failures_max},
        {&AccountOptions::throttle_source_failures_max, "accounts.throttle_source_failures_max",
         limits::throttle_failures_max},
        {&AccountOptions::hashes_max_concurrent, "accounts.hashes_max_concurrent",
         limits::hashes_concurrent_max},
    };
    for (auto const& [member, field, most] : fields) {
        AccountOptions options;
        for (auto good : {1, most - 1, most}) {
            options.*member = good;
            CHECK(rules_of(options).empty());
        }
        for (auto small : {0, -1, std::numeric_limits<int>::min()}) {
            options.*member = small;
            CHECK(rules_of(options) == Rules{field + ": too_small"});
        }
        for (auto large : {most + 1, std::numeric_limits<int>::max()}) {
            options.*member = large;
            CHECK(rules_of(options) == Rules{field + ": too_large"});
        }
    }
}

TEST_CASE("the cost of hashes has bounds, all told at once", "[accounts]") {
    auto const of = [](std::uint64_t memory, std::uint32_t passes) {
        return rules_of({.hash_cost = {.memory_bytes = memory, .passes = passes}});
    };
    CHECK(of(8192, 1).empty());
    CHECK(of(limits::hash_memory_bytes_max, limits::hash_passes_max).empty());
    CHECK(of(limits::hash_memory_bytes_max - 1, limits::hash_passes_max - 1).empty());
    CHECK(of(8191, 0) == Rules{"accounts.hash_cost.memory_bytes: too_small",
                               "accounts.hash_cost.passes: too_small"});
    CHECK(of(limits::hash_memory_bytes_max + 1, limits::hash_passes_max + 1) ==
          Rules{"accounts.hash_cost.memory_bytes: too_large",
                "accounts.hash_cost.passes: too_large"});
}

TEST_CASE("accounts are not made with options that make no sense", "[accounts]") {
    School school;
    school.options.throttle_window = 0s;
    CHECK(refusal([&] { Accounts{school.dependencies()}; }) ==
          invalid("accounts.throttle_window", "too_small", 1));
}

}  // namespace eduplat::test
