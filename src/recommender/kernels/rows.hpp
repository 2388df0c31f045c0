// The solver of a row. With Z = C^1/2 Y D^-1/2 both ways end in a matrix I + a product of Z with
// itself, whose pivots are 1 or more:
//
//   long rows:  x = D^-1/2 (I + Z^T Z)^-1 Z^T c^1/2, a system of d unknowns
//   short rows: x = D^-1/2 Z^T (I + Z Z^T)^-1 c^1/2, a system of n unknowns (Woodbury)
//
// No include guard: see body.hpp.

// NOLINTBEGIN(misc-definitions-in-headers): one source includes it, in a namespace of its own.
namespace {

constexpr std::size_t depth = 64;  // rows of Z that are packed at a time

EDUPLAT_INLINE bool is_short(std::size_t d, std::size_t n) {
    return 8 * n <= 7 * d;
}

EDUPLAT_INLINE float* take(float*& scratch, std::size_t count) {
    auto* const taken = scratch;
    scratch += round_up(count, 16);
    return taken;
}

std::size_t row_scratch(std::size_t d, std::size_t n) {
    auto const width = round_up(d, panel);
    auto const rows = is_short(d, n) ? round_up(n, panel) : width;
    auto const z = is_short(d, n) ? (round_up(n, 4) + 1) * width : depth * width;
    return z + rows * (rows + panel + 1) + width + depth + 128;
}

std::size_t solve_scratch(std::size_t d) {
    auto const longest = row_scratch(d, 7 * d / 8);  // of the short ones
    auto const others = row_scratch(d, d);
    return longest > others ? longest : others;
}

EDUPLAT_INLINE void prefetch_row(RowProblem const& p, std::int32_t id) {
    auto const* const row = p.fixed + static_cast<std::size_t>(id) * p.d;
    for (std::size_t j = 0; j < p.d; j += 16)
        __builtin_prefetch(row + j);
}

/// Row k of Z, scaled: its panels, or vectors, are `step` apart.
EDUPLAT_INLINE float scale_row(RowProblem const& p, std::size_t k, float const* scales, float* to,
                               std::size_t step) {
    auto const* const row = p.fixed + static_cast<std::size_t>(p.ids[k]) * p.d;
    auto const root = __builtin_sqrtf(p.alpha * p.weights[k]);
    for (std::size_t j = 0; j < p.d; j += panel, to += step) {
        EDUPLAT_UNROLL
        for (std::size_t v = 0; v < panel; v += lanes) {
            store(to + v, load(row + j + v) * load(scales + j + v) * root);
        }
    }
    return root;
}

/// D^-1/2, and zeros behind it.
EDUPLAT_INLINE float* inverse_roots(RowProblem const& p, float*& scratch) {
    auto const width = round_up(p.d, panel);
    auto* const scales = take(scratch, width);
    for (std::size_t j = 0; j < width; ++j) {
        scales[j] = 1.0F / __builtin_sqrtf(p.spectrum[j] + p.ridge);
    }
    return scales;
}

EDUPLAT_INLINE void finish(RowProblem const& p, float const* x, float const* scales) {
    for (std::size_t j = 0; j < p.d; ++j)
        p.out[j] = x[j] * scales[j];
}

EDUPLAT_INLINE System new_system(std::size_t m, float*& scratch) {
    auto const rows = round_up(m, panel);
    System s{m, rows, take(scratch, rows * rows), take(scratch, rows * panel), take(scratch, rows)};
    for (std::size_t i = 0; i < rows; ++i)
        s.x[i] = 0.0F;
    return s;
}

/// upper = I + ...; only the blocks on and above the diagonal.
EDUPLAT_INLINE void set_identity(System const& s) {
    for (std::size_t b = 0; b < s.rows / panel; ++b) {
        auto* const column = s.at(0, b);
        for (std::size_t i = 0; i < (b + 1) * panel * panel; i += lanes)
            store(column + i, Vector{});
        for (std::size_t i = 0; i < panel; ++i)
            s.at(b, b)[i * panel + i] = 1.0F;
    }
}

/// Panel j of upper += panels^T panels, where each panel has `stride` rows and k of them count.
EDUPLAT_INLINE void add_square_panel(std::size_t k, float const* panels, std::size_t stride,
                                     std::size_t j, System const& s) {
    for (std::size_t i = 0; i <= j; ++i) {
        add_product(k, panels + i * stride * panel, panels + j * stride * panel, s.at(i, j));
    }
}

void solve_long(RowProblem const& p) {
    auto* scratch = p.scratch;
    auto const s = new_system(p.d, scratch);
    auto* const z = take(scratch, depth * s.rows);
    auto* const roots = take(scratch, depth);
    auto const* const scales = inverse_roots(p, scratch);
    set_identity(s);
    for (std::size_t begin = 0; begin < p.n; begin += depth) {
        auto const k = least(depth, p.n - begin);
        for (std::size_t i = 0; i < k; ++i) {
            if (begin + i + 6 < p.n) prefetch_row(p, p.ids[begin + i + 6]);
            roots[i] = scale_row(p, begin + i, scales, z + i * panel, depth * panel);
        }
        for (std::size_t b = 0; b < s.rows / panel; ++b) {
            add_rows(k, roots, z + b * depth * panel, panel, panel, s.x + b * panel);
            add_square_panel(k, z, depth, b, s);
        }
    }
    solve_system(s);
    finish(p, s.x, scales);
}

/// Dot products of `lanes / 4` rows by 4 columns, into rows of panels.
EDUPLAT_INLINE void dot_tile(float const* rows, float const* columns, std::size_t width,
                             float* to) {
    constexpr std::size_t count = lanes / 4;
    Vector acc[lanes] = {};
    for (std::size_t j = 0; j < width; j += lanes) {
        Vector c[4];
        EDUPLAT_UNROLL
        for (std::size_t u = 0; u < 4; ++u)
            c[u] = load(columns + u * width + j);
        EDUPLAT_UNROLL
        for (std::size_t r = 0; r < count; ++r) {
            auto const x = load(rows + r * width + j);
            EDUPLAT_UNROLL
            for (std::size_t u = 0; u < 4; ++u)
                acc[r * 4 + u] += x * c[u];
        }
    }
    float dots[lanes];
    store(dots, sums(acc));
    EDUPLAT_UNROLL
    for (std::size_t r = 0; r < count; ++r) {
        *reinterpret_cast<AnyQuad*>(to + r * panel) =
            *reinterpret_cast<AnyQuad const*>(dots + r * 4);
    }
}

/// upper = I + z z^T, of rows that are `width` long; behind the n there are zeros up to fours.
EDUPLAT_INLINE void set_dots(float const* z, std::size_t n, std::size_t width, System const& s) {
    auto const last = s.rows / panel - 1;
    for (std::size_t i = 0; i < s.rows * panel; i += lanes)
        store(s.at(0, last) + i, Vector{});
    for (std::size_t j = 0; j < n; j += 4) {
        auto* const to = s.at(0, j / panel) + j % panel;
        for (std::size_t i = 0; i < least(n, j + 4); i += lanes / 4) {
            dot_tile(z + i * width, z + j * width, width, to + i * panel);
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        s.at(i / panel, i / panel)[(i % panel) * panel + i % panel] += 1.0F;
    }
}

void solve_short(RowProblem const& p) {
    auto* scratch = p.scratch;
    auto const width = round_up(p.d, panel);
    auto const s = new_system(p.n, scratch);
    auto* const z = take(scratch, round_up(p.n, 4) * width);
    auto const* const scales = inverse_roots(p, scratch);
    for (std::size_t k = 0; k < p.n; ++k)
        s.x[k] = scale_row(p, k, scales, z + k * width, panel);
    for (std::size_t k = p.n * width; k < round_up(p.n, 4) * width; k += lanes)
        store(z + k, Vector{});
    for (std::size_t k = 0; k < p.next_count; ++k)
        prefetch_row(p, p.next[k]);
    set_dots(z, p.n, width, s);
    solve_system(s);
    auto* const x = take(scratch, width);
    for (std::size_t j = 0; j < width; j += lanes)
        store(x + j, Vector{});
    add_rows(p.n, s.x, z, width, width, x);
    finish(p, x, scales);
}

void solve(RowProblem const* problem) {
    if (problem->n == 0) {
        for (std::size_t j = 0; j < problem->d; ++j)
            problem->out[j] = 0.0F;
    } else if (is_short(problem->d, problem->n)) {
        solve_short(*problem);
    } else {
        solve_long(*problem);
    }
}

}  // namespace
// NOLINTEND(misc-definitions-in-headers)
