#include "services/password_rules.hpp"

#include "services/common_passwords.hpp"

#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>

#include <string>
#include <vector>

using namespace eduplat;

namespace {

std::vector<Violation> broken(std::string_view password) {
    Validation validation;
    check_password(validation, "password", password);
    return validation.take();
}

std::vector<Violation> one(std::string_view rule, std::optional<std::int64_t> limit = {}) {
    return {{"password", std::string{rule}, limit}};
}

/// `n` bytes that no list has.
std::string of_bytes(std::size_t n) {
    std::string text;
    while (text.size() < n)
        text += "q7#kZp!w";
    text.resize(n);
    return text;
}

}  // namespace

TEST_CASE("a password has at least the bytes the limit says", "[password]") {
    CHECK(broken(of_bytes(limits::password_bytes_min)).empty());
    CHECK(broken(of_bytes(limits::password_bytes_min + 1)).empty());
    CHECK(broken(of_bytes(limits::password_bytes_min - 1)) == one("too_short", 8));
    CHECK(broken("") == one("too_short", 8));
}

TEST_CASE("a password has at most the bytes the limit says", "[password]") {
    CHECK(broken(of_bytes(limits::password_bytes_max - 1)).empty());
    CHECK(broken(of_bytes(limits::password_bytes_max)).empty());
    CHECK(broken(of_bytes(limits::password_bytes_max + 1)) == one("too_long", 1024));
    CHECK(broken(of_bytes(10'000'000)) == one("too_long", 1024));
}

TEST_CASE("the bytes of a password are counted in its normal form", "[password]") {
    // e and a combining acute accent are three bytes, and two once composed.
    std::string decomposed;
    for (int i = 0; i < 4; ++i)
        decomposed += "e\u0301";
    CHECK(broken(decomposed).empty());
    CHECK(broken(decomposed.substr(3)) == one("too_short", 8));
    for (int i = 4; i < 512; ++i)
        decomposed += "e\u0301";
    CHECK(broken(decomposed).empty());
    CHECK(broken(decomposed + "e") == one("too_long", 1024));
}

TEST_CASE("a password is UTF-8, of any characters", "[password]") {
    CHECK(broken("long enough\xff") == one("utf8"));
    CHECK(broken("  with\tspace\nand control\x01  ").empty());
    CHECK(broken("密码密码密码").empty());
}

TEST_CASE("a common password is refused in any case", "[password]") {
    CHECK(broken("password") == one("common"));
    CHECK(broken("PassWord") == one("common"));
    CHECK(broken("qwertyuiop") == one("common"));
    CHECK(broken("12345678") == one("common"));
}

TEST_CASE("what only contains a common password is not common", "[password]") {
    CHECK(broken("password ").empty());
    CHECK(broken("passwor").front().rule == "too_short");
    CHECK_FALSE(is_common_password("password 12345678"));
    CHECK_FALSE(is_common_password(" "));
    CHECK_FALSE(is_common_password(""));
    CHECK_FALSE(is_common_password("correct horse battery"));
}

TEST_CASE("the ends of the list of common passwords are in it", "[password]") {
    CHECK(is_common_password("0.0.0.000"));
    CHECK(is_common_password("zxcvbnm123"));
}
