// expect: no matching function for call to .*Id|no matching constructor for initialization
#include <eduplat/core/id.hpp>

#include <optional>

using UserId = eduplat::Id<struct UserTag>;

bool use() {
#ifdef MUST_NOT_COMPILE
    UserId user;
    return user == user;
#else
    std::optional<UserId> user;
    return user == user;
#endif
}
