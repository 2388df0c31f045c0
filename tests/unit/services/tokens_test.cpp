#include "services/tokens.hpp"

#include "services/spdlog_sink.hpp"
#include "services/system_random.hpp"

#include <eduplat/testing/seeded_random.hpp>

#include <support/catch.hpp>

#include <set>
#include <string>

using namespace eduplat;

namespace {

/// Bytes that count up from 0.
class CountingRandom final : public Random {
  public:
    void fill(std::span<std::byte> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::byte>(next_++);
    }

  private:
    unsigned next_ = 0;
};

}  // namespace

TEST_CASE("a token is 32 bytes as base64url without padding", "[tokens]") {
    CountingRandom random;
    auto const token = make_token(random);
    CHECK(token.text == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    CHECK(hash_of_token(token.text) == token.hash);
}

TEST_CASE("a token is stored as the BLAKE2b-256 of its bytes", "[tokens]") {
    // b2sum -l 256 of the bytes 0 to 31.
    CountingRandom random;
    auto const hash = make_token(random).hash;
    std::string hex;
    for (auto const byte : hash) {
        constexpr std::string_view digits = "0123456789abcdef";
        hex += digits[std::to_integer<unsigned>(byte) >> 4U];
        hex += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    CHECK(hex == "cb2f5160fc1f7e05a55ef49d340b48da2e5a78099d53393351cd579dd42503d6");
}

TEST_CASE("tokens of the system's random source differ", "[tokens]") {
    auto const random = make_system_random();
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(make_token(*random).text);
    CHECK(seen.size() == 1000);
}

TEST_CASE("text that no token has is none", "[tokens]") {
    testing::SeededRandom random{1};
    auto const text = make_token(random).text;
    CHECK_FALSE(hash_of_token(""));
    CHECK_FALSE(hash_of_token(text.substr(1)));
    CHECK_FALSE(hash_of_token(text + "A"));
    CHECK_FALSE(hash_of_token(text + "="));
    CHECK_FALSE(hash_of_token(" " + text));
    CHECK_FALSE(hash_of_token(text.substr(1) + "+"));
    CHECK_FALSE(hash_of_token(text.substr(1) + "\xff"));
    CHECK_FALSE(hash_of_token(std::string(1'000'000, 'A')));
    // 43 characters hold two bits more than 32 bytes: they have to be zero.
    CHECK_FALSE(hash_of_token("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"));
}

TEST_CASE("a salted hash depends on salt and text, and on where one ends", "[tokens]") {
    std::array const ab{std::byte{'a'}, std::byte{'b'}};
    auto const a = std::span{ab}.first(1);
    CHECK(salted_hash(ab, "c") == salted_hash(ab, "c"));
    CHECK(salted_hash(ab, "c") != salted_hash(ab, "d"));
    CHECK(salted_hash(ab, "c") != salted_hash(a, "bc"));
    CHECK(salted_hash({}, "") != salted_hash(a, ""));
}

TEST_CASE("the default log takes any message", "[tokens]") {
    auto const log = make_spdlog_sink();
    log->write(LogLevel::debug, "not shown: {} {0} %s");
    log->write(LogLevel::info, "a message with {braces}");
}
