// Compiled with -mavx512f, dq, bw and vl, and called only where the processor has all of them.
#define EDUPLAT_LEVEL avx512
#define EDUPLAT_LANES 16
#define EDUPLAT_PANEL_VECTORS 1
#define EDUPLAT_TILE_ROWS 16

#include "recommender/kernels/body.hpp"
