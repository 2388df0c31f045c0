// Gram matrices, rotations and scores. No include guard: see body.hpp.

// NOLINTBEGIN(misc-definitions-in-headers): one source includes it, in a namespace of its own.
namespace {

std::size_t padded(std::size_t d) {
    return round_up(d, panel);
}

/// Copies d floats of each row to panels of `depth` rows, zeros behind d.
EDUPLAT_INLINE void pack_rows(float const* rows, std::size_t count, std::size_t d, float* z) {
    for (std::size_t i = 0; i < count; ++i, rows += d) {
        std::size_t j = 0;
        for (; j + panel <= d; j += panel) {
            EDUPLAT_UNROLL
            for (std::size_t v = 0; v < panel; v += lanes) {
                store(z + j * depth + i * panel + v, load(rows + j + v));
            }
        }
        for (std::size_t v = 0; j < d && v < panel; ++v) {
            z[j * depth + i * panel + v] = j + v < d ? rows[j + v] : 0.0F;
        }
    }
}

std::size_t gram_scratch(std::size_t d) {
    auto const width = padded(d);
    return width * (width + panel + 1) + depth * width + 128;
}

EDUPLAT_INLINE void add_upper(System const& s, std::size_t d, double* gram) {
    for (std::size_t i = 0; i < d; ++i) {
        for (auto j = i; j < d; ++j) {
            gram[i * d + j] += static_cast<double>(s.at(0, j / panel)[i * panel + j % panel]);
        }
    }
}

/// Floats are summed over 512 rows, then doubles.
void gram(float const* rows, std::size_t count, std::size_t d, float* scratch, double* gram) {
    auto const s = new_system(d, scratch);
    auto* const z = take(scratch, depth * s.rows);
    for (std::size_t begin = 0; begin < count;) {
        for (std::size_t b = 0; b < s.rows / panel; ++b) {
            for (std::size_t i = 0; i < (b + 1) * panel * panel; i += lanes) {
                store(s.at(0, b) + i, Vector{});
            }
        }
        auto const end = least(count, begin + 4 * depth);
        for (; begin < end; begin += least(depth, end - begin)) {
            auto const k = least(depth, end - begin);
            pack_rows(rows + begin * d, k, d, z);
            for (std::size_t j = 0; j < s.rows / panel; ++j)
                add_square_panel(k, z, depth, j, s);
        }
        add_upper(s, d, gram);
    }
}

void pack(float const* matrix, std::size_t d, float* panels) {
    auto const width = padded(d);
    for (std::size_t i = 0; i < width * width; ++i)
        panels[i] = 0.0F;
    for (std::size_t k = 0; k < d; ++k) {
        for (std::size_t j = 0; j < d; ++j) {
            panels[(j / panel * width + k) * panel + j % panel] = matrix[k * d + j];
        }
    }
}

constexpr std::size_t rotated = 3 * panel;  // rows at a time

std::size_t rotate_scratch(std::size_t d) {
    return rotated * padded(d) + panel * panel + 64;
}

void rotate(float* rows, std::size_t count, std::size_t d, float const* panels, float* scratch) {
    auto const width = padded(d);
    auto* const copy = take(scratch, rotated * width);
    auto* const product = take(scratch, panel * panel);
    for (std::size_t i = 0; i < rotated * width; i += lanes)
        store(copy + i, Vector{});
    for (std::size_t begin = 0; begin < count; begin += rotated) {
        auto const block_rows = least(rotated, count - begin);
        auto* const from = rows + begin * d;
        for (std::size_t i = 0; i < block_rows; ++i) {
            for (std::size_t j = 0; j < d; ++j)
                copy[i * width + j] = from[i * d + j];
        }
        for (std::size_t j = 0; j < d; j += panel) {
            for (std::size_t i = 0; i < block_rows; i += panel) {
                multiply_rows(d, copy + i * width, width, panels + j * width, product);
                for (std::size_t r = 0; r < least(panel, block_rows - i); ++r) {
                    for (std::size_t c = 0; c < least(panel, d - j); ++c) {
                        from[(i + r) * d + j + c] = product[r * panel + c];
                    }
                }
            }
        }
    }
}

/// The scores of R users for as many items as make `lanes` products; row(c) is where an item is.
template <std::size_t R, class Row>
EDUPLAT_INLINE Vector score_tile(float const* users, std::size_t width, std::size_t d, Row row) {
    constexpr std::size_t columns = lanes / R;
    Vector acc[lanes] = {};
    for (std::size_t j = 0; j < d; j += lanes) {
        Vector y[columns];
        EDUPLAT_UNROLL
        for (std::size_t c = 0; c < columns; ++c)
            y[c] = load(row(c) + j);
        EDUPLAT_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
            auto const x = load(users + r * width + j);
            EDUPLAT_UNROLL
            for (std::size_t c = 0; c < columns; ++c)
                acc[r * columns + c] += x * y[c];
        }
    }
    return sums(acc);
}

/// R users, all items.
template <std::size_t R>
EDUPLAT_INLINE void score_rows(float const* users, float const* items, std::size_t d,
                               std::int32_t const* ids, std::size_t count, float* out,
                               std::size_t stride) {
    constexpr std::size_t columns = lanes / R;
    float dots[lanes];
    std::size_t k = 0;
    for (; ids == nullptr && k + columns <= count; k += columns) {
        auto const* const some = items + k * d;
        store(dots, score_tile<R>(users, padded(d), d, [=](auto c) { return some + c * d; }));
        EDUPLAT_UNROLL
        for (std::size_t i = 0; i < lanes; ++i)
            out[i / columns * stride + k + i % columns] = dots[i];
    }
    for (; k < count; k += columns) {
        auto const present = least(columns, count - k);
        float const* rows[columns];
        for (std::size_t c = 0; c < columns; ++c) {
            auto const item = k + (c < present ? c : 0);
            rows[c] = items + (ids != nullptr ? static_cast<std::size_t>(ids[item]) : item) * d;
        }
        store(dots, score_tile<R>(users, padded(d), d, [&](auto c) { return rows[c]; }));
        for (std::size_t r = 0; r < R; ++r) {
            for (std::size_t c = 0; c < present; ++c)
                out[r * stride + k + c] = dots[r * columns + c];
        }
    }
}

constexpr std::size_t scored = 128;  // items at a time, so that they stay near

void scores(float const* users, std::size_t users_count, float const* items, std::size_t d,
            std::int32_t const* ids, std::size_t count, float* out, std::size_t stride) {
    constexpr std::size_t together = lanes / 4;
    for (std::size_t begin = 0; begin < count; begin += scored) {
        auto const k = least(scored, count - begin);
        auto const* const some = ids != nullptr ? items : items + begin * d;
        auto const* const some_ids = ids != nullptr ? ids + begin : nullptr;
        std::size_t u = 0;
        if constexpr (together > 1) {
            for (; u + together <= users_count; u += together) {
                score_rows<together>(users + u * padded(d), some, d, some_ids, k,
                                     out + u * stride + begin, stride);
            }
        }
        for (; u < users_count; ++u) {
            score_rows<1>(users + u * padded(d), some, d, some_ids, k, out + u * stride + begin,
                          stride);
        }
    }
}

}  // namespace
// NOLINTEND(misc-definitions-in-headers)
