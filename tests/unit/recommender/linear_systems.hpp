#pragma once

#include "recommender/seeded.hpp"

#include <eduplat/recommender/interactions.hpp>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

/// Small matrices, solved the plain way, to compare models with.
namespace eduplat::test {

using Matrix = std::vector<std::vector<double>>;

inline Matrix zeros(std::size_t rows, std::size_t columns) {
    return Matrix(rows, std::vector<double>(columns));
}

inline Matrix product(Matrix const& a, Matrix const& b) {
    auto result = zeros(a.size(), b.front().size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t k = 0; k < b.size(); ++k) {
            for (std::size_t j = 0; j < result[i].size(); ++j)
                result[i][j] += a[i][k] * b[k][j];
        }
    }
    return result;
}

inline Matrix transposed(Matrix const& a) {
    auto result = zeros(a.front().size(), a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a[i].size(); ++j)
            result[j][i] = a[i][j];
    }
    return result;
}

/// x of a x = b, by elimination with row exchanges.
inline std::vector<double> solved(Matrix a, std::vector<double> b) {
    auto const n = a.size();
    for (std::size_t k = 0; k < n; ++k) {
        auto best = k;
        for (auto i = k; i < n; ++i)
            best = std::abs(a[i][k]) > std::abs(a[best][k]) ? i : best;
        std::swap(a[k], a[best]);
        std::swap(b[k], b[best]);
        for (std::size_t i = 0; i < n; ++i) {
            if (i == k) continue;
            auto const factor = a[i][k] / a[k][k];
            for (auto j = k; j < n; ++j)
                a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (std::size_t k = 0; k < n; ++k)
        b[k] /= a[k][k];
    return b;
}

/// Each pair with the given probability; weights of 1, or between 0.5 and 2.
inline recommender::Interactions random_pairs(recommender::Shape shape, double density,
                                              std::uint64_t seed, bool weighted = false) {
    recommender::Seeded random(seed);
    recommender::InteractionsBuilder builder(shape);
    for (recommender::Index user = 0; user < shape.users; ++user) {
        for (recommender::Index item = 0; item < shape.items; ++item) {
            auto const weight =
                weighted ? 0.5F + 1.5F * static_cast<float>(random.uniform()) : 1.0F;
            if (random.uniform() < density) builder.add(user, item, weight);
        }
    }
    return std::move(builder).build();
}

inline Matrix to_matrix(recommender::Interactions const& pairs) {
    auto const rows = pairs.by_user();
    auto result =
        zeros(static_cast<std::size_t>(rows.rows()), static_cast<std::size_t>(rows.columns));
    for (recommender::Index user = 0; user < rows.rows(); ++user) {
        auto const row = rows.row(user);
        for (std::size_t i = 0; i < row.size(); ++i)
            result[static_cast<std::size_t>(user)][static_cast<std::size_t>(row.ids[i])] =
                static_cast<double>(row.weights[i]);
    }
    return result;
}

}  // namespace eduplat::test
