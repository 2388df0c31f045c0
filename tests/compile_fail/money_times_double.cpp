// expect: use of deleted function|overload resolution selected deleted operator
#include <eduplat/core/money.hpp>

using namespace eduplat;

Money use(Money price) {
#ifdef MUST_NOT_COMPILE
    return price * 1.19;
#else
    return price * 2;
#endif
}
