// expect: no match for .*operator\+|invalid operands to binary expression
#include <eduplat/core/id.hpp>

using UserId = eduplat::Id<struct UserTag>;

auto use(UserId user) {
#ifdef MUST_NOT_COMPILE
    return user + 1;
#else
    return user.value() + 1;
#endif
}
