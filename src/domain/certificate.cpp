#include <eduplat/domain/certificate.hpp>

#include <array>

namespace eduplat {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";  // RFC 4648, section 6
constexpr unsigned letter_bits = 5;
constexpr std::size_t code_letters = 26;  // 128 bits, and two that are 0
constexpr std::array<std::string_view, 3> names{"issued", "expired", "revoked"};

char upper(char letter) noexcept {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

std::string_view name(CertificateState state) noexcept {
    auto const place = static_cast<std::size_t>(state);
    return place < names.size() ? names[place] : std::string_view{};
}

CertificateState Certificate::state(Timestamp at) const noexcept {
    if (revoked_at) return CertificateState::revoked;
    return expires_at && *expires_at <= at ? CertificateState::expired : CertificateState::issued;
}

std::string certificate_code(std::span<std::byte const, 16> entropy) {
    std::string code;
    unsigned bits = 0;
    unsigned held = 0;
    for (auto const byte : entropy) {
        bits = bits << 8U | std::to_integer<unsigned>(byte);
        held += 8;
        for (; held >= letter_bits; held -= letter_bits) {
            code += alphabet[bits >> (held - letter_bits) & 31U];
        }
    }
    code += alphabet[bits << (letter_bits - held) & 31U];
    return code;
}

std::optional<std::string> parse_certificate_code(std::string_view text) {
    std::string code;
    for (char const typed : text) {
        if (typed == '-' || typed == ' ') continue;
        auto const letter = upper(typed);
        if (code.size() == code_letters || alphabet.find(letter) == std::string_view::npos)
            return std::nullopt;
        code += letter;
    }
    // The last letter holds three bits of the code.
    if (code.size() != code_letters || (alphabet.find(code.back()) & 3U) != 0) return std::nullopt;
    return code;
}

}  // namespace eduplat
