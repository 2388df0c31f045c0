// expect: write all digits of the minor unit
#include <eduplat/core/money_literals.hpp>

using namespace eduplat::literals;

auto use() {
#ifdef MUST_NOT_COMPILE
    return 49'00_kwd;
#else
    return 49'000_kwd;
#endif
}
