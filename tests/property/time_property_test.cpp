#include "property.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>

#include <array>
#include <functional>
#include <string>

using namespace eduplat;
using namespace std::chrono;
using eduplat::test::holds;

namespace {

Timestamp between(year first, year last) {
    auto const begin = Timestamp{sys_days{first / January / 1}};
    auto const end = Timestamp{sys_days{last / January / 1}};
    return Timestamp{microseconds{
        *rc::gen::inRange(begin.time_since_epoch().count(), end.time_since_epoch().count())}};
}

Uid any_uid(Timestamp at) {
    auto const drawn =
        *rc::gen::container<std::array<std::uint8_t, 8>>(rc::gen::arbitrary<std::uint8_t>());
    return Uid::v7(at, std::as_bytes(std::span{drawn}));
}

}  // namespace

TEST_CASE("any timestamp written is read back", "[core][time]") {
    holds([] {
        auto const at = between(year{0}, year{10000});
        RC_ASSERT(parse_timestamp(to_string(at)) == at);
    });
}

TEST_CASE("timestamps written sort as they follow in time", "[core][time]") {
    holds([] {
        auto const a = between(year{0}, year{10000}), b = between(year{0}, year{10000});
        RC_ASSERT((to_string(a) < to_string(b)) == (a < b));
    });
}

TEST_CASE("any uid written is read back", "[core][uid]") {
    holds([] {
        auto const uid = any_uid(between(year{1970}, year{10000}));
        auto const read = Uid::parse(to_string(uid));
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == uid);
        RC_ASSERT(std::hash<Uid>{}(*read) == std::hash<Uid>{}(uid));
    });
}

TEST_CASE("uids sort by the microsecond they were made in, and so do their texts", "[core][uid]") {
    holds([] {
        auto const base = between(year{1970}, year{10000});
        auto const later = base + microseconds{*rc::gen::inRange(1, 3000)};
        auto const a = any_uid(base), b = any_uid(later);
        RC_ASSERT(a < b);
        RC_ASSERT(to_string(a) < to_string(b));
    });
}
