#pragma once

#include <eduplat/core/validation.hpp>
#include <eduplat/domain/session.hpp>
#include <eduplat/storage/storage.hpp>

#include <string_view>

namespace eduplat {

/// Issuer and subject are compared to the byte, so they are checked and never changed: "required",
/// "too_long", "utf8", "control_character", and "not_normal" where trimming or NFC would change
/// them.
void check_identity(Validation& validation, std::string_view issuer, std::string_view subject);

/// Errors: already_exists (field "subject", rule "taken").
void insert_identity(storage::Connection& connection, Identity const& identity);

}  // namespace eduplat
