#include "support/faulty_storage.hpp"

#include <eduplat/core/error.hpp>

#include <memory>
#include <vector>

namespace eduplat::test {
namespace {

using storage::Connection;
using storage::PreparedStatement;
using storage::Sql;
using storage::Statement;

class FaultyConnection;

/// Passes everything on to a statement of the inner engine, but counts each run.
class FaultyStatement final : public PreparedStatement {
  public:
    FaultyStatement(FaultyConnection& connection, Statement statement)
        : connection_(connection), statement_(std::move(statement)) {}

    void bind_null(int parameter) override { statement_.bind(parameter, nullptr); }
    void bind_int64(int parameter, std::int64_t value) override {
        statement_.bind(parameter, value);
    }
    void bind_double(int parameter, double value) override { statement_.bind(parameter, value); }
    void bind_text(int parameter, std::string_view value) override {
        statement_.bind(parameter, value);
    }
    void bind_blob(int parameter, std::span<std::byte const> value) override {
        statement_.bind(parameter, value);
    }
    bool step() override;
    void reset() noexcept override {
        running_ = false;
        done_ = false;
        statement_.reset();
    }
    [[nodiscard]] bool is_null(int column) const override { return statement_.is_null(column); }
    [[nodiscard]] std::int64_t int64(int column) const override { return statement_.int64(column); }
    [[nodiscard]] double real(int column) const override { return statement_.real(column); }
    [[nodiscard]] std::string_view text(int column) const override {
        return statement_.text(column);
    }
    [[nodiscard]] std::span<std::byte const> blob(int column) const override {
        return statement_.blob(column);
    }
    void release() noexcept override;

  private:
    FaultyConnection& connection_;
    Statement statement_;
    bool running_ = false;
    bool done_ = false;
};

/// The connection of one function given to read or write.
class FaultyConnection final : public Connection {
  public:
    FaultyConnection(FaultyStorage& storage, Connection& inner) noexcept
        : storage_(storage), inner_(inner) {}

    void count_run() {
        refuse_if_dead();
        try {
            storage_.count_call();
        } catch (...) {
            dead_ = true;
            throw;
        }
    }

    void forget(FaultyStatement const* statement) noexcept {
        std::erase_if(lent_, [&](auto const& lent) { return lent.get() == statement; });
    }

  private:
    PreparedStatement& prepare(Sql sql) override {
        refuse_if_dead();
        lent_.push_back(std::make_unique<FaultyStatement>(*this, inner_.query(sql)));
        return *lent_.back();
    }

    // The port keeps the engine's own count to itself.
    [[nodiscard]] std::int64_t changes() const override {
        auto statement = inner_.query("SELECT changes()");
        statement.step();
        return statement.int64(0);
    }

    void refuse_if_dead() const {
        if (dead_) fail(ErrorCode::failed_precondition, "storage", "transaction_failed");
    }

    FaultyStorage& storage_;
    Connection& inner_;
    std::vector<std::unique_ptr<FaultyStatement>> lent_;
    bool dead_ = false;
};

bool FaultyStatement::step() {
    if (done_) return false;
    if (!running_) connection_.count_run();
    running_ = statement_.step();
    done_ = !running_;
    return running_;
}

void FaultyStatement::release() noexcept {
    connection_.forget(this);
}

}  // namespace

void FaultyStorage::fail_at(std::int64_t call, std::string_view field) noexcept {
    field_ = field;
    fail_at_ = call;
    calls_ = 0;
    fired_ = false;
}

void FaultyStorage::count_call() {
    if (++calls_ != fail_at_) return;
    fired_ = true;
    fail(ErrorCode::unavailable, field_, "injected");
}

void FaultyStorage::run_read(FunctionRef<void(storage::Connection&)> fn) {
    count_call();
    inner_.read([&](storage::Connection& connection) {
        FaultyConnection faulty{*this, connection};
        fn(faulty);
    });
}

void FaultyStorage::run_write(FunctionRef<void(storage::Connection&)> fn, storage::RunOn run_on) {
    count_call();
    auto const body = [&](storage::Connection& connection) {
        FaultyConnection faulty{*this, connection};
        fn(faulty);
        count_call();
    };
    inner_.write(body, run_on);
}

}  // namespace eduplat::test
