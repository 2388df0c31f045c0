#include "profile_file.hpp"

#include <nlohmann/json.hpp>
#include <text_file/text_file.hpp>

#include <initializer_list>

namespace recommender_lab {
namespace {

using nlohmann::json;
using text_file::Lines;

constexpr std::int64_t items_max = 10'000'000;

std::string text_at(json const& object, std::initializer_list<char const*> keys,
                    Lines const& lines) {
    std::string out;
    for (auto const* key : keys) {
        auto const found = object.find(key);
        if (found == object.end() || found->is_null()) continue;
        if (!found->is_string()) lines.refuse(std::string{key} + " is no text", "type");
        if (!out.empty()) out += ' ';
        out += found->get_ref<std::string const&>();
    }
    return out;
}

/// All lists under these keys, one after another.
std::vector<std::string> list_at(json const& object, std::initializer_list<char const*> keys,
                                 Lines const& lines) {
    std::vector<std::string> out;
    for (auto const* key : keys) {
        auto const found = object.find(key);
        if (found == object.end() || found->is_null()) continue;
        if (!found->is_array()) lines.refuse(std::string{key} + " is no list", "type");
        for (auto const& word : *found) {
            if (!word.is_string()) lines.refuse(std::string{key} + " holds no texts", "type");
            out.push_back(word);
        }
    }
    return out;
}

std::size_t item_of(json const& object, Lines const& lines) {
    auto const* const key = object.contains("item") ? "item" : "mapped_id";
    auto const found = object.find(key);
    if (found == object.end() || !found->is_number_integer() || *found < 0 || *found >= items_max)
        lines.refuse("\"item\" is no id", "item");
    return found->get<std::size_t>();
}

/// Teachers by id where there are ids, for names are not unique.
std::vector<std::string> teachers_of(json const& object, Lines const& lines) {
    auto const by_id = object.contains("teacher_ids") || object.contains("school_ids");
    return by_id ? list_at(object, {"teacher_ids", "school_ids"}, lines)
                 : list_at(object, {"teachers"}, lines);
}

void add(json const& object, Lines const& lines, Profiles& out, std::vector<bool>& known) {
    auto const item = item_of(object, lines);
    if (item >= known.size()) {
        known.resize(item + 1);
        out.items.resize(item + 1);
        out.titles.resize(item + 1);
    }
    if (known[item]) lines.refuse("item " + std::to_string(item) + " was there before", "twice");
    known[item] = true;
    out.titles[item] = text_at(object, {"title", "name"}, lines);
    out.items[item] = {text_at(object, {"title", "name", "text", "about"}, lines),
                       list_at(object, {"tags", "fields"}, lines), teachers_of(object, lines),
                       list_at(object, {"concepts", "key_concepts"}, lines)};
}

}  // namespace

Profiles read_profiles(std::filesystem::path const& file) {
    Profiles out;
    std::vector<bool> known;
    Lines lines{file};
    while (lines.next()) {
        if (lines.text().empty()) continue;
        auto const object = json::parse(lines.text(), nullptr, false);
        if (!object.is_object()) lines.refuse("the line is no JSON object", "json");
        add(object, lines, out, known);
    }
    return out;
}

}  // namespace recommender_lab
