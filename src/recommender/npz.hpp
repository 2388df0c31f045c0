#pragma once

#include "recommender/arrays.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

/// Arrays as a .npz: a zip archive of .npy files.
namespace eduplat::recommender {

/// Not compressed, and the same bytes for the same arrays.
[[nodiscard]] std::vector<std::byte> write_npz(Arrays const& arrays);

/// The .npy files by name without that ending, not yet parsed. Errors: data_loss (field "path",
/// rule "malformed").
[[nodiscard]] std::map<std::string, std::vector<unsigned char>> read_npz(
    std::span<std::byte const> bytes);

}  // namespace eduplat::recommender
