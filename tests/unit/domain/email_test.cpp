#include <eduplat/core/limits.hpp>
#include <eduplat/domain/email.hpp>

#include <support/catch.hpp>
#include <unit/core/refusal.hpp>

#include <string>

namespace eduplat::test {
namespace {

Email normal(std::string_view value) {
    Validation validation;
    auto email = normalize_email(validation, "email", value);
    validation.check("email");
    return email.value();
}

Refusal refused(std::string_view value) {
    return refusal([&] { return normal(value); });
}

std::string repeated(std::size_t count) {
    return std::string(count, 'a');
}

}  // namespace

TEST_CASE("an address keeps its form and is compared by its key", "[email]") {
    CHECK(normal("  Ada@Example.ORG ").text == "Ada@Example.ORG");
    CHECK(normal("Ada@Example.ORG").key == normal("ada@example.org").key);
    CHECK(normal("STRASSE@example.org").key == normal("straße@example.org").key);
    // One letter or a letter and its accent.
    CHECK(normal("ren\u00E9@example.org") == normal("rene\u0301@example.org"));
    CHECK(normal("ada@example.org").key != normal("adb@example.org").key);
}

TEST_CASE("the usual and the unusual addresses are well-formed", "[email]") {
    for (auto const* address :
         {"a@b", "root@localhost", "first.last+tag@sub.example.org", "o'neil@example.org",
          "!#$%&'*+-/=?^_`{|}~@example.org", "学习@例子.中国", "x@xn--fsqu00a.xn--0zwm56d"}) {
        CHECK(normal(address).text == address);
    }
}

TEST_CASE("an address that is none is malformed", "[email]") {
    for (auto const* address : {"ada",
                                "@example.org",
                                "ada@",
                                "ada@@example.org",
                                "a@b@c",
                                ".ada@example.org",
                                "ada.@example.org",
                                "a..da@example.org",
                                "a da@example.org",
                                "ada@exam ple.org",
                                "ada@-example.org",
                                "ada@example-.org",
                                "ada@example..org",
                                "ada@.org",
                                "ada@example.org.",
                                "\"ada\"@example.org",
                                "ada@[127.0.0.1]",
                                "<ada@example.org>",
                                "ada@example_org",
                                "a\u3000da@example.org",
                                "ada@exa\u00A0mple.org",
                                "ada\u2003@example.org"}) {
        INFO(address);
        CHECK(refused(address) == invalid("email", "malformed"));
    }
}

TEST_CASE("an address with what cannot be seen is malformed", "[email]") {
    for (auto const* address :
         {"a\u200bda@example.org", "a\u00adda@example.org", "\ufeffada@example.org",
          "ada@exam\u200dple.org", "ada\ufe0f@example.org", "ada@example.org\u200e",
          "ada@ex\u2060ample.org", "ada\u3164@example.org"}) {
        INFO(address);
        CHECK(refused(address) == invalid("email", "malformed"));
    }
    CHECK(refused("ada\u202e@example.org") == invalid("email", "control_character"));
}

TEST_CASE("a domain has no mere variants of other characters", "[email]") {
    for (auto const* address :
         {"ada@\uff45xample.org", "ada@example\u3002org", "ada@example\uff0eorg",
          "ada@example\uff61org", "ada@\ufb01sh.org", "ada@\u2460.org"}) {
        INFO(address);
        CHECK(refused(address) == invalid("email", "malformed"));
    }
    for (auto const* address :
         {"ada@\u00c9cole.org", "ada@stra\u00dfe.example", "ada@\u4f8b\u5b50.cn",
          "ada@\u0395\u03bb\u03bb\u03ac\u03c2.example", "\uff41da@example.org"}) {
        INFO(address);
        CHECK(normal(address).text == address);
    }
}

TEST_CASE("empty, broken and control characters are named", "[email]") {
    CHECK(refused("") == invalid("email", "required", refused("").violation.limit));
    CHECK(refused("   ").violation.rule == "required");
    CHECK(refused("ada\xFF@example.org") == invalid("email", "utf8"));
    CHECK(refused("ad\x01"
                  "a@example.org") == invalid("email", "control_character"));
}

TEST_CASE("the lengths of an address are limited", "[email]") {
    auto const local = repeated(limits::email_local_part_bytes_max);
    CHECK_NOTHROW(normal(local.substr(1) + "@example.org"));
    CHECK_NOTHROW(normal(local + "@example.org"));
    CHECK(refused(local + "a@example.org") ==
          invalid("email", "local_part_too_long", limits::email_local_part_bytes_max));

    auto const label = repeated(63);
    CHECK_NOTHROW(normal("a@" + label));
    CHECK(refused("a@" + label + "a") == invalid("email", "malformed"));

    // 64 + 1 + 63 + 1 + 63 + 1 + 61 = 254
    auto const longest = local + '@' + label + '.' + label + '.' + repeated(61);
    REQUIRE(longest.size() == limits::email_bytes_max);
    CHECK_NOTHROW(normal(longest));
    CHECK_NOTHROW(normal(longest.substr(0, longest.size() - 1)));
    CHECK(refused(longest + 'a') == invalid("email", "too_long", limits::email_bytes_max));
}

}  // namespace eduplat::test
