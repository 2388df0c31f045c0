#include "recommender/kernels/kernels.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace eduplat::recommender {

namespace {

bool has_avx2() noexcept {
#ifdef EDUPLAT_HAS_AVX2
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
    return false;
#endif
}

bool has_avx512() noexcept {
#ifdef EDUPLAT_HAS_AVX512
    return has_avx2() && __builtin_cpu_supports("avx512f") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
#else
    return false;
#endif
}

KernelLevel best_level() noexcept {
    if (has_avx512()) return KernelLevel::avx512;
    return has_avx2() ? KernelLevel::avx2 : KernelLevel::baseline;
}

KernelLevel chosen_level() noexcept {
    char const* const asked = std::getenv("EDUPLAT_KERNELS");  // NOLINT(concurrency-mt-unsafe)
    auto const best = best_level();
    for (auto const level : {KernelLevel::baseline, KernelLevel::avx2}) {
        if (asked != nullptr && asked == name(level)) return std::min(level, best);
    }
    return best;
}

}  // namespace

KernelLevel kernel_level() noexcept {
    static KernelLevel const level = chosen_level();
    return level;
}

std::string_view name(KernelLevel level) noexcept {
    switch (level) {
        case KernelLevel::avx512:
            return "avx512";
        case KernelLevel::avx2:
            return "avx2";
        case KernelLevel::baseline:
            break;
    }
    return "baseline";
}

Kernels const& kernels(KernelLevel level) noexcept {
    switch (std::min(level, best_level())) {
#ifdef EDUPLAT_HAS_AVX512
        case KernelLevel::avx512:
            return avx512::table();
#endif
#ifdef EDUPLAT_HAS_AVX2
        case KernelLevel::avx2:
            return avx2::table();
#endif
        default:
            return baseline::table();
    }
}

Kernels const& kernels() noexcept {
    return kernels(kernel_level());
}

}  // namespace eduplat::recommender
