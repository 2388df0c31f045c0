#pragma once

#include <eduplat/recommender/content.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace recommender_lab {

/// What is known of items, by their ids.
struct Profiles {
    std::vector<eduplat::recommender::ItemProfile> items;
    std::vector<std::string> titles;  ///< empty where none is known
};

/// A JSON object a line, plain or compressed with gzip. "item" is the id; the others may lack:
/// "title", "text", and the lists "tags", "teachers" and "concepts". The names of MOOCCubeX are
/// known as well: "mapped_id", "name", "about", "fields", "teacher_ids", "school_ids",
/// "key_concepts". Ids without a line have empty profiles.
/// Errors: invalid_argument (field "courses.jsonl:3", rules "json", "item" for an id that lacks or
/// is none, "twice" for one that was there, "type" for a text that is no text, a list that is
/// none); as text_file::Lines.
[[nodiscard]] Profiles read_profiles(std::filesystem::path const& file);

}  // namespace recommender_lab
