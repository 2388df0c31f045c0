#include "property.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/page.hpp>

#include <string>
#include <vector>

using namespace eduplat;
using eduplat::test::holds;

namespace {

using Keys = std::vector<CursorKey>;

rc::Gen<Keys> any_keys() {
    auto const number = rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                                     [](std::int64_t n) { return CursorKey{n}; });
    auto const text = rc::gen::map(rc::gen::arbitrary<std::string>(),
                                   [](std::string s) { return CursorKey{std::move(s)}; });
    return rc::gen::resize(8, rc::gen::container<Keys>(rc::gen::oneOf(number, text)));
}

/// One to three edits: a character replaced, put in, or taken out.
std::string mutated(std::string text) {
    for (int edits = *rc::gen::inRange(1, 4); edits > 0; --edits) {
        auto const at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
        auto const kind = *rc::gen::inRange(0, 3);
        auto const c = *rc::gen::arbitrary<char>();
        if (kind == 0) text.insert(at, 1, c);
        if (kind == 1 && at < text.size()) text[at] = c;
        if (kind == 2 && at < text.size()) text.erase(at, 1);
    }
    return text;
}

/// Whether the text is a cursor. Refusing it is right only as invalid input of "after".
bool is_read(std::string const& list, std::string const& text) {
    try {
        auto const keys = decode_cursor(list, Cursor{text});
        // There is one text only for these keys: nothing that differs is taken for the same.
        RC_ASSERT(encode_cursor(list, keys).text() == text);
        return true;
    } catch (Error const& error) {
        RC_ASSERT(error.code() == ErrorCode::invalid_argument);
        RC_ASSERT(error.violations().size() == 1U);
        RC_ASSERT(error.violations()[0].field == "after");
        return false;
    }
}

}  // namespace

TEST_CASE("any keys come back from a cursor", "[core][page]") {
    holds([](std::string const& list) {
        auto const keys = *any_keys();
        RC_ASSERT(decode_cursor(list, encode_cursor(list, keys)) == keys);
    });
}

TEST_CASE("a mutated cursor is refused", "[core][page]") {
    holds([](std::string const& list) {
        auto const text = encode_cursor(list, *any_keys()).text();
        auto const other = mutated(text);
        RC_ASSERT(is_read(list, other) == (other == text));
    });
}

TEST_CASE("a cursor is refused by every other list", "[core][page]") {
    holds([](std::string const& list, std::string const& other) {
        RC_PRE(list != other);
        auto const text = encode_cursor(list, *any_keys()).text();
        RC_ASSERT(is_read(list, text));
        RC_ASSERT_FALSE(is_read(other, text));
    });
}

TEST_CASE("arbitrary text is no cursor", "[core][page]") {
    holds([](std::string const& text) { RC_ASSERT_FALSE(is_read("users", text)); });
}
