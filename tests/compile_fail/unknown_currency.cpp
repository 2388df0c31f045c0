// expect: is not a constant expression
#include <eduplat/core/currency.hpp>

using eduplat::Currency;

Currency use() {
#ifdef MUST_NOT_COMPILE
    return Currency::named("EUX");
#else
    return Currency::named("EUR");
#endif
}
