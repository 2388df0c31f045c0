#include "storage_contract/group.hpp"

#include "storage_contract/engines.hpp"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

namespace eduplat::test {
namespace {

// Linux tells of each thread whether it runs (R) or sleeps (S): field 3 of its stat, behind the
// name.
bool asleep(pid_t thread) {
    std::ifstream file{"/proc/self/task/" + std::to_string(thread) + "/stat"};
    std::string line;
    std::getline(file, line);
    auto const name_end = line.rfind(')');
    return name_end != std::string::npos && line.size() > name_end + 2 && line[name_end + 2] == 'S';
}

std::string how_it_ended(std::function<void()> const& function) {
    try {
        return outcome(function);
    } catch (...) {
        return "thrown";
    }
}

/// A write on a thread of its own. Once queued() it waits for the leader of a group.
class Caller {
  public:
    Caller(storage::Storage& storage, GroupMember const& member)
        : thread_([this, &storage, &member] {
              id_ = ::gettid();
              result_ = how_it_ended([&] { storage.write(member.fn, member.run_on); });
          }) {}

    void wait_until_queued() const {
        while (id_ == 0 || !asleep(id_))
            std::this_thread::yield();
    }
    std::string result() {
        thread_.join();
        return result_;
    }

  private:
    std::atomic<pid_t> id_{0};
    std::string result_;
    std::thread thread_;
};

struct Undo {};

}  // namespace

std::vector<std::string> write_as_group(storage::Storage& storage,
                                        std::vector<GroupMember> const& members) {
    std::latch holding{1};
    std::latch let_go{1};
    GroupMember const hold{[&](storage::Connection&) {
        holding.count_down();
        let_go.wait();
        throw Undo{};
    }};
    Caller holder{storage, hold};
    holding.wait();
    std::vector<std::unique_ptr<Caller>> callers;
    for (auto const& member : members) {
        callers.push_back(std::make_unique<Caller>(storage, member));
        callers.back()->wait_until_queued();
    }
    let_go.count_down();
    static_cast<void>(holder.result());
    std::vector<std::string> results;
    for (auto const& caller : callers)
        results.push_back(caller->result());
    return results;
}

}  // namespace eduplat::test
