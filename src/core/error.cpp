#include <eduplat/core/error.hpp>

#include <fmt/format.h>

#include <cstddef>

namespace eduplat {
namespace {

using enum ErrorCode;

constexpr std::array table{
    ErrorTraits{invalid_argument, "invalid_argument", 400, "ValueError", false},
    ErrorTraits{unauthenticated, "unauthenticated", 401, "PermissionError", false},
    ErrorTraits{permission_denied, "permission_denied", 403, "PermissionError", false},
    ErrorTraits{not_found, "not_found", 404, "LookupError", false},
    ErrorTraits{already_exists, "already_exists", 409, "Error", false},
    ErrorTraits{failed_precondition, "failed_precondition", 409, "Error", false},
    ErrorTraits{conflict, "conflict", 409, "Error", true},
    ErrorTraits{resource_exhausted, "resource_exhausted", 429, "Error", true},
    ErrorTraits{unavailable, "unavailable", 503, "Error", true},
    ErrorTraits{outcome_unknown, "outcome_unknown", 503, "Error", true},
    ErrorTraits{canceled, "canceled", 499, "Error", false},
    ErrorTraits{data_loss, "data_loss", 500, "Error", false},
    ErrorTraits{internal, "internal", 500, "Error", false},
};

constexpr bool table_is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].code) != i) return false;
    }
    return true;
}
static_assert(table_is_in_order());

std::string describe(ErrorCode code, std::string_view message,
                     std::span<Violation const> violations) {
    auto text = fmt::format("{}: {}", name(code), message);
    for (char const* separator = " ("; auto const& v : violations) {
        text += fmt::format("{}{}: {}", separator, v.field, v.rule);
        if (v.limit) text += fmt::format(" {}", *v.limit);
        separator = "; ";
    }
    if (!violations.empty()) text += ')';
    return text;
}

}  // namespace

std::span<ErrorTraits const> error_table() noexcept {
    return table;
}

ErrorTraits const& traits(ErrorCode code) noexcept {
    return table[static_cast<std::size_t>(code)];
}

std::string_view name(ErrorCode code) noexcept {
    return traits(code).name;
}

struct Error::Contents {
    ErrorCode code;
    std::string message;
    std::vector<Violation> violations;
    std::string what;
};

Error::Error(ErrorCode code, std::string_view message, std::vector<Violation> violations) {
    auto what = describe(code, message, violations);
    contents_ = std::make_shared<Contents const>(
        Contents{code, std::string{message}, std::move(violations), std::move(what)});
}

ErrorCode Error::code() const noexcept {
    return contents_->code;
}
std::string_view Error::message() const noexcept {
    return contents_->message;
}
std::span<Violation const> Error::violations() const noexcept {
    return contents_->violations;
}
bool Error::retryable() const noexcept {
    return traits(contents_->code).retryable;
}
char const* Error::what() const noexcept {
    return contents_->what.c_str();
}

void fail(ErrorCode code, std::string_view field, std::string_view rule,
          std::optional<std::int64_t> limit) {
    auto message = fmt::format("{} {}", field, rule);
    throw Error(code, message, {Violation{std::string{field}, std::string{rule}, limit}});
}

}  // namespace eduplat
