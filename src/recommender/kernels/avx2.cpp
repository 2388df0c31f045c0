// Compiled with -mavx2 -mfma, and called only where the processor has both.
#define EDUPLAT_LEVEL avx2
#define EDUPLAT_LANES 8
#define EDUPLAT_PANEL_VECTORS 2
#define EDUPLAT_TILE_ROWS 6

#include "recommender/kernels/body.hpp"
