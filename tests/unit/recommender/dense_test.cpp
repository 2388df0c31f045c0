#include "recommender/dense.hpp"

#include "support/catch.hpp"
#include "unit/recommender/linear_systems.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <cmath>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::random_pairs;

namespace {

SquareMatrix positive_definite(std::size_t n, int num_threads = 1) {
    auto const size = static_cast<Index>(n);
    auto gram = gram_of_items(random_pairs({50, size}, 0.3, 7, true), {num_threads, {}});
    for (std::size_t i = 0; i < n; ++i)
        gram(i, i) += 5;
    return gram;
}

double error_of_inverse(SquareMatrix matrix, SquareMatrix inverse) {
    mirror(matrix);
    mirror(inverse);
    double worst = 0;
    for (std::size_t i = 0; i < matrix.n; ++i) {
        for (std::size_t j = 0; j < matrix.n; ++j) {
            double sum = i == j ? -1 : 0;
            for (std::size_t k = 0; k < matrix.n; ++k)
                sum += matrix(i, k) * inverse(k, j);
            worst = std::max(worst, std::abs(sum));
        }
    }
    return worst;
}

}  // namespace

TEST_CASE("The Gram matrix sums products of weights over users") {
    auto const pairs = random_pairs({30, 40}, 0.4, 3, true);
    auto const dense = test::to_matrix(pairs);
    auto const expected = test::product(test::transposed(dense), dense);
    auto const gram = gram_of_items(pairs, {});
    for (std::size_t i = 0; i < gram.n; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
            REQUIRE(gram(i, j) == Approx(expected[i][j]).margin(1e-12));
    }
}

TEST_CASE("A matrix times its inverse is one, whatever its tiles") {
    for (std::size_t const n : {1U, 2U, 127U, 128U, 129U, 300U}) {
        CAPTURE(n);
        auto const matrix = positive_definite(n);
        auto inverse = matrix;
        REQUIRE(invert(inverse, {}));
        CHECK(error_of_inverse(matrix, inverse) < 1e-10);
    }
}

TEST_CASE("Gram matrix and inverse are the same bits for any number of threads") {
    auto one = positive_definite(290);
    auto three = positive_definite(290, 3);
    CHECK(one.values == three.values);
    REQUIRE(invert(one, {}));
    REQUIRE(invert(three, {3, {}}));
    CHECK(one.values == three.values);
}

TEST_CASE("A matrix that is not positive definite has no inverse") {
    SquareMatrix matrix(2);
    matrix(0, 0) = 1;
    matrix(1, 0) = 2;
    matrix(1, 1) = 1;
    CHECK_FALSE(invert(matrix, {}));
}
