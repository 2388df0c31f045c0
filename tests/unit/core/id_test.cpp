#include <eduplat/core/function_ref.hpp>
#include <eduplat/core/id.hpp>

#include <support/catch.hpp>

#include <functional>
#include <set>
#include <type_traits>
#include <unordered_set>

using namespace eduplat;

namespace {

using UserId = Id<struct UserTag>;
using CourseId = Id<struct CourseTag>;

}  // namespace

TEST_CASE("ids of two kinds do not mix", "[core][id]") {
    STATIC_REQUIRE_FALSE(std::is_convertible_v<UserId, CourseId>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<CourseId, UserId>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<std::int64_t, UserId>);
    STATIC_REQUIRE_FALSE(std::is_default_constructible_v<UserId>);
}

TEST_CASE("ids order and hash by their value", "[core][id]") {
    CHECK(UserId{1} < UserId{2});
    CHECK(UserId{7} == UserId{7});
    CHECK(std::set{UserId{2}, UserId{1}}.begin()->value() == 1);
    CHECK(std::unordered_set{UserId{2}, UserId{2}, UserId{-3}}.size() == 2);
}

TEST_CASE("a function reference calls what it was made from", "[core][function_ref]") {
    int calls = 0;
    auto count = [&calls](int by) { return calls += by; };
    auto const twice = [](FunctionRef<int(int)> call) { return call(1) + call(10); };
    CHECK(twice(count) == 12);
    CHECK(calls == 11);
    CHECK(twice([](int x) { return x; }) == 11);
}
