#pragma once

#include "recommender/arrays.hpp"

#include <span>
#include <string>

/// One array as numpy's .npy: a header in Python's words, then the values.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace eduplat::recommender {

/// What stands before the values, in version 1.0.
[[nodiscard]] std::string npy_header(Array const& array);

/// Reads versions 1.0 to 3.0. Errors: data_loss (field `name`, rules "malformed", "type" if it is
/// none that Array has, "shape" if it runs by columns).
[[nodiscard]] Array parse_npy(std::span<unsigned char const> bytes, std::string const& name);

}  // namespace eduplat::recommender
