#pragma once

#include "recommender/als_solver.hpp"
#include "unit/recommender/linear_systems.hpp"

#include <algorithm>
#include <cmath>
#include <span>

/// What als.hpp says, summed the plain way in double.
namespace eduplat::test {

inline recommender::Factors factors_of(std::span<float const> floats, std::size_t d) {
    recommender::Factors result{floats.size() / d, d};
    std::copy(floats.begin(), floats.end(), result.floats.data());
    return result;
}

inline double product(float const* x, float const* y, std::size_t d) {
    double sum = 0;
    for (std::size_t i = 0; i < d; ++i)
        sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    return sum;
}

inline double cosine(recommender::Factors const& f, std::size_t a, std::size_t b) {
    return product(f.row(a), f.row(b), f.d) /
           std::sqrt(product(f.row(a), f.row(a), f.d) * product(f.row(b), f.row(b), f.d));
}

inline double ridge(recommender::AlsOptions const& o, std::size_t n, std::size_t opposite) {
    return o.regularization *
           std::pow(static_cast<double>(n) + o.unobserved_weight * static_cast<double>(opposite),
                    o.regularization_exponent);
}

inline double penalty(recommender::Factors const& side, recommender::CsrView rows,
                      recommender::AlsOptions const& options) {
    double sum = 0;
    for (recommender::Index row = 0; row < rows.rows(); ++row) {
        auto const* const x = side.row(static_cast<std::size_t>(row));
        sum += ridge(options, rows.row(row).size(), static_cast<std::size_t>(rows.columns)) *
               product(x, x, side.d);
    }
    return sum;
}

inline double als_loss(recommender::Interactions const& pairs,
                       recommender::AlsFactors const& factors,
                       recommender::AlsOptions const& options) {
    double loss = penalty(factors.users, pairs.by_user(), options) +
                  penalty(factors.items, pairs.by_item(), options);
    auto const weights = to_matrix(pairs);
    for (std::size_t user = 0; user < factors.users.rows; ++user) {
        for (std::size_t item = 0; item < factors.items.rows; ++item) {
            auto const score =
                product(factors.users.row(user), factors.items.row(item), factors.users.d);
            loss += options.alpha * weights[user][item] * (1 - score) * (1 - score) +
                    options.unobserved_weight * score * score;
        }
    }
    return loss;
}

/// The vector that minimizes the loss for one row, the other side as it is.
inline std::vector<double> als_row(recommender::Factors const& fixed, recommender::SparseRow row,
                                   recommender::AlsOptions const& options) {
    auto const d = fixed.d;
    auto a = zeros(d, d);
    std::vector<double> b(d);
    auto const add = [&](float const* y, double weight) {
        for (std::size_t i = 0; i < d; ++i) {
            for (std::size_t j = 0; j < d; ++j)
                a[i][j] += weight * static_cast<double>(y[i]) * static_cast<double>(y[j]);
        }
    };
    for (std::size_t i = 0; i < fixed.rows; ++i)
        add(fixed.row(i), options.unobserved_weight);
    for (std::size_t i = 0; i < d; ++i)
        a[i][i] += ridge(options, row.size(), fixed.rows);
    for (std::size_t k = 0; k < row.size(); ++k) {
        auto const* const y = fixed.row(static_cast<std::size_t>(row.ids[k]));
        auto const c = options.alpha * static_cast<double>(row.weights[k]);
        add(y, c);
        for (std::size_t i = 0; i < d; ++i)
            b[i] += c * static_cast<double>(y[i]);
    }
    return solved(a, b);
}

/// How far vectors are apart, as a part of the expected one's length.
inline double relative_distance(std::span<float const> found, std::vector<double> const& expected) {
    double error = 0;
    double length = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        error += std::pow(static_cast<double>(found[i]) - expected[i], 2);
        length += expected[i] * expected[i];
    }
    return std::sqrt(length > 0 ? error / length : error);
}

}  // namespace eduplat::test
