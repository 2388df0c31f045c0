// expect: decimal digits only
#include <eduplat/core/money_literals.hpp>

using namespace eduplat::literals;

auto use() {
#ifdef MUST_NOT_COMPILE
    return 0x49'00_eur;
#else
    return 49'00_eur;
#endif
}
