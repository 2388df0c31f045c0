#include "services/password_rules.hpp"

#include "services/common_passwords.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <sodium.h>

namespace eduplat {
namespace {

void check_normal_form(Validation& validation, std::string_view field, std::string_view password) {
    if (password.size() < limits::password_bytes_min) {
        validation.add(field, "too_short", std::int64_t{limits::password_bytes_min});
    } else if (password.size() > limits::password_bytes_max) {
        validation.add(field, "too_long", std::int64_t{limits::password_bytes_max});
    } else if (is_common_password(password)) {
        validation.add(field, "common");
    }
}

}  // namespace

void check_password(Validation& validation, std::string_view field, std::string_view password) {
    if (!text::is_valid_utf8(password)) return validation.add(field, "utf8");
    // No normal form is so much shorter, so do not spend time on one.
    if (password.size() > 8 * limits::password_bytes_max) {
        return validation.add(field, "too_long", std::int64_t{limits::password_bytes_max});
    }
    auto normal = text::nfc(password);
    check_normal_form(validation, field, normal);
    sodium_memzero(normal.data(), normal.size());
}

}  // namespace eduplat
