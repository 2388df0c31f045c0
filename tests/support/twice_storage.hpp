#pragma once

#include "support/forwarding_storage.hpp"

namespace eduplat::test {

/// Runs the function of every outermost write twice, the first time in a nested write that is
/// undone, as an engine does that reports serialization failures. A function with an effect of its
/// own shows it here. `inner` must outlive this object. Thread safety: as that of `inner`.
class TwiceStorage final : public ForwardingStorage {
  public:
    using ForwardingStorage::ForwardingStorage;

  protected:
    void run_write(FunctionRef<void(storage::Connection&)> fn, storage::RunOn run_on) override;
};

}  // namespace eduplat::test
