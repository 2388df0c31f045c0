#include <eduplat/testing/memory_mailer.hpp>

namespace eduplat::testing {

void MemoryMailer::send(Mail const& mail) {
    std::lock_guard const lock{mutex_};
    sent_.push_back(mail);
}

std::vector<Mail> MemoryMailer::sent() const {
    std::lock_guard const lock{mutex_};
    return sent_;
}

void MemoryMailer::clear() {
    std::lock_guard const lock{mutex_};
    sent_.clear();
}

}  // namespace eduplat::testing
