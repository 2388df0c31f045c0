#include <eduplat/domain/certificate.hpp>

#include <support/catch.hpp>

#include <array>

using namespace eduplat;
using namespace std::chrono_literals;

namespace {

std::array<std::byte, 16> filled(int value) {
    std::array<std::byte, 16> bytes{};
    bytes.fill(static_cast<std::byte>(value));
    return bytes;
}

}  // namespace

TEST_CASE("codes of certificates are base 32 of their bits", "[certificate]") {
    CHECK(certificate_code(filled(0)) == "AAAAAAAAAAAAAAAAAAAAAAAAAA");
    CHECK(certificate_code(filled(255)) == "77777777777777777777777774");
    // RFC 4648, section 10: "foobar" is MZXW6YTBOI.
    std::array<std::byte, 16> foobar{};
    constexpr std::string_view text = "foobar";
    for (std::size_t i = 0; i < text.size(); ++i)
        foobar[i] = static_cast<std::byte>(text[i]);
    CHECK(certificate_code(foobar).starts_with("MZXW6YTBO"));
}

TEST_CASE("codes are read as people type them", "[certificate]") {
    auto const code = certificate_code(filled(0x5A));
    REQUIRE(code.size() == 26);
    CHECK(parse_certificate_code(code) == code);
    std::string typed;
    for (char const letter : code) {
        typed += static_cast<char>(std::tolower(letter));
        typed += typed.size() % 2 == 0 ? '-' : ' ';
    }
    CHECK(parse_certificate_code(typed) == code);
}

TEST_CASE("what no code can be is not looked for", "[certificate]") {
    auto const code = certificate_code(filled(0));
    CHECK_FALSE(parse_certificate_code(""));
    CHECK_FALSE(parse_certificate_code(code.substr(1)));
    CHECK_FALSE(parse_certificate_code(code + "A"));
    CHECK_FALSE(parse_certificate_code("1" + code.substr(1)));  // base 32 has no 1
    CHECK_FALSE(parse_certificate_code(code.substr(1) + "B"));  // bits beyond the 128
    CHECK_FALSE(parse_certificate_code(std::string(26, '\xC3')));
}

TEST_CASE("a certificate is issued until it expires or is revoked", "[certificate]") {
    Timestamp const t0{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
    Certificate certificate{.id = CertificateId{1},
                            .uid = Uid{filled(1)},
                            .code = certificate_code(filled(1)),
                            .enrollment = EnrollmentId{1},
                            .user = UserId{1},
                            .course = CourseId{1},
                            .cycle = 1,
                            .issued_at = t0};
    CHECK(certificate.state(t0 + 24h * 10000) == CertificateState::issued);
    certificate.expires_at = t0 + 1h;
    CHECK(certificate.state(t0 + 1h - 1us) == CertificateState::issued);
    CHECK(certificate.state(t0 + 1h) == CertificateState::expired);
    certificate.revoked_at = t0;
    CHECK(certificate.state(t0) == CertificateState::revoked);
    CHECK(name(CertificateState::issued) == "issued");
    CHECK(name(CertificateState::expired) == "expired");
    CHECK(name(CertificateState::revoked) == "revoked");
    CHECK(name(static_cast<CertificateState>(9)).empty());
}
