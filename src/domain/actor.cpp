#include <eduplat/core/error.hpp>
#include <eduplat/domain/actor.hpp>

namespace eduplat {

UserId Actor::user() const {
    if (!user_) fail(ErrorCode::failed_precondition, "actor", "not_a_user");
    return *user_;
}

}  // namespace eduplat
