// expect: could not convert|no matching function|no known conversion
#include <eduplat/core/id.hpp>

using UserId = eduplat::Id<struct UserTag>;
using CourseId = eduplat::Id<struct CourseTag>;

void publish(CourseId course);

void use() {
#ifdef MUST_NOT_COMPILE
    publish(UserId{1});
#else
    publish(CourseId{1});
#endif
}
