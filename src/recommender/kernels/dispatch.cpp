#include "recommender/kernels/kernels.hpp"

#include <cstdlib>
#include <string_view>

namespace eduplat::recommender {

namespace {

KernelLevel best_level() noexcept {
#ifdef EDUPLAT_HAS_AVX2
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
        return KernelLevel::avx2;
    }
#endif
    return KernelLevel::baseline;
}

KernelLevel chosen_level() noexcept {
    char const* const asked = std::getenv("EDUPLAT_KERNELS");  // NOLINT(concurrency-mt-unsafe)
    if (asked != nullptr && std::string_view{asked} == name(KernelLevel::baseline)) {
        return KernelLevel::baseline;
    }
    return best_level();
}

}  // namespace

KernelLevel kernel_level() noexcept {
    static KernelLevel const level = chosen_level();
    return level;
}

std::string_view name(KernelLevel level) noexcept {
    return level == KernelLevel::avx2 ? "avx2" : "baseline";
}

Kernels const& kernels(KernelLevel level) noexcept {
#ifdef EDUPLAT_HAS_AVX2
    if (level == KernelLevel::avx2 && best_level() == KernelLevel::avx2) return avx2::table();
#endif
    return baseline::table();
}

Kernels const& kernels() noexcept { return kernels(kernel_level()); }

}  // namespace eduplat::recommender
