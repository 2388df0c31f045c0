// expect: use of deleted function|call to deleted constructor
#include <eduplat/core/money.hpp>

using namespace eduplat;

Money use() {
#ifdef MUST_NOT_COMPILE
    return Money{49.90, Currency::named("EUR")};
#else
    return Money{4990, Currency::named("EUR")};
#endif
}
