// Vectors of EDUPLAT_LANES floats, by the extensions of g++ and clang. No include guard: see
// body.hpp.

#define EDUPLAT_INLINE [[gnu::always_inline]] inline
#define EDUPLAT_UNROLL _Pragma("GCC unroll 32")

// NOLINTBEGIN(misc-definitions-in-headers): one source includes it, in a namespace of its own.
namespace {

constexpr std::size_t lanes = EDUPLAT_LANES;
constexpr std::size_t panel_vectors = EDUPLAT_PANEL_VECTORS;
constexpr std::size_t panel = lanes * panel_vectors;

using Vector = float __attribute__((vector_size(4 * EDUPLAT_LANES)));
using AnyVector = float __attribute__((vector_size(4 * EDUPLAT_LANES), aligned(4), may_alias));
using Quad = float __attribute__((vector_size(16)));
using AnyQuad = float __attribute__((vector_size(16), aligned(4), may_alias));

EDUPLAT_INLINE Vector load(float const* from) {
    return *reinterpret_cast<AnyVector const*>(from);
}
EDUPLAT_INLINE void store(float* to, Vector v) {
    *reinterpret_cast<AnyVector*>(to) = v;
}
EDUPLAT_INLINE Vector splat(float x) {
    return x - Vector{};
}

/// Sums neighbors: of a to the lower half of each four lanes, of b to the upper.
EDUPLAT_INLINE Vector add_neighbors(Vector a, Vector b) {
#if EDUPLAT_LANES == 4
    return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
#elif EDUPLAT_LANES == 8
    return __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
#else
    return __builtin_shufflevector(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28,
                                   30) +
           __builtin_shufflevector(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
#endif
}

#if EDUPLAT_LANES > 4
/// Sums neighboring quads: of a to the lower half, of b to the upper.
EDUPLAT_INLINE Vector add_quads(Vector a, Vector b) {
#if EDUPLAT_LANES == 8
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
#else
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
           __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30,
                                   31);
#endif
}
#endif

/// The sum of each of `lanes` vectors, in one.
EDUPLAT_INLINE Vector sums(Vector const* v) {
    Vector quads[lanes / 4];
    EDUPLAT_UNROLL
    for (std::size_t i = 0; i < lanes / 4; ++i) {
        quads[i] = add_neighbors(add_neighbors(v[4 * i], v[4 * i + 1]),
                                 add_neighbors(v[4 * i + 2], v[4 * i + 3]));
    }
#if EDUPLAT_LANES == 4
    return quads[0];
#elif EDUPLAT_LANES == 8
    return add_quads(quads[0], quads[1]);
#else
    return add_quads(add_quads(quads[0], quads[1]), add_quads(quads[2], quads[3]));
#endif
}

EDUPLAT_INLINE std::size_t round_up(std::size_t n, std::size_t to) {
    return (n + to - 1) / to * to;
}
EDUPLAT_INLINE std::size_t least(std::size_t a, std::size_t b) {
    return a < b ? a : b;
}

}  // namespace
// NOLINTEND(misc-definitions-in-headers)
