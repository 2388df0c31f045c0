#pragma once

#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

/// Dense symmetric matrices of items x items, in double. Results are the same bits for any number
/// of threads.
namespace eduplat::recommender {

/// n x n numbers, row by row. The functions below read and write the lower half only, the diagonal
/// with it, unless they say else.
struct SquareMatrix {
    explicit SquareMatrix(std::size_t size) : n(size), values(size * size) {}

    [[nodiscard]] double* row(std::size_t index) noexcept { return values.data() + index * n; }
    [[nodiscard]] double const* row(std::size_t index) const noexcept {
        return values.data() + index * n;
    }
    [[nodiscard]] double& operator()(std::size_t row, std::size_t column) noexcept {
        return values[row * n + column];
    }
    [[nodiscard]] double operator()(std::size_t row, std::size_t column) const noexcept {
        return values[row * n + column];
    }

    std::size_t n;
    std::vector<double> values;
};

/// The sums over users of products of two items' weights: the Gram matrix of the columns.
[[nodiscard]] SquareMatrix gram_of_items(Interactions const& user_items, FitControl const& control);

/// Replaces a positive definite matrix by its inverse. False if rounding leaves none, with the
/// matrix spoiled. Errors: canceled.
[[nodiscard]] bool invert(SquareMatrix& matrix, FitControl const& control);

/// Copies the lower half to the upper one.
void mirror(SquareMatrix& matrix);

}  // namespace eduplat::recommender
