#include "recommender/spectrum.hpp"

#include "core/parallel.hpp"
#include "recommender/als_basis.hpp"
#include "recommender/checks.hpp"
#include "recommender/linear.hpp"
#include "recommender/seeded.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace eduplat::recommender {
namespace {

constexpr std::size_t more_vectors = 32;  // than are asked for, so that the last ones are exact too
constexpr std::size_t rows_of_chunk = 256;
/// Directions in which a matrix has no more than this share of its greatest square have none.
constexpr double nothing = 1e-10;

/// out = diag(rows) pairs diag(columns) in
void multiply(CsrView pairs, std::vector<float> const& rows, std::vector<float> const& columns,
              Factors const& in, Factors& out, int num_threads) {
    auto const work = [&](std::size_t chunk, int /*worker*/) {
        auto const end = std::min(out.rows, (chunk + 1) * rows_of_chunk);
        for (auto r = chunk * rows_of_chunk; r < end; ++r) {
            std::span<float> const sum(out.row(r), out.d);
            std::fill(sum.begin(), sum.end(), 0.0F);
            auto const row = pairs.row(static_cast<Index>(r));
            for (std::size_t k = 0; k < row.size(); ++k) {
                auto const id = static_cast<std::size_t>(row.ids[k]);
                add_scaled(rows[r] * row.weights[k] * columns[id], in.row(id), sum);
            }
        }
    };
    parallel_for(num_threads, (out.rows + rows_of_chunk - 1) / rows_of_chunk, work);
}

Factors random_factors(std::size_t rows, std::size_t d, std::uint64_t seed) {
    Factors result(rows, d);
    Seeded random(seed);
    std::generate_n(result.floats.data(), rows * d,
                    [&] { return static_cast<float>(random.normal()); });
    return result;
}

/// Columns in descending order of their values.
void reverse(Basis& basis) {
    auto const d = basis.values.size();
    std::reverse(basis.values.begin(), basis.values.end());
    for (std::size_t i = 0; i < d; ++i) {
        auto const row = basis.vectors.begin() + static_cast<std::ptrdiff_t>(i * d);
        std::reverse(row, row + static_cast<std::ptrdiff_t>(d));
    }
}

/// The basis of a Gram matrix with its vectors written out.
Basis full_basis(Factors const& factors, Team& team) {
    auto const d = factors.d;
    auto basis = basis_of(gram_of(factors, team), d);
    if (!basis.vectors.empty()) return basis;
    std::vector<std::size_t> order(d);
    for (std::size_t i = 0; i < d; ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return basis.values[a] < basis.values[b];
    });
    Basis sorted{std::vector<double>(d), std::vector<float>(d * d)};
    for (std::size_t i = 0; i < d; ++i) {
        sorted.values[i] = basis.values[order[i]];
        sorted.vectors[order[i] * d + i] = 1.0F;
    }
    return sorted;
}

/// Makes the columns orthonormal, those that hang on others zero.
void orthonormalize(Factors& factors, Team& team) {
    auto basis = full_basis(factors, team);
    auto const d = factors.d;
    auto const least = nothing * basis.values.back();
    for (std::size_t j = 0; j < d; ++j) {
        auto const value = basis.values[j];
        auto const scale = value > least ? static_cast<float>(1 / std::sqrt(value)) : 0.0F;
        for (std::size_t i = 0; i < d; ++i)
            basis.vectors[i * d + j] *= scale;
    }
    rotate(factors, basis, team);
}

/// The first columns of the factors in the basis in which `images` are orthogonal.
Spectrum sorted_spectrum(Factors&& factors, Factors const& images, std::size_t size, Team& team) {
    auto basis = full_basis(images, team);
    reverse(basis);
    rotate(factors, basis, team);
    Spectrum result{Factors(factors.rows, size), std::vector<float>(size)};
    for (std::size_t r = 0; r < factors.rows; ++r)
        std::copy_n(factors.row(r), size, result.vectors.row(r));
    std::transform(basis.values.begin(), basis.values.begin() + static_cast<std::ptrdiff_t>(size),
                   result.values.begin(),
                   [](double value) { return static_cast<float>(std::sqrt(value)); });
    return result;
}

}  // namespace

Spectrum spectrum_of(ScaledPairs const& matrix, SpectrumOptions const& options,
                     FitControl const& control) {
    auto const by_user = matrix.pairs.by_user();
    auto const by_item = matrix.pairs.by_item();
    auto const items = static_cast<std::size_t>(by_user.columns);
    auto const size = std::min(options.size, items);
    auto const d = std::min(size + more_vectors, items);
    auto const steps = options.iterations * 2 + 1;

    Team team(kernels(), control.num_threads, d);
    auto vectors = random_factors(items, d, options.seed);
    Factors images(static_cast<std::size_t>(by_user.rows()), d);
    for (int i = 0; i < options.iterations; ++i) {
        report(control, "decompose", 2 * i, steps);
        multiply(by_user, matrix.users, matrix.items, vectors, images, team.num_threads);
        multiply(by_item, matrix.items, matrix.users, images, vectors, team.num_threads);
        report(control, "decompose", 2 * i + 1, steps);
        orthonormalize(vectors, team);
    }
    report(control, "decompose", steps - 1, steps);
    orthonormalize(vectors, team);  // again, for what rounding left
    multiply(by_user, matrix.users, matrix.items, vectors, images, team.num_threads);
    auto result = sorted_spectrum(std::move(vectors), images, size, team);
    report(control, "decompose", steps, steps);
    return result;
}

}  // namespace eduplat::recommender
