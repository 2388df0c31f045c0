#pragma once

#include "recommender/kernels/kernels.hpp"

#include <vector>

namespace eduplat::test {

/// Kernels of each level that this build and processor have.
inline std::vector<recommender::Kernels const*> kernel_levels() {
    using recommender::KernelLevel;
    std::vector<recommender::Kernels const*> result;
    for (auto const level : {KernelLevel::baseline, KernelLevel::avx2, KernelLevel::avx512}) {
        auto const& table = recommender::kernels(level);
        if (table.level == level) result.push_back(&table);
    }
    return result;
}

}  // namespace eduplat::test
