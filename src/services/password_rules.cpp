#include "services/password_rules.hpp"

#include "services/common_passwords.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <sodium.h>

namespace eduplat {
namespace {

/// A password in NFC, wiped when it goes; empty if it has none worth looking at, which is then
/// said.
class NormalForm {
  public:
    NormalForm(Validation& validation, std::string_view field, std::string_view password)
        : ok_(text::is_valid_utf8(password)) {
        if (!ok_) {
            validation.add(field, "utf8");
            return;
        }
        // No normal form is so much shorter, so no time is spent on one.
        ok_ = password.size() <= 8 * limits::password_bytes_max;
        if (ok_) text_ = text::nfc(password);
        ok_ = ok_ && text_.size() <= limits::password_bytes_max;
        if (!ok_) validation.add(field, "too_long", std::int64_t{limits::password_bytes_max});
    }
    NormalForm(NormalForm const&) = delete;
    NormalForm& operator=(NormalForm const&) = delete;
    ~NormalForm() { sodium_memzero(text_.data(), text_.size()); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

  private:
    std::string text_;
    bool ok_;
};

}  // namespace

void check_password(Validation& validation, std::string_view field, std::string_view password) {
    NormalForm const normal{validation, field, password};
    if (!normal.ok()) return;
    if (normal.text().size() < limits::password_bytes_min) {
        validation.add(field, "too_short", std::int64_t{limits::password_bytes_min});
    } else if (is_common_password(normal.text())) {
        validation.add(field, "common");
    }
}

void check_given_password(Validation& validation, std::string_view field,
                          std::string_view password) {
    NormalForm const checked{validation, field, password};
}

}  // namespace eduplat
