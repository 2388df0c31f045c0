#include "report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

namespace school_day {
namespace {

/// How many columns of a terminal a text takes.
std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        auto const begins_character = (byte & 0xC0U) != 0x80U;
        auto const is_wide = byte >= 0xE3U && byte < 0xF0U;  // from U+3000: Chinese, for our texts
        width += (begins_character ? 1U : 0U) + (is_wide ? 1U : 0U);
    }
    return width;
}

std::string_view trimmed_end(std::string_view text) {
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// The beginning of a text, as far as it goes on one line.
std::string cut(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::size_t bytes = 0;
    while (bytes < text.size() && width_of(std::string_view{text}.substr(0, bytes + 1)) <= 100)
        ++bytes;
    return bytes == text.size() ? text : text.substr(0, bytes) + "…";
}

}  // namespace

void heading(std::string_view text) {
    std::printf("\n%.*s\n%s\n", static_cast<int>(text.size()), text.data(),
                std::string(width_of(text), '-').c_str());
}

void line(std::string_view text) {
    std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> out(alignment_.size());
    for (auto const& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out[i] = std::max(out[i], width_of(row[i]));
    }
    return out;
}

void Table::print() const {
    auto const wide = widths();
    for (auto const& row : rows_) {
        std::string text;
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::string const space(wide[i] - width_of(row[i]), ' ');
            text += (alignment_[i] == 'r' ? space + row[i] : row[i] + space) + "  ";
        }
        line("  " + std::string{trimmed_end(text)});
    }
}

std::string counted(std::int64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (number < 0); at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

std::string in_seconds(double seconds) {
    auto const tenths = std::llround(seconds * 10);
    return counted(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

std::string with_decimals(double number, int decimals) {
    std::array<char, 64> text{};
    auto const size = std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
    return {text.data(), std::min(static_cast<std::size_t>(size), text.size() - 1)};
}

std::string in_percent(std::optional<double> share) {
    return share ? with_decimals(*share * 100, 1) + " %" : "-";
}

std::string small_curve(std::vector<double> const& numbers, double top) {
    static constexpr std::array<std::string_view, 9> blocks{" ", "▁", "▂", "▃", "▄",
                                                            "▅", "▆", "▇", "█"};
    constexpr auto highest = static_cast<double>(blocks.size() - 1);
    std::string out;
    for (auto const number : numbers) {
        auto const share = top > 0 ? std::clamp(number / top, 0.0, 1.0) : 0.0;
        out += blocks.at(static_cast<std::size_t>(std::lround(share * highest)));
    }
    return out;
}

std::string day_of(edu::Timestamp at) {
    return edu::to_string(at).substr(0, 10);
}

std::string time_of(edu::Timestamp at) {
    return edu::to_string(at).substr(11, 5);
}

std::string in_english(edu::LocalizedText const& text) {
    return std::string{text.best_for("en")};
}

std::string describe(edu::LectureAccess const& access) {
    auto text = (access.allowed ? "yes: " : "no: ") + std::string{edu::name(access.reason)};
    if (access.changes_at) text += ", until " + day_of(*access.changes_at);
    return text;
}

std::string describe(edu::LedgerAccount const& account) {
    return std::string{edu::name(account.kind)};
}

void print_balances(edu::Platform const& school) {
    auto const system = edu::Actor::system();
    auto const balances = all_of([&](edu::PageRequest const& request) {
        return school.payments().balances(system, request);
    });
    Table table{"llr", {"account", "whose", "balance"}};
    std::map<std::string, edu::Money> sums;
    for (auto const& [account, amount] : balances) {
        auto const whose = account.teacher
                               ? school.accounts().get_user(system, *account.teacher).display_name
                               : "the school";
        table.add({describe(account), whose, edu::to_string(amount)});
        auto const [sum, is_new] = sums.try_emplace(std::string{amount.currency().code()}, amount);
        if (!is_new) sum->second = sum->second + amount;
    }
    for (auto const& [currency, sum] : sums)
        table.add({"all accounts", currency, edu::to_string(sum)});
    table.print();
}

void print_reconciliation(edu::Platform const& school) {
    auto const found = school.payments().reconcile(edu::Actor::system());
    auto const count = [](auto const& list) {
        return counted(static_cast<std::int64_t>(list.size()));
    };
    line("  paid and not delivered: " + count(found.paid_not_delivered) +
         ", delivered and not paid: " + count(found.delivered_not_paid) + ", not settled: " +
         count(found.unsettled) + ", open refunds: " + count(found.open_refunds));
    line(std::string{"  payments, courses and books "} +
         (found.sound() ? "agree" : "DO NOT AGREE"));
}

void print_search(edu::Platform const& school, std::string_view query) {
    auto const page =
        school.courses().search(edu::Actor::guest(), query, {}, edu::PageRequest{.limit = 3});
    line("  \"" + std::string{query} + "\"" + (page.items.empty() ? ": nothing" : ""));
    for (auto const& hit : page.items) {
        line("    " + hit.slug + ": " + hit.title);
        if (!hit.excerpt.empty()) line("      " + cut(hit.excerpt));
    }
}

void remove_school(std::filesystem::path const& file) {
    for (auto const* const suffix : {"", "-wal", "-shm", "-lock", ".frame"})
        std::filesystem::remove(file.string() + suffix);
}

}  // namespace school_day
