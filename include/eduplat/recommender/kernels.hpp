#pragma once

#include <cstdint>
#include <string_view>

namespace eduplat::recommender {

/// Instructions that the inner loops are built for. Results of two levels differ in their last
/// bits; on one level they do not depend on the number of threads.
enum class KernelLevel : std::uint8_t {
    baseline,  ///< whatever the build is for
    avx2,      ///< AVX2 and FMA
    avx512,    ///< AVX-512: F, DQ, BW and VL
};

/// The best that this processor has, found out once; EDUPLAT_KERNELS in the environment, the name
/// of a level, asks for less. Thread safety: pure.
[[nodiscard]] KernelLevel kernel_level() noexcept;
[[nodiscard]] std::string_view name(KernelLevel level) noexcept;

}  // namespace eduplat::recommender
