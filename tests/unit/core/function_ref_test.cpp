#include <eduplat/core/function_ref.hpp>

#include <support/catch.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

using namespace eduplat;

namespace {

struct Place {
    int visits = 0;
};

void visit(Place& place) {
    ++place.visits;
}

int visit_and_count(Place& place) {
    return ++place.visits;
}

int twice(int value) noexcept {
    return 2 * value;
}

/// As Platform::atomically takes its function.
void inside(Place& place, FunctionRef<void(Place&)> fn) {
    fn(place);
}

/// As Storage::write takes and runs its own.
template <class Function>
auto write(Place& place, Function&& fn) {
    using Result = std::invoke_result_t<Function&, Place&>;
    if constexpr (std::is_void_v<Result>) {
        inside(place, fn);
    } else {
        std::optional<Result> result;
        inside(place, [&](Place& there) { result.emplace(fn(there)); });
        return std::move(*result);
    }
}

}  // namespace

TEST_CASE("a plain function is called, given as such or by a pointer", "[core][function_ref]") {
    Place place;
    inside(place, visit);
    inside(place, &visit);
    auto* const pointer = &visit;
    inside(place, pointer);
    CHECK(place.visits == 3);
    write(place, visit);
    write(place, &visit);
    CHECK(write(place, visit_and_count) == 6);
    CHECK(write(place, &visit_and_count) == 7);
    inside(place, visit_and_count);  // its result is dropped
    CHECK(place.visits == 8);
}

TEST_CASE("arguments and results pass through", "[core][function_ref]") {
    auto const call = [](FunctionRef<long(int)> fn) { return fn(21); };
    CHECK(call(twice) == 42);
    CHECK(call([](int value) { return value + 1; }) == 22);
    auto const take = [](FunctionRef<int(std::unique_ptr<int>)> fn) {
        return fn(std::make_unique<int>(3));
    };
    CHECK(take([](std::unique_ptr<int> value) { return *value; }) == 3);
}

TEST_CASE("what is callable is called where it lies", "[core][function_ref]") {
    Place place;
    int count = 0;
    auto counter = [&count, calls = 0](Place& /*place*/) mutable { count = ++calls; };
    inside(place, counter);
    inside(place, counter);
    CHECK(count == 2);
    auto const fixed = [&count](Place& /*place*/) { count = 9; };
    inside(place, fixed);
    CHECK(count == 9);
    STATIC_REQUIRE(sizeof(FunctionRef<void()>) == 2 * sizeof(void*));
    STATIC_REQUIRE_FALSE(std::is_constructible_v<FunctionRef<void(int)>, void (*)(Place&)>);
}
