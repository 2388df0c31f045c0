// The kernels of one level. A source of its own includes this once, after it has said
//
//   EDUPLAT_LEVEL          the namespace and the KernelLevel
//   EDUPLAT_LANES          floats in a vector
//   EDUPLAT_PANEL_VECTORS  vectors in a panel
//   EDUPLAT_TILE_ROWS      rows of a panel that are worked on at once, so that all stay in
//   registers
//
// Everything but table() has internal linkage. There is no include guard.

#include "recommender/kernels/kernels.hpp"

namespace eduplat::recommender::EDUPLAT_LEVEL {

#include "recommender/kernels/vectors.hpp"
//
#include "recommender/kernels/dense.hpp"
//
#include "recommender/kernels/rows.hpp"
//
#include "recommender/kernels/matrices.hpp"

Kernels const& table() noexcept {  // NOLINT(misc-definitions-in-headers): in one source
    static constexpr Kernels kernels{KernelLevel::EDUPLAT_LEVEL,
                                     padded,
                                     solve_scratch,
                                     row_scratch,
                                     solve,
                                     gram,
                                     gram_scratch,
                                     pack,
                                     rotate,
                                     rotate_scratch,
                                     scores};
    return kernels;
}

}  // namespace eduplat::recommender::EDUPLAT_LEVEL
