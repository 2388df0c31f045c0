#include "refusal.hpp"

#include <eduplat/core/page.hpp>

#include <support/catch.hpp>

#include <limits>

using namespace eduplat;
using test::invalid, test::refusal;

namespace {

using Keys = std::vector<CursorKey>;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

test::Refusal decode_refusal(std::string text) {
    return refusal([&] { return decode_cursor("users", Cursor{std::move(text)}); });
}

/// Three lengths of base64url text leave 0, 2 and 4 bits over.
std::string cursor_with_text_of(std::size_t size) {
    return encode_cursor("users", {std::string(size, 'x')}).text();
}

}  // namespace

TEST_CASE("a cursor gives back the keys it was made of", "[core][page]") {
    auto const min = std::numeric_limits<std::int64_t>::min();
    auto const max = std::numeric_limits<std::int64_t>::max();
    for (auto const& keys :
         {Keys{}, Keys{std::int64_t{0}}, Keys{min, max, std::int64_t{-1}}, Keys{std::string{}},
          Keys{std::string{"Ada\0B", 5}, std::int64_t{7}}, Keys{std::string(255, '\xff')},
          Keys{std::string(256, 'a'), std::string{"学习"}}}) {
        CHECK(decode_cursor("users", encode_cursor("users", keys)) == keys);
    }
}

TEST_CASE("a cursor is text that can stand in an address", "[core][page]") {
    auto const text = encode_cursor("users", {std::string(300, '\xfb')}).text();
    CHECK(text.find_first_not_of(alphabet) == std::string::npos);
}

TEST_CASE("equal places give equal cursors", "[core][page]") {
    CHECK(encode_cursor("users", {std::int64_t{5}}) == encode_cursor("users", {std::int64_t{5}}));
    CHECK(encode_cursor("users", {std::int64_t{5}}) != encode_cursor("users", {std::int64_t{6}}));
}

TEST_CASE("a cursor of another list or other filters is refused", "[core][page]") {
    auto const cursor = encode_cursor("users role=teacher", {std::int64_t{5}});
    for (auto const* list : {"", "users", "courses", "users role=learner", "users role=teacher "}) {
        CHECK(refusal([&] { return decode_cursor(list, cursor); }) ==
              invalid("after", "other_list"));
    }
}

TEST_CASE("a cursor with any one character changed is malformed", "[core][page]") {
    auto const good = encode_cursor("users", {std::string{"Ada"}, std::int64_t{5}}).text();
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (auto const c : std::string{alphabet} + "=+/ \n%\xff" + '\0') {
            if (c == good[i]) continue;
            auto bad = good;
            bad[i] = c;
            REQUIRE(decode_refusal(bad) == invalid("after", "malformed"));
        }
    }
}

TEST_CASE("a cursor cut short or lengthened is malformed", "[core][page]") {
    auto const good = encode_cursor("users", {std::string{"Ada"}, std::int64_t{5}}).text();
    for (std::size_t size = 0; size < good.size(); ++size) {
        REQUIRE(decode_refusal(good.substr(0, size)) == invalid("after", "malformed"));
        REQUIRE(decode_refusal(good.substr(size + 1)) == invalid("after", "malformed"));
    }
    for (auto const* more : {"A", "AA", "AAAA", "=", "==", " ", "\n"}) {
        REQUIRE(decode_refusal(good + more) == invalid("after", "malformed"));
    }
}

TEST_CASE("the unused bits of a cursor's last character must be zero", "[core][page]") {
    for (std::size_t size : {1U, 2U, 3U}) {
        auto text = cursor_with_text_of(size);
        auto const value = alphabet.find(text.back());
        auto const unused_bits = text.size() * 6 % 8;
        for (std::size_t bits = 1; bits < (std::size_t{1} << unused_bits); ++bits) {
            text.back() = alphabet[value | bits];
            CHECK(decode_refusal(text) == invalid("after", "malformed"));
        }
    }
}

TEST_CASE("an overlong cursor is refused unread", "[core][page]") {
    auto const limit = limits::cursor_bytes_max;
    CHECK(decode_refusal(std::string(limit - 1, 'A')) == invalid("after", "malformed"));
    CHECK(decode_refusal(std::string(limit, 'A')) == invalid("after", "malformed"));
    CHECK(decode_refusal(std::string(limit + 1, 'A')) == invalid("after", "too_long", limit));
}

TEST_CASE("the longest cursor is read, and a longer one is never made", "[core][page]") {
    auto const text_size = limits::cursor_bytes_max * 3 / 4 - 1 - 8 - 3 - 4;
    auto const longest = Cursor{cursor_with_text_of(text_size)};
    CHECK(longest.text().size() == limits::cursor_bytes_max);
    CHECK(std::get<std::string>(decode_cursor("users", longest)[0]).size() == text_size);
    CHECK(cursor_with_text_of(text_size - 1).size() < limits::cursor_bytes_max);
    for (auto const size : {text_size + 1, limits::cursor_bytes_max + 1, std::size_t{70'000}}) {
        CHECK(refusal([size] { return cursor_with_text_of(size); }).code == ErrorCode::internal);
    }
}

TEST_CASE("keys are read by their types, and no others", "[core][page]") {
    auto const cursor = encode_cursor("users", {std::string{"Ada"}, std::int64_t{5}});
    auto const [name, id] = decode_keys<std::string, std::int64_t>("users", cursor);
    CHECK(name == "Ada");
    CHECK(id == 5);
    auto const wrong = invalid("after", "malformed");
    CHECK(refusal([&] { return decode_keys<std::int64_t, std::string>("users", cursor); }) ==
          wrong);
    CHECK(refusal([&] { return decode_keys<std::string>("users", cursor); }) == wrong);
    CHECK(refusal([&] {
              return decode_keys<std::string, std::int64_t, std::int64_t>("users", cursor);
          }) == wrong);
}

TEST_CASE("a page holds one item at least and the maximum at most", "[core][page]") {
    auto const max = limits::page_size_max;
    auto const check = [](int limit) {
        return refusal([=] { return check_page_limit(limit), 0; });
    };
    for (auto const good : {1, 2, max - 1, max})
        CHECK_NOTHROW(check_page_limit(good));
    CHECK(check(0) == invalid("limit", "too_small", 1));
    CHECK(check(-1) == invalid("limit", "too_small", 1));
    CHECK(check(max + 1) == invalid("limit", "too_large", max));
    CHECK(PageRequest{}.limit == limits::page_size_default);
}
