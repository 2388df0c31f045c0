#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

enum class CertificateState : std::uint8_t {
    issued,
    expired,  ///< by time: it is not stored
    revoked,
};

[[nodiscard]] std::string_view name(CertificateState state) noexcept;

/// That a learner completed a course: one for each learner, course and cycle.
struct Certificate {
    CertificateId id;
    Uid uid;
    std::string code;  ///< by which anybody can check it: as certificate_code() makes it
    EnrollmentId enrollment;
    UserId user;
    CourseId course;
    int cycle;  ///< 1; later ones where a course has to be repeated
    Timestamp issued_at;
    std::optional<Timestamp> expires_at = std::nullopt;
    std::optional<Timestamp> revoked_at = std::nullopt;

    [[nodiscard]] CertificateState state(Timestamp at) const noexcept;

    friend bool operator==(Certificate const&, Certificate const&) = default;
};

/// 128 random bits in 26 letters and digits of base 32 (RFC 4648, section 6, without padding).
[[nodiscard]] std::string certificate_code(std::span<std::byte const, 16> entropy);

/// A code as somebody types it: in either case, with hyphens and spaces. Nothing for what no code
/// can be.
[[nodiscard]] std::optional<std::string> parse_certificate_code(std::string_view text);

}  // namespace eduplat
