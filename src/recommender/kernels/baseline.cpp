// What every processor of the build's target has. On x86-64 that is SSE2.
#define EDUPLAT_LEVEL baseline
#define EDUPLAT_LANES 4
#define EDUPLAT_PANEL_VECTORS 2
#define EDUPLAT_TILE_ROWS 4

#include "recommender/kernels/body.hpp"
