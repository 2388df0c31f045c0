#include "recommender/als_factors.hpp"

#include "recommender/kernels/kernels.hpp"

#include <algorithm>
#include <new>

namespace eduplat::recommender {

namespace {

constexpr std::align_val_t alignment{64};  // a line of the cache

}  // namespace

FloatBuffer::FloatBuffer(std::size_t size)
    : floats_{static_cast<float*>(
          ::operator new((size + kernel_slack) * sizeof(float), alignment))},
      size_{size} {
    std::fill_n(floats_.get() + size, kernel_slack, 0.0F);
}

void FloatBuffer::Free::operator()(float* floats) const noexcept {
    ::operator delete(floats, alignment);
}

}  // namespace eduplat::recommender
