#include "fuzz.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/language_tag.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>

#include <array>
#include <optional>

using namespace eduplat;
using fuzz::require;

namespace {

/// What a reader makes of a text, or nothing where it refuses it.
template <class Reader>
auto read(std::string_view field, Reader const& reader) -> std::optional<decltype(reader())> {
    try {
        return reader();
    } catch (Error const& error) {
        require(error.code() == ErrorCode::invalid_argument, "refused with another code");
        require(error.violations().size() == 1, "refused without its reason");
        require(error.violations()[0].field == field, "refused with another field");
        return std::nullopt;
    }
}

void check_timestamp(std::string_view text) {
    auto const at = read("timestamp", [text] { return parse_timestamp(text); });
    if (at) require(parse_timestamp(to_string(*at)) == *at, "a timestamp changed on its way");
}

void check_uid(std::string_view text) {
    if (auto const uid = Uid::parse(text)) {
        require(Uid::parse(to_string(*uid)) == uid, "a uid changed on its way");
    }
}

void check_money(std::string_view text) {
    for (auto const currency : {Currency::named("JPY"), Currency::named("EUR"),
                                Currency::named("KWD"), Currency::named("CLF")}) {
        auto const amount = read("amount", [=] { return parse_money(text, currency); });
        if (!amount) continue;
        auto const written = to_string(*amount);
        auto const number = std::string_view{written}.substr(0, written.find(' '));
        require(parse_money(number, currency) == *amount, "an amount changed on its way");
    }
}

void check_names(std::string_view text) {
    static_cast<void>(read("currency", [text] { return Currency::from_code(text); }));
    auto const tag = read("language", [text] { return canonical_language_tag(text); });
    if (tag) require(canonical_language_tag(*tag) == *tag, "a language tag is not settled");
    auto const texts = LocalizedText{{"zh-Hant-TW", "a"}, {"de-x-low", "b"}, {"en", "c"}};
    require(!texts.best_for(text).empty(), "no best text");
}

}  // namespace

std::span<std::string_view const> fuzz::seeds() {
    static constexpr std::array<std::string_view, 10> texts{"2026-03-01T09:30:00.000000Z",
                                                            "9999-12-31T23:59:59.999999-00:01",
                                                            "0000-01-01T00:00:00+23:59",
                                                            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                                                            "49.00",
                                                            "-92233720368547758.08",
                                                            "9223372036854775807",
                                                            "EUR",
                                                            "zh-Hans-CN-u-co-pinyin-x-private",
                                                            "sl-rozaj-biske-1994"};
    return texts;
}

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::as_text(data, size);
    check_timestamp(input);
    check_uid(input);
    check_money(input);
    check_names(input);
    return 0;
}
