// expect: does not fit in 64 bits
#include <eduplat/core/money_literals.hpp>

using namespace eduplat::literals;

auto use() {
#ifdef MUST_NOT_COMPILE
    return 92'233'720'368'547'758'08_eur;
#else
    return 92'233'720'368'547'758'07_eur;
#endif
}
