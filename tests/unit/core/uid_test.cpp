#include "refusal.hpp"

#include <eduplat/core/uid.hpp>

#include <support/catch.hpp>

#include <array>
#include <unordered_set>

using namespace eduplat;
using namespace std::chrono_literals;
using test::invalid, test::refusal;

namespace {

using Entropy = std::array<std::byte, 8>;

Entropy filled(unsigned char value) {
    Entropy out;
    out.fill(std::byte{value});
    return out;
}

Timestamp at_ms(std::int64_t ms) {
    return Timestamp{std::chrono::milliseconds{ms}};
}

}  // namespace

TEST_CASE("a uid lays out time, version, variant and entropy as RFC 9562 says", "[core][uid]") {
    // The example of RFC 9562, appendix A.6: 2022-02-22 14:22:22 at -05:00.
    auto const at = at_ms(0x017F22E279B0);
    CHECK(to_string(Uid::v7(at, filled(0x00))) == "017f22e2-79b0-7000-8000-000000000000");
    CHECK(to_string(Uid::v7(at, filled(0xff))) == "017f22e2-79b0-7000-bfff-ffffffffffff");
}

TEST_CASE("a uid holds the fraction of its millisecond in twelve bits", "[core][uid]") {
    CHECK(to_string(Uid::v7(at_ms(1) + 500us, filled(0))) ==
          "00000000-0001-7800-8000-000000000000");
    CHECK(to_string(Uid::v7(at_ms(1) + 999us, filled(0))) ==
          "00000000-0001-7ffb-8000-000000000000");
}

TEST_CASE("uids of successive microseconds sort by time", "[core][uid]") {
    auto before = Uid::v7(at_ms(5), filled(0xff));
    for (auto us = 1us; us < 2100us; ++us) {
        auto const after = Uid::v7(at_ms(5) + us, filled(0));
        REQUIRE(before < after);
        before = Uid::v7(at_ms(5) + us, filled(0xff));
    }
}

TEST_CASE("a uid takes no time before 1970 or past 48 bits of milliseconds", "[core][uid]") {
    constexpr auto last = (std::int64_t{1} << 48) - 1;
    CHECK(to_string(Uid::v7(Timestamp{}, filled(0))) == "00000000-0000-7000-8000-000000000000");
    CHECK(to_string(Uid::v7(at_ms(last) + 999us, filled(0))) ==
          "ffffffff-ffff-7ffb-8000-000000000000");
    for (auto const at : {Timestamp{-1us}, at_ms(last + 1), Timestamp::min(), Timestamp::max()}) {
        CHECK(refusal([at] { return Uid::v7(at, filled(0)); }) == invalid("at", "out_of_range"));
    }
}

TEST_CASE("a uid is read in either case and written in lower case", "[core][uid]") {
    auto const uid = Uid::parse("017F22E2-79B0-7cc3-98C4-DC0C0C07398F");
    REQUIRE(uid);
    CHECK(to_string(*uid) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST_CASE("a text of another form is no uid", "[core][uid]") {
    for (auto const* text :
         {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
          "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c0739}",
          "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4+dc0c0c07398f",
          "017f22e27-9b0-7cc3-98c4-dc0c0c07398f", "------------------------------------"}) {
        INFO(text);
        CHECK_FALSE(Uid::parse(text));
    }
}

TEST_CASE("uids that differ in one bit differ in hash", "[core][uid]") {
    std::unordered_set<std::size_t> hashes;
    for (std::size_t bit = 0; bit < 128; ++bit) {
        Uid::Bytes bytes{};
        bytes[bit / 8] = std::byte{1} << (bit % 8);
        hashes.insert(std::hash<Uid>{}(Uid{bytes}));
    }
    CHECK(hashes.size() == 128);
}
