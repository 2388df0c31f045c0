#include "settings_file.hpp"

#include <eduplat/core/error.hpp>

#include <text_file/text_file.hpp>

#include <array>
#include <charconv>
#include <fstream>

namespace recommender_lab {
namespace {

using eduplat::ErrorCode;

std::string_view trimmed(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::pair<std::string, double> parse_setting(std::string_view text, std::string_view argument) {
    auto const equals = text.find('=');
    auto const name = trimmed(text.substr(0, equals));
    if (equals == std::string_view::npos || name.empty())
        eduplat::fail(ErrorCode::invalid_argument, argument, "setting");
    auto const number = trimmed(text.substr(equals + 1));
    double value = 0;
    auto const* const end = number.data() + number.size();
    auto const [tail, error] = std::from_chars(number.data(), end, value);
    if (error != std::errc{} || tail != end)
        eduplat::fail(ErrorCode::invalid_argument, argument, "number");
    return {std::string{name}, value};
}

Settings read_settings(std::filesystem::path const& file) {
    Settings out;
    text_file::Lines lines{file};
    while (lines.next()) {
        auto const text = trimmed(lines.text().substr(0, lines.text().find('#')));
        if (text.empty()) continue;
        auto const [name, value] = parse_setting(text, lines.place());
        if (!out.emplace(name, value).second) lines.refuse(name + " was there before", "twice");
    }
    return out;
}

std::string in_digits(double number) {
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), end.ptr};
}

void write_settings(std::filesystem::path const& file, Settings const& settings,
                    std::string_view comment) {
    std::ofstream out{file, std::ios::binary};
    for (std::size_t begin = 0; begin < comment.size();) {
        auto const end = std::min(comment.find('\n', begin), comment.size());
        out << "# " << comment.substr(begin, end - begin) << '\n';
        begin = end + 1;
    }
    for (auto const& [name, value] : settings)
        out << name << " = " << in_digits(value) << '\n';
    if (!out.flush()) eduplat::fail(ErrorCode::failed_precondition, "file", "not_written");
}

}  // namespace recommender_lab
