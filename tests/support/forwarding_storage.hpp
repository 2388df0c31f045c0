#pragma once

#include <eduplat/storage/storage.hpp>

namespace eduplat::test {

/// Passes everything on to `inner`, which must outlive it: the base of storages that change how
/// reads and writes run. Thread safety: as that of `inner`.
class ForwardingStorage : public storage::Storage {
  public:
    explicit ForwardingStorage(storage::Storage& inner) noexcept : inner_(inner) {}

    [[nodiscard]] bool in_write() const noexcept override { return inner_.in_write(); }
    [[nodiscard]] int schema_version() const override { return inner_.schema_version(); }
    [[nodiscard]] storage::CheckReport check() override { return inner_.check(); }
    void backup_to(std::string_view destination) override { inner_.backup_to(destination); }
    [[nodiscard]] bool scrub() override { return inner_.scrub(); }
    [[nodiscard]] storage::Statistics statistics() const override { return inner_.statistics(); }

  protected:
    void run_read(FunctionRef<void(storage::Connection&)> fn) override { inner_.read(fn); }
    void run_write(FunctionRef<void(storage::Connection&)> fn, storage::RunOn run_on) override {
        inner_.write(fn, run_on);
    }

    storage::Storage& inner_;  // NOLINT(*-non-private-member-variables-in-classes)
};

}  // namespace eduplat::test
