// Products of panels and the Cholesky solver. A matrix of panels keeps `panel` columns together:
// row k of panel p begins at (p * rows + k) * panel. No include guard: see body.hpp.

// NOLINTBEGIN(misc-definitions-in-headers): one source includes it, in a namespace of its own.
namespace {

enum class Into : unsigned char { overwrite, add, subtract };

/// c (R x panel) = or += or -= a^T b, where b is k x panel and a(i, r) = a[i * a_step + r * a_row].
template <std::size_t R, Into into>
EDUPLAT_INLINE void tile(std::size_t k, float const* a, std::size_t a_step, std::size_t a_row,
                         float const* b, float* c) {
    Vector acc[R][panel_vectors] = {};
    for (std::size_t i = 0; i < k; ++i) {
        Vector row[panel_vectors];
        EDUPLAT_UNROLL
        for (std::size_t v = 0; v < panel_vectors; ++v)
            row[v] = load(b + i * panel + v * lanes);
        EDUPLAT_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
            auto const x = splat(a[i * a_step + r * a_row]);
            EDUPLAT_UNROLL
            for (std::size_t v = 0; v < panel_vectors; ++v)
                acc[r][v] += x * row[v];
        }
    }
    EDUPLAT_UNROLL
    for (std::size_t r = 0; r < R; ++r) {
        EDUPLAT_UNROLL
        for (std::size_t v = 0; v < panel_vectors; ++v) {
            auto* const to = c + r * panel + v * lanes;
            if (into == Into::overwrite) store(to, acc[r][v]);
            if (into == Into::add) store(to, load(to) + acc[r][v]);
            if (into == Into::subtract) store(to, load(to) - acc[r][v]);
        }
    }
}

/// The same for a whole panel of rows, the last first: c may be b where a is lower triangular,
/// which `triangular` says: then a(i, r) counts for i <= r only.
template <Into into, bool triangular = false>
EDUPLAT_INLINE void block(std::size_t k, float const* a, std::size_t a_step, std::size_t a_row,
                          float const* b, float* c) {
    constexpr std::size_t most = EDUPLAT_TILE_ROWS;
    constexpr std::size_t rest = panel % most;
    if constexpr (rest > 0) {
        tile<rest, into>(k, a + (panel - rest) * a_row, a_step, a_row, b,
                         c + (panel - rest) * panel);
    }
    for (std::size_t r = panel - rest; r > 0;) {
        auto const steps = triangular ? least(k, r) : k;
        r -= most;
        tile<most, into>(steps, a + r * a_row, a_step, a_row, b, c + r * panel);
    }
}

/// Both sides of the product are panels.
[[gnu::noinline]] void add_product(std::size_t k, float const* a, float const* b, float* c) {
    block<Into::add>(k, a, panel, 1, b, c);
}
[[gnu::noinline]] void subtract_product(std::size_t k, float const* a, float const* b, float* c) {
    block<Into::subtract>(k, a, panel, 1, b, c);
}
/// c = lower * c.
[[gnu::noinline]] void multiply_lower(float const* lower, float* c) {
    block<Into::overwrite, true>(panel, lower, 1, panel, c, c);
}
/// c = rows * b, of rows that are `stride` apart.
[[gnu::noinline]] void multiply_rows(std::size_t k, float const* rows, std::size_t stride,
                                     float const* b, float* c) {
    block<Into::overwrite>(k, rows, 1, stride, b, c);
}

/// to (width) += sum_k x[k] rows[k], where width is a multiple of `lanes`.
EDUPLAT_INLINE void add_rows(std::size_t k, float const* x, float const* rows, std::size_t stride,
                             std::size_t width, float* to) {
    for (std::size_t j = 0; j < width; j += lanes) {
        Vector acc[4] = {load(to + j), {}, {}, {}};
        std::size_t i = 0;
        for (; i + 4 <= k; i += 4) {
            EDUPLAT_UNROLL
            for (std::size_t u = 0; u < 4; ++u) {
                acc[u] += splat(x[i + u]) * load(rows + (i + u) * stride + j);
            }
        }
        for (; i < k; ++i)
            acc[0] += splat(x[i]) * load(rows + i * stride + j);
        store(to + j, (acc[0] + acc[1]) + (acc[2] + acc[3]));
    }
}

