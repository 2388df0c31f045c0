#include "services/password_hasher.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <support/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace eduplat;

namespace {

constexpr HashCost quick{.memory_bytes = 8192, .passes = 1};

/// The one broken rule that a hasher of such a cost is refused for.
Violation refused(HashCost cost, int concurrent_max) {
    try {
        PasswordHasher const hasher{cost, concurrent_max};
    } catch (Error const& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        REQUIRE(error.violations().size() == 1);
        return error.violations().front();
    }
    return {"", "not refused", std::nullopt};
}

}  // namespace

TEST_CASE("a hash is of its password and of no other", "[password]") {
    PasswordHasher hasher{quick, 2};
    auto const hash = hasher.hash("correct horse");
    CHECK(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    CHECK(hasher.verify(hash, "correct horse"));
    CHECK_FALSE(hasher.verify(hash, "correct horsf"));
    CHECK_FALSE(hasher.verify(hash, "correct horse "));
    CHECK_FALSE(hasher.verify(hash, ""));
}

TEST_CASE("two hashes of one password differ by their salts", "[password]") {
    PasswordHasher hasher{quick, 2};
    CHECK(hasher.hash("correct horse") != hasher.hash("correct horse"));
}

TEST_CASE("the same characters in another composition are the same password", "[password]") {
    PasswordHasher hasher{quick, 2};
    CHECK(hasher.verify(hasher.hash("caf\u00e9 au lait"), "cafe\u0301 au lait"));
}

TEST_CASE("a zero byte does not end a password", "[password]") {
    PasswordHasher hasher{quick, 2};
    auto const hash = hasher.hash(std::string_view{"pass\0word", 9});
    CHECK(hasher.verify(hash, std::string_view{"pass\0word", 9}));
    CHECK_FALSE(hasher.verify(hash, std::string_view{"pass\0work", 9}));
}

TEST_CASE("what cannot be a password, or a hash, does not match", "[password]") {
    PasswordHasher hasher{quick, 2};
    auto const hash = hasher.hash("correct horse");
    CHECK_FALSE(hasher.verify(hash, "\xff\xfe"));
    CHECK_FALSE(hasher.verify(hash, std::string(1'000'000, 'a')));
    CHECK_FALSE(hasher.verify("", "correct horse"));
    CHECK_FALSE(hasher.verify("$argon2id$", "correct horse"));
    CHECK_FALSE(hasher.verify(hash.substr(0, hash.size() - 1), "correct horse"));
    CHECK_FALSE(hasher.verify(std::string(1000, '$'), "correct horse"));
}

TEST_CASE("a hash of another cost is still verified, and is to be made anew", "[password]") {
    PasswordHasher hasher{quick, 2};
    PasswordHasher dearer{{.memory_bytes = 16384, .passes = 2}, 2};
    auto const hash = hasher.hash("correct horse");
    CHECK_FALSE(hasher.needs_rehash(hash));
    CHECK(dearer.needs_rehash(hash));
    CHECK(dearer.verify(hash, "correct horse"));
    CHECK(hasher.needs_rehash("no hash"));
}

TEST_CASE("where there is no hash the work is done all the same", "[password]") {
    PasswordHasher hasher{quick, 2};
    CHECK_NOTHROW(hasher.verify_dummy("correct horse"));
    CHECK_NOTHROW(hasher.verify_dummy("\xff"));
}

TEST_CASE("more threads than may hash at once all get their turn", "[password]") {
    PasswordHasher hasher{quick, 1};
    auto const hash = hasher.hash("correct horse");
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] { right += hasher.verify(hash, "correct horse") ? 1 : 0; });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(right == 8);
}

TEST_CASE("no more callers wait than may", "[password]") {
    PasswordHasher hasher{{.memory_bytes = 64U << 20U, .passes = 3}, 1, 1};
    std::vector<std::thread> threads;
    std::atomic<int> hashed = 0;
    std::atomic<int> busy = 0;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            try {
                static_cast<void>(hasher.hash("correct horse"));
                ++hashed;
            } catch (Error const& error) {
                bool const expected =
                    error.code() == ErrorCode::resource_exhausted &&
                    error.violations().front() == Violation{"password", "busy", std::nullopt};
                if (expected) ++busy;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(hashed >= 2);
    CHECK(busy >= 1);
    CHECK(hashed + busy == 8);
}

TEST_CASE("a cost below what Argon2id takes is refused", "[password]") {
    CHECK(refused({.memory_bytes = 8191, .passes = 1}, 1) ==
          Violation{"hash_cost.memory_bytes", "too_small", 8192});
    CHECK(refused({.memory_bytes = 8192, .passes = 0}, 1) ==
          Violation{"hash_cost.passes", "too_small", 1});
    CHECK(refused(quick, 0) == Violation{"hashes_max_concurrent", "too_small", 1});
    CHECK(refused({.memory_bytes = std::uint64_t{1} << 50U, .passes = 1}, 1).rule == "too_large");
}
