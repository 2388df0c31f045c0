#pragma once

#include <eduplat/recommender/settings.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace recommender_lab {

using eduplat::recommender::Settings;

/// Lines `key = value`; what follows a # is a comment.
/// Errors: invalid_argument (field "ml1m-als.txt:3", rules "setting" for a line that is none,
/// "number", "twice"); as text_file::Lines.
[[nodiscard]] Settings read_settings(std::filesystem::path const& file);

/// A file that read_settings() reads; `comment` may have several lines.
/// Errors: failed_precondition (field "file", rule "not_written").
void write_settings(std::filesystem::path const& file, Settings const& settings,
                    std::string_view comment);

/// The least digits that give the number again: "0.003".
[[nodiscard]] std::string in_digits(double number);

/// "key=value". Errors: invalid_argument (field `argument`, rules "setting", "number").
[[nodiscard]] std::pair<std::string, double> parse_setting(std::string_view text,
                                                           std::string_view argument);

}  // namespace recommender_lab
