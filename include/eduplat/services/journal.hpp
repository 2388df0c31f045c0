#pragma once

#include <eduplat/core/limits.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/journal.hpp>
#include <eduplat/services/dependencies.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace eduplat {

/// What has happened, in order: the audit log, and a feed for notifications and for copies kept
/// elsewhere. Every change writes its entry in its own transaction, so there is none without.
///
/// Thread safety: all members may be called from any thread.
class Journal final {
  public:
    explicit Journal(Dependencies const& dependencies);
    Journal(Journal&&) noexcept;
    Journal& operator=(Journal&&) noexcept;
    ~Journal();

    /// At most `limit` entries after the one numbered `seq`, oldest first; from the beginning for
    /// 0. Whoever keeps the last number seen misses nothing: entries become visible in their order.
    /// For hosts: system or admin.
    /// Errors: unauthenticated, permission_denied; invalid_argument (field "limit": "too_small",
    /// "too_large", against limits::page_size_max).
    [[nodiscard]] std::vector<JournalEntry> changes_since(
        Actor const& actor, std::int64_t seq, int limit = limits::page_size_default) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eduplat
