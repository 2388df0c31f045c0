#pragma once

#include "support/forwarding_storage.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace eduplat::test {

/// Throws Error(unavailable, field "storage" or another, rule "injected") at the k-th call: the
/// begin of a transaction, a statement's run, or the end of a write before it commits. Run what is
/// under test for k = 1, 2, ... until fired() stays false, and see each time that nothing was
/// half-written.
///
/// As with a real failure, the transaction takes no further statement after it
/// (failed_precondition, rule "transaction_failed"). `inner` must outlive this object. Thread
/// safety: as that of `inner`.
class FaultyStorage final : public ForwardingStorage {
  public:
    using ForwardingStorage::ForwardingStorage;

    /// Arms the fault for the k-th call from now, counted from 1; 0 for none. `field` is a literal.
    void fail_at(std::int64_t call, std::string_view field = "storage") noexcept;
    [[nodiscard]] bool fired() const noexcept { return fired_; }
    /// Calls since fail_at.
    [[nodiscard]] std::int64_t calls() const noexcept { return calls_; }

    /// Counts a call and throws if it is the chosen one.
    void count_call();

  protected:
    void run_read(FunctionRef<void(storage::Connection&)> fn) override;
    void run_write(FunctionRef<void(storage::Connection&)> fn, storage::RunOn run_on) override;

  private:
    std::string_view field_ = "storage";
    std::atomic<std::int64_t> fail_at_{0};
    std::atomic<std::int64_t> calls_{0};
    std::atomic<bool> fired_{false};
};

}  // namespace eduplat::test