/// A positive definite system, all its pivots 1 or more, as upper panels of `rows` rows.
struct System {
    std::size_t m;     ///< unknowns
    std::size_t rows;  ///< m, rounded up to whole panels
    float* upper;      ///< rows^2 floats; what is below the blocks of the diagonal is not read
    float* inverses;   ///< rows * panel floats of scratch: of the diagonal's blocks, lower
    float* x;          ///< rows floats: the right side, then the solution; zeros behind m

    EDUPLAT_INLINE float* at(std::size_t row_block, std::size_t column_block) const {
        return upper + (column_block * rows + row_block * panel) * panel;
    }
    EDUPLAT_INLINE float* inverse(std::size_t b) const { return inverses + b * panel * panel; }
};

/// Eliminates below row k of a block, in [block | inverse | x].
EDUPLAT_INLINE float eliminate(std::size_t k, std::size_t steps, float* c, float* inverse,
                               float* x) {
    auto const pivot = c[k * panel + k];
    auto const reciprocal = 1.0F / (pivot > 1.0F ? pivot : 1.0F);
    for (std::size_t i = k + 1; i < steps; ++i) {
        auto const factor = c[k * panel + i] * reciprocal;
        auto const f = splat(factor);
        EDUPLAT_UNROLL
        for (std::size_t j = 0; j < panel; j += lanes) {
            store(c + i * panel + j, load(c + i * panel + j) - f * load(c + k * panel + j));
            store(inverse + i * panel + j,
                  load(inverse + i * panel + j) - f * load(inverse + k * panel + j));
        }
        x[i] -= factor * x[k];
    }
    return reciprocal;
}

/// Factors a block of the diagonal, R^T R: `inverse` becomes R^-T, and x becomes R^-T x.
[[gnu::noinline]] void factor(std::size_t steps, float* c, float* inverse, float* x) {
    for (std::size_t i = 0; i < panel * panel; i += lanes)
        store(inverse + i, Vector{});
    for (std::size_t i = 0; i < steps; ++i)
        inverse[i * panel + i] = 1.0F;
    float scales[panel];
    for (std::size_t k = 0; k < steps; ++k)
        scales[k] = eliminate(k, steps, c, inverse, x);
    for (std::size_t k = 0; k < steps; ++k) {
        auto const scale = __builtin_sqrtf(scales[k]);
        x[k] *= scale;
        for (std::size_t j = 0; j < panel; j += lanes) {
            store(inverse + k * panel + j, load(inverse + k * panel + j) * scale);
        }
    }
}

/// The triangular system above what is solved from block b + 1 on.
EDUPLAT_INLINE void substitute_back(System const& s, std::size_t b) {
    float right[panel];
    for (std::size_t i = 0; i < panel; i += lanes) {
        Vector acc[lanes] = {};
        for (std::size_t p = b + 1; p < s.rows / panel; ++p) {
            auto const* const u = s.at(b, p) + i * panel;
            EDUPLAT_UNROLL
            for (std::size_t v = 0; v < panel; v += lanes) {
                auto const x = load(s.x + p * panel + v);
                EDUPLAT_UNROLL
                for (std::size_t r = 0; r < lanes; ++r)
                    acc[r] += load(u + r * panel + v) * x;
            }
        }
        store(right + i, load(s.x + b * panel + i) - sums(acc));
    }
    auto* const x = s.x + b * panel;
    for (std::size_t i = 0; i < panel; i += lanes)
        store(x + i, Vector{});
    add_rows(least(panel, s.m - b * panel), right, s.inverse(b), panel, panel, x);
}

/// x = (upper^T upper)^-1 x by Cholesky: each block row is brought up to date, then factored.
void solve_system(System const& s) {
    auto const blocks = s.rows / panel;
    for (std::size_t b = 0; b < blocks; ++b) {
        auto* const x = s.x + b * panel;
        if (b > 0) {
            for (auto j = b; j < blocks; ++j) {
                subtract_product(b * panel, s.at(0, b), s.at(0, j), s.at(b, j));
            }
            float done[panel] = {};
            add_rows(b * panel, s.x, s.at(0, b), panel, panel, done);
            for (std::size_t i = 0; i < panel; ++i)
                x[i] -= done[i];
        }
        factor(least(panel, s.m - b * panel), s.at(b, b), s.inverse(b), x);
        for (auto j = b + 1; j < blocks; ++j)
            multiply_lower(s.inverse(b), s.at(b, j));
    }
    for (auto b = blocks; b > 0; --b)
        substitute_back(s, b - 1);
}

}  // namespace
// NOLINTEND(misc-definitions-in-headers)
