#include <eduplat/core/error.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

using namespace eduplat;

namespace {

bool is_identifier(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
}

}  // namespace

TEST_CASE("the error table has one row for every code, in order", "[core][error]") {
    auto const table = error_table();
    REQUIRE(table.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto const& row = table[i];
        INFO(row.name);
        CHECK(static_cast<std::size_t>(row.code) == i);
        CHECK(is_identifier(row.name));
        CHECK(names.insert(row.name).second);
        CHECK(&traits(row.code) == &row);
        CHECK(name(row.code) == row.name);
        CHECK(row.http_status >= 400);
        CHECK(row.http_status <= 599);
    }
}

TEST_CASE("every error code maps to the status and exception the docs promise", "[core][error]") {
    struct Row {
        ErrorCode code;
        int http_status;
        std::string_view python;
        bool retryable;
    };
    using enum ErrorCode;
    auto const expected = {
        Row{invalid_argument, 400, "ValueError", false},
        Row{unauthenticated, 401, "PermissionError", false},
        Row{permission_denied, 403, "PermissionError", false},
        Row{not_found, 404, "LookupError", false},
        Row{already_exists, 409, "Error", false},
        Row{failed_precondition, 409, "Error", false},
        Row{conflict, 409, "Error", true},
        Row{resource_exhausted, 429, "Error", true},
        Row{unavailable, 503, "Error", true},
        Row{outcome_unknown, 503, "Error", true},
        Row{canceled, 499, "Error", false},
        Row{data_loss, 500, "Error", false},
        Row{internal, 500, "Error", false},
    };
    CHECK(expected.size() == error_table().size());
    for (auto const& row : expected) {
        INFO(name(row.code));
        CHECK(traits(row.code).http_status == row.http_status);
        CHECK(traits(row.code).python_exception == row.python);
        CHECK(traits(row.code).retryable == row.retryable);
        CHECK(Error(row.code, "").retryable() == row.retryable);
    }
}

TEST_CASE("an error says its code, message and every violation", "[core][error]") {
    auto const error = Error(ErrorCode::invalid_argument, "register_user",
                             {{"email", "malformed", std::nullopt}, {"password", "too_short", 8}});
    CHECK(error.code() == ErrorCode::invalid_argument);
    CHECK(error.message() == "register_user");
    REQUIRE(error.violations().size() == 2);
    CHECK(error.violations()[1] == Violation{"password", "too_short", 8});
    CHECK(std::string{error.what()} ==
          "invalid_argument: register_user (email: malformed; password: too_short 8)");
}

TEST_CASE("an error without violations ends with its message", "[core][error]") {
    CHECK(std::string{Error(ErrorCode::unavailable, "busy").what()} == "unavailable: busy");
}

TEST_CASE("a copied error shares its contents and outlives the original", "[core][error]") {
    auto original = std::make_unique<Error>(ErrorCode::conflict, "changed since it was read");
    auto const copy = *original;
    CHECK(copy.what() == original->what());
    original.reset();
    CHECK(copy.message() == "changed since it was read");
    STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<Error>);
}

TEST_CASE("an error that was moved from still says what it is", "[core][error]") {
    auto original = Error(ErrorCode::conflict, "changed since it was read");
    auto const moved = std::move(original);
    CHECK(std::string{original.what()} == moved.what());  // NOLINT(bugprone-use-after-move)
    auto assigned = Error(ErrorCode::internal, "");
    assigned = std::move(original);
    CHECK(original.code() == ErrorCode::conflict);  // NOLINT(bugprone-use-after-move)
    CHECK(assigned.message() == "changed since it was read");
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Error>);
}

TEST_CASE("fail throws an error about one field", "[core][error]") {
    try {
        fail(ErrorCode::resource_exhausted, "password", "locked", 5);
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::resource_exhausted);
        REQUIRE(error.violations().size() == 1);
        CHECK(error.violations()[0] == Violation{"password", "locked", 5});
    }
}
