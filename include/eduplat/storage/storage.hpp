#pragma once

#include <eduplat/core/function_ref.hpp>
#include <eduplat/storage/statement.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// The waist between eduplat and database engines: transactions, statements, and the care of one
/// school's data. Repositories write SQL that SQLite and PostgreSQL both speak; an engine
/// implements this page.
namespace eduplat::storage {

namespace detail {

/// Whether a temporary of this type can be bound: all of it is copied, or it views what it does not
/// own.
template <class Value>
inline constexpr bool outlives_the_call = std::is_arithmetic_v<Value>;
template <class Tag>
inline constexpr bool outlives_the_call<Id<Tag>> = true;
template <class Value>
inline constexpr bool outlives_the_call<std::optional<Value>> = outlives_the_call<Value>;
template <>
inline constexpr bool outlives_the_call<Timestamp> = true;
template <>
inline constexpr bool outlives_the_call<std::string_view> = true;
template <>
inline constexpr bool outlives_the_call<std::span<std::byte const>> = true;
template <>
inline constexpr bool outlives_the_call<std::nullptr_t> = true;
template <>
inline constexpr bool outlives_the_call<std::nullopt_t> = true;

}  // namespace detail

/// One transaction's way to the data. It is lent to the function given to Storage::read or
/// Storage::write and must not be kept. Thread safety: one thread at a time.
class Connection {
  public:
    /// A statement with its parameters 1, 2, ... bound. Texts and uids must be variables: they are
    /// read while the statement steps, after a temporary would be gone.
    template <class... Values>
    [[nodiscard]] Statement query(Sql sql, Values&&... values) {
        static_assert(((std::is_lvalue_reference_v<Values> ||
                        detail::outlives_the_call<std::remove_cvref_t<Values>>)&&...),
                      "keep this value in a variable: see query()");
        Statement statement{prepare(sql)};
        statement.bind_all(values...);
        return statement;
    }

    /// Runs a statement to its end. Returns the number of rows it changed.
    template <class... Values>
    std::int64_t execute(Sql sql, Values const&... values) {
        Statement statement{prepare(sql)};
        statement.bind_all(values...);
        while (statement.step()) {
        }
        return changes();
    }

  protected:
    ~Connection() = default;

  private:
    virtual PreparedStatement& prepare(Sql sql) = 0;
    [[nodiscard]] virtual std::int64_t changes() const = 0;
};

/// Whose thread runs the function of a write.
enum class RunOn : std::uint8_t {
    any_thread,   ///< a thread that commits for several callers may run it: for eduplat's own
                  ///< functions
    this_thread,  ///< the caller's: for a host's functions, with its locks and thread-locals
};

struct CheckReport {
    std::vector<std::string> problems;

    [[nodiscard]] bool ok() const noexcept { return problems.empty(); }
};

/// Counts since the storage was opened, for tests and monitoring.
struct Statistics {
    std::int64_t statements = 0;   ///< statements run by functions given to read and write
    std::int64_t reads = 0;        ///< read transactions
    std::int64_t writes = 0;       ///< functions whose writes became durable
    std::int64_t commits = 0;      ///< transactions that carried them: at most `writes`
    std::int64_t checkpoints = 0;  ///< completed, of any kind
};

/// A school's data under one engine.
///
/// A function given to write() runs at most once to success, but may run more than once: an engine
/// that detects conflicts runs it again. So it has no effect but through its connection and its
/// result: no hashing, no mail, no call of a host's. Inside it, further reads and writes of the
/// same storage join its transaction; a nested write is a savepoint. After a statement fails, the
/// innermost savepoint takes no further statement (failed_precondition, rule "transaction_failed").
///
/// Thread safety: all members may be called from any thread.
/// Errors: unavailable (busy past the time-out), outcome_unknown (a commit failed: the write may
/// or may not have happened), resource_exhausted (disk full), data_loss, already_exists (a unique
/// key, named as "table.column"), failed_precondition (read-only, closed, forked).
class Storage {
  public:
    virtual ~Storage() = default;

    /// Runs `fn(Connection&)` on one snapshot and returns its result.
    template <class Function>
    auto read(Function&& fn) {
        return returning(fn, [this](FunctionRef<void(Connection&)> body) { run_read(body); });
    }

    /// Runs `fn(Connection&)` as one transaction, durable when this returns; undone if `fn` throws.
    template <class Function>
    auto write(Function&& fn, RunOn run_on = RunOn::any_thread) {
        return returning(
            fn, [this, run_on](FunctionRef<void(Connection&)> body) { run_write(body, run_on); });
    }

    /// Whether the calling thread is inside a function given to write() of this storage.
    [[nodiscard]] virtual bool in_write() const noexcept = 0;

    /// Version of the schema of the open school.
    [[nodiscard]] virtual int schema_version() const = 0;

    /// Reads the whole of the data and reports what is broken. Takes time in proportion to its
    /// size.
    [[nodiscard]] virtual CheckReport check() = 0;

    /// Writes a checked copy of one moment's state to `destination`, while reads and writes go on.
    /// The copy appears there whole or not at all. Errors: already_exists (field "destination").
    virtual void backup_to(std::string_view destination) = 0;

    /// Removes what deleted rows left in the engine's own side files. False if readers still need
    /// it: try again later.
    [[nodiscard]] virtual bool scrub() = 0;

    [[nodiscard]] virtual Statistics statistics() const = 0;

  protected:
    virtual void run_read(FunctionRef<void(Connection&)> fn) = 0;
    virtual void run_write(FunctionRef<void(Connection&)> fn, RunOn run_on) = 0;

  private:
    template <class Function, class Run>
    static auto returning(Function& fn, Run run) {
        using Result = std::invoke_result_t<Function&, Connection&>;
        if constexpr (std::is_void_v<Result>) {
            run(fn);
        } else {
            std::optional<Result> result;
            run([&](Connection& connection) { result.emplace(fn(connection)); });
            return std::move(*result);
        }
    }
};

}  // namespace eduplat::storage
