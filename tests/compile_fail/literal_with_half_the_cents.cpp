// expect: write all digits of the minor unit
#include <eduplat/core/money_literals.hpp>

using namespace eduplat::literals;

auto use() {
#ifdef MUST_NOT_COMPILE
    return 49'0_eur;
#else
    return 49'00_eur;
#endif
}
