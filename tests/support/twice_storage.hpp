#pragma once

#include <eduplat/storage/storage.hpp>

namespace eduplat::test {

/// Runs the function of every outermost write twice, the first time in a nested write that is
/// undone, as an engine does that reports serialization failures. A function with an effect of its
/// own shows it here. `inner` must outlive this object. Thread safety: as that of `inner`.
class TwiceStorage final : public storage::Storage {
  public:
    explicit TwiceStorage(storage::Storage& inner) noexcept : inner_(inner) {}

    [[nodiscard]] bool in_write() const noexcept override { return inner_.in_write(); }
    [[nodiscard]] int schema_version() const override { return inner_.schema_version(); }
    [[nodiscard]] storage::CheckReport check() override { return inner_.check(); }
    void backup_to(std::string_view destination) override { inner_.backup_to(destination); }
    [[nodiscard]] bool scrub() override { return inner_.scrub(); }
    [[nodiscard]] storage::Statistics statistics() const override { return inner_.statistics(); }

  protected:
    void run_read(FunctionRef<void(storage::Connection&)> fn) override;
    void run_write(FunctionRef<void(storage::Connection&)> fn, storage::RunOn run_on) override;

  private:
    storage::Storage& inner_;
};

}  // namespace eduplat::test
