#pragma once

#include <eduplat/ports/mailer.hpp>

#include <mutex>
#include <vector>

namespace eduplat::testing {

/// Keeps what was sent, so that a test can read the tokens.
/// Thread safety: all members may be called from any thread.
class MemoryMailer final : public Mailer {
  public:
    void send(Mail const& mail) override;

    /// All messages so far, oldest first.
    [[nodiscard]] std::vector<Mail> sent() const;
    void clear();

  private:
    mutable std::mutex mutex_;
    std::vector<Mail> sent_;
};

}  // namespace eduplat::testing
