#include "core/ascii.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/time.hpp>

#include <fmt/format.h>

#include <cstdint>

namespace eduplat {
namespace {

using namespace std::chrono;

constexpr Timestamp first = sys_days{year{0} / 1 / 1};
constexpr Timestamp past_last = sys_days{year{10000} / 1 / 1};

[[noreturn]] void malformed() {
    fail(ErrorCode::invalid_argument, "timestamp", "malformed");
}
[[noreturn]] void out_of_range() {
    fail(ErrorCode::invalid_argument, "timestamp", "out_of_range");
}

/// Takes the text apart from its front; throws "malformed" where it does not fit.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const noexcept { return rest_.empty(); }
    [[nodiscard]] char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

    char any() {
        if (rest_.empty()) malformed();
        auto const c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    void expect(char wanted) {
        if (any() != wanted) malformed();
    }

    int digits(int count) {
        int value = 0;
        for (int i = 0; i < count; ++i)
            value = value * 10 + digit();
        return value;
    }

    int digit() {
        auto const c = any();
        if (!ascii::is_digit(c)) malformed();
        return c - '0';
    }

  private:
    std::string_view rest_;
};

sys_days read_date(Reader& in) {
    auto const y = in.digits(4);
    in.expect('-');
    auto const m = in.digits(2);
    in.expect('-');
    auto const d = in.digits(2);
    auto const date = year{y} / m / d;
    if (!date.ok()) out_of_range();
    return date;
}

/// A leap second (":60") has no place in UTC counted in days of 86,400 seconds, so it is refused.
seconds read_time_of_day(Reader& in) {
    auto const h = in.digits(2);
    in.expect(':');
    auto const m = in.digits(2);
    in.expect(':');
    auto const s = in.digits(2);
    if (h > 23 || m > 59 || s > 59) out_of_range();
    return hours{h} + minutes{m} + seconds{s};
}

microseconds read_fraction(Reader& in) {
    if (in.peek() != '.') return microseconds{0};
    in.expect('.');
    std::int64_t value = in.digit();
    std::int64_t unit = 100'000;
    for (; ascii::is_digit(in.peek()); unit /= 10) {
        if (unit == 1) malformed();
        value = value * 10 + in.digit();
    }
    return microseconds{value * unit};
}

minutes read_offset(Reader& in) {
    auto const sign = in.any();
    if (sign == 'Z' || sign == 'z') return minutes{0};
    if (sign != '+' && sign != '-') malformed();
    auto const h = in.digits(2);
    in.expect(':');
    auto const m = in.digits(2);
    if (h > 23 || m > 59) out_of_range();
    auto const offset = hours{h} + minutes{m};
    return sign == '-' ? -offset : offset;
}

}  // namespace

std::string to_string(Timestamp at) {
    if (at < first || at >= past_last) out_of_range();
    auto const day = floor<days>(at);
    auto const date = year_month_day{day};
    auto const time = hh_mm_ss{at - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

Timestamp parse_timestamp(std::string_view text) {
    auto in = Reader{text};
    auto const day = read_date(in);
    if (auto const separator = in.any(); separator != 'T' && separator != 't') malformed();
    auto const time = read_time_of_day(in);
    auto const fraction = read_fraction(in);
    auto const offset = read_offset(in);
    if (!in.done()) malformed();
    auto const at = Timestamp{day} + time + fraction - offset;
    if (at < first || at >= past_last) out_of_range();
    return at;
}

}  // namespace eduplat
