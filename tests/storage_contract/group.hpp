#pragma once

#include <eduplat/storage/storage.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eduplat::test {

struct GroupMember {
    std::function<void(storage::Connection&)> fn;
    storage::RunOn run_on = storage::RunOn::any_thread;
};

/// Writes several functions so that one group commit carries them all, in the given order: while
/// another write is held open, each is started on a thread of its own and queues. Returns how each
/// ended, as outcome() tells it; "thrown" for an exception that is not eduplat's.
std::vector<std::string> write_as_group(storage::Storage& storage,
                                        std::vector<GroupMember> const& members);

}  // namespace eduplat::test
