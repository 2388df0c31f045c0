#pragma once

#include <eduplat/core/time.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>

/// Numbers and times as text, at speed. Each function writes at `out` and returns the end.
namespace eduplat::exporting {

inline constexpr std::size_t number_bytes_max = 32;  ///< of each of them

inline char* put(char* out, std::int64_t value) noexcept {
    return std::to_chars(out, out + number_bytes_max, value).ptr;
}

/// The shortest text that reads back to the same value.
inline char* put(char* out, double value) noexcept {
    return std::to_chars(out, out + number_bytes_max, value).ptr;
}

inline char* put_two_digits(char* out, std::int64_t value) noexcept {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
    return out + 2;
}

/// Times in RFC 3339. Remembers the day: in a sorted log it is mostly the one of the row before.
class TimeText final {
  public:
    /// With six decimals, or rounded down to whole seconds. Years 0 to 9999.
    char* put(char* out, Timestamp at, bool whole_seconds) {
        auto const second = std::chrono::floor<std::chrono::seconds>(at);
        out = put_seconds(out, second.time_since_epoch().count());
        if (!whole_seconds) {
            *out++ = '.';
            auto rest = (at - second).count();
            for (int i = 5; i >= 0; --i, rest /= 10)
                out[i] = static_cast<char>('0' + rest % 10);
            out += 6;
        }
        *out++ = 'Z';
        return out;
    }

    /// "2026-03-01T09:30:00", without the zone.
    char* put_seconds(char* out, std::int64_t since_1970_s) {
        auto day = since_1970_s / day_s;
        auto second = since_1970_s % day_s;
        if (second < 0) {
            second += day_s;
            --day;
        }
        if (day != day_) remember(day);
        std::memcpy(out, date_.data(), date_.size());
        out = put_two_digits(out + date_.size(), second / 3600);
        *out++ = ':';
        out = put_two_digits(out, second / 60 % 60);
        *out++ = ':';
        return put_two_digits(out, second % 60);
    }

  private:
    static constexpr std::int64_t day_s = 86'400;

    void remember(std::int64_t day) {
        auto const date =
            std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day}}};
        auto const year = static_cast<int>(date.year());
        auto* out = put_two_digits(date_.data(), year / 100);
        out = put_two_digits(out, year % 100);
        *out++ = '-';
        out = put_two_digits(out, static_cast<unsigned>(date.month()));
        *out++ = '-';
        out = put_two_digits(out, static_cast<unsigned>(date.day()));
        *out = 'T';
        day_ = day;
    }

    std::int64_t day_ = std::numeric_limits<std::int64_t>::min();
    std::array<char, 11> date_{};
};

}  // namespace eduplat::exporting
