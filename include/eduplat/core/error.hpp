#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

/// Why a call could not do its work, by what the caller should do next. The list is closed.
enum class ErrorCode : std::uint8_t {
    invalid_argument,     ///< malformed, out of range, mixed currency: do not retry
    unauthenticated,      ///< nobody, or a session that has ended
    permission_denied,    ///< known, but without the right
    not_found,            ///< unknown, or hidden from this actor
    already_exists,       ///< a unique key is taken
    failed_precondition,  ///< the object or the file is in the wrong state: retry after mending it
    conflict,             ///< lost an optimistic-version race: read again, retry the whole call
    resource_exhausted,   ///< a limit, quota or lock-out, or a full disk: retry later
    unavailable,          ///< busy past the time-out: retry
    outcome_unknown,      ///< may have happened (failed commit, time-out): retry with the same key
    canceled,             ///< the caller's own cancel
    data_loss,            ///< a broken or foreign file
    internal,             ///< a bug in eduplat
};

/// What adapters make of a code. One table serves the server, the Python module and the docs.
struct ErrorTraits {
    ErrorCode code;
    std::string_view name;              ///< as spelled above
    int http_status;                    ///< of a response to a request that failed this way
    std::string_view python_exception;  ///< the built-in type raised, or "Error"
    bool retryable;  ///< whether to try again: for conflict, with what is read anew
};

/// Every code, in the order of the enumeration.
[[nodiscard]] std::span<ErrorTraits const> error_table() noexcept;
[[nodiscard]] ErrorTraits const& traits(ErrorCode code) noexcept;
[[nodiscard]] std::string_view name(ErrorCode code) noexcept;

/// One broken rule of one input field. `field` is a path in the caller's own argument
/// ("display_name", "items[2].duration"); `rule` is a stable word a host can translate.
struct Violation {
    std::string field;
    std::string rule;
    std::optional<std::int64_t> limit;  ///< the bound of the rule, where it has one

    friend bool operator==(Violation const&, Violation const&) = default;
};

/// The one exception eduplat throws.
///
/// Copies are cheap and do not throw: the contents are shared and immutable. `what()` reads
/// "CODE: message (field: rule limit; ...)".
/// Thread safety: immutable.
class Error : public std::exception {
  public:
    Error(ErrorCode code, std::string_view message, std::vector<Violation> violations = {});

    // Moving copies, so that an error that was moved from still has its contents.
    Error(Error const&) noexcept = default;
    Error& operator=(Error const&) noexcept = default;
    ~Error() override = default;

    [[nodiscard]] ErrorCode code() const noexcept;
    [[nodiscard]] std::string_view message() const noexcept;
    /// All broken rules, so that a form can show them at once. Empty where no field is at fault.
    [[nodiscard]] std::span<Violation const> violations() const noexcept;
    [[nodiscard]] bool retryable() const noexcept;
    [[nodiscard]] char const* what() const noexcept override;

  private:
    struct Contents;
    std::shared_ptr<Contents const> contents_;
};

/// Throws an `Error` about one field: `fail(ErrorCode::invalid_argument, "email", "malformed")`.
[[noreturn]] void fail(ErrorCode code, std::string_view field, std::string_view rule,
                       std::optional<std::int64_t> limit = std::nullopt);

}  // namespace eduplat
