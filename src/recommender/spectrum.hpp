#pragma once

#include "recommender/als_factors.hpp"

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace eduplat::recommender {

/// A sparse matrix whose rows and columns are scaled: N(u, i) = users[u] * weight(u, i) * items[i].
struct ScaledPairs {
    Interactions pairs;
    std::vector<float> users;
    std::vector<float> items;
};

/// The greatest singular values of a matrix, descending, and their right singular vectors: one
/// column each, rows are items.
struct Spectrum {
    Factors vectors;
    std::vector<float> values;
};

struct SpectrumOptions {
    std::size_t size;
    int iterations;
    std::uint64_t seed;
};

/// By a randomized subspace iteration; of no more values than there are items. Errors: canceled.
[[nodiscard]] Spectrum spectrum_of(ScaledPairs const& matrix, SpectrumOptions const& options,
                                   FitControl const& control);

}  // namespace eduplat::recommender
