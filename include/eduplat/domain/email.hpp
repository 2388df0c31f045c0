#pragma once

#include <eduplat/core/validation.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace eduplat {

struct Email {
    std::string text;  ///< NFC, without white space around it: for showing and sending
    std::string key;   ///< folded: two addresses are the same account if their keys are equal

    friend bool operator==(Email const&, Email const&) = default;
};

/// Checks the form of an address: one "@", a local part of dot-separated words and a domain of
/// labels, as RFC 5322 (dot-atom) and RFC 6531 (non-ASCII) write them, no quoted forms, no
/// invisible characters, and in the domain no mere variants of other characters (full-width
/// letters, the ideographic full stop). Whether it exists is for a message to find out.
///
/// Broken rules go to `validation`: "required", "utf8", "control_character", "too_long",
/// "local_part_too_long", "malformed". Nothing is returned then.
[[nodiscard]] std::optional<Email> normalize_email(Validation& validation, std::string_view field,
                                                   std::string_view value);

}  // namespace eduplat
