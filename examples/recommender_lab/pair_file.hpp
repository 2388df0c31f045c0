#pragma once

#include <eduplat/recommender/evaluation.hpp>

#include <filesystem>
#include <vector>

/// A program that measures recommenders on files of pairs, and shows what they recommend.
namespace recommender_lab {

namespace rec = eduplat::recommender;

/// Lines `user item item ...` with spaces between, ids counted from 0. Where the first line has
/// tabs, it is a file of ratings instead (as those of MovieLens and of Neural Collaborative
/// Filtering): each line is `user item rating` or, in all lines, `user item rating time`, with a
/// tab between; each is a pair, whatever its rating. The file may be compressed with gzip. Errors:
/// invalid_argument (field "train.txt.gz:17": "number", or "fields" for a line of ratings with too
/// few or too many); as text_file::Lines.
[[nodiscard]] rec::Interactions read_pairs(std::filesystem::path const& file);

/// Lines `(user,item)`, then items the user does not have, each after a tab.
/// Errors: rules "pair", "number"; as text_file::Lines.
[[nodiscard]] std::vector<rec::Candidates> read_candidates(std::filesystem::path const& file);

/// The same in a larger shape.
[[nodiscard]] rec::Interactions grown(rec::Interactions const& interactions, rec::Shape shape);

/// What holds both.
[[nodiscard]] rec::Shape around(rec::Shape a, rec::Shape b) noexcept;
[[nodiscard]] rec::Shape around(std::vector<rec::Candidates> const& candidates) noexcept;

}  // namespace recommender_lab
