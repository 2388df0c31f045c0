#pragma once

#include "lab.hpp"

#include <string>

namespace recommender_lab {

/// Tables for a person.
[[nodiscard]] std::string in_text(Data const& data, Options const& options, Outcome const& outcome);

/// The same as one JSON object.
[[nodiscard]] std::string in_json(Data const& data, Options const& options, Outcome const& outcome);

}  // namespace recommender_lab
