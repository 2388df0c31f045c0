// expect: could not convert|no matching function|no known conversion
#include <eduplat/core/id.hpp>

using UserId = eduplat::Id<struct UserTag>;

void suspend(UserId user);

void use() {
#ifdef MUST_NOT_COMPILE
    suspend(1);
#else
    suspend(UserId{1});
#endif
}
