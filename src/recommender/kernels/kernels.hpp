#pragma once

// The inner loops, built once for each kernel level. This header and body.hpp hold no inline
// function with external linkage and include nothing that does: the linker keeps one copy of an
// inline function, and it must not be one whose instructions the processor lacks.

#include <eduplat/recommender/kernels.hpp>

#include <cstddef>
#include <cstdint>

namespace eduplat::recommender {

/// Kernels read up to this many floats behind the end of a matrix: they must be there, and finite.
inline constexpr std::size_t kernel_slack = 64;

/// One row's least squares problem in the eigenbasis of the fixed side:
///
///   (D + sum_k c_k y_k y_k^T) x = sum_k c_k y_k,   c_k = alpha * weights[k]
///
/// where D is diagonal: spectrum + ridge, above 0.
struct RowProblem {
    float const* fixed;  ///< rows of d floats
    std::size_t d;
    std::int32_t const* ids;  ///< of rows of `fixed`
    float const* weights;
    std::size_t n;             ///< how many ids and weights
    std::int32_t const* next;  ///< ids that are asked for soon, or none
    std::size_t next_count;
    float alpha;
    float const* spectrum;  ///< d floats, then infinity up to padded(d)
    float ridge;
    float* scratch;  ///< row_scratch(d, n) floats, 64-byte aligned
    float* out;      ///< d floats
};

struct Kernels {
    KernelLevel level;

    /// d, rounded up to what the kernels work on.
    std::size_t (*padded)(std::size_t d);
    /// Floats of scratch that solve() needs for rows of any length, or for one of n.
    std::size_t (*solve_scratch)(std::size_t d);
    std::size_t (*row_scratch)(std::size_t d, std::size_t n);
    void (*solve)(RowProblem const* problem);

    /// gram += rows^T rows, the upper triangle of d x d.
    void (*gram)(float const* rows, std::size_t count, std::size_t d, float* scratch, double* gram);
    std::size_t (*gram_scratch)(std::size_t d);

    /// `panels`, padded(d)^2 floats, holds the d x d matrix as rotate() wants it.
    void (*pack)(float const* matrix, std::size_t d, float* panels);
    /// rows = rows * matrix, in place.
    void (*rotate)(float* rows, std::size_t count, std::size_t d, float const* panels,
                   float* scratch);
    std::size_t (*rotate_scratch)(std::size_t d);

    /// out[u * stride + k] = the dot product of users' row u and items' row ids[k], or k without
    /// ids. The users' rows are padded(d) apart, with zeros behind d. Each product is summed in the
    /// same order, whatever the counts.
    void (*scores)(float const* users, std::size_t users_count, float const* items, std::size_t d,
                   std::int32_t const* ids, std::size_t count, float* out, std::size_t stride);
};

/// Errors: none; a level that the processor lacks gives the best one that it has.
[[nodiscard]] Kernels const& kernels(KernelLevel level) noexcept;
[[nodiscard]] Kernels const& kernels() noexcept;

namespace baseline {
[[nodiscard]] Kernels const& table() noexcept;
}
namespace avx2 {
[[nodiscard]] Kernels const& table() noexcept;
}
namespace avx512 {
[[nodiscard]] Kernels const& table() noexcept;
}

}  // namespace eduplat::recommender
