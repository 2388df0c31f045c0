#include "recommender/content_learning.hpp"

#include "core/parallel.hpp"
#include "recommender/checks.hpp"
#include "recommender/dense.hpp"
#include "recommender/linear.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/ease.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

namespace eduplat::recommender {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<RowMajor>;

constexpr std::size_t rows_of_chunk = 64;

std::vector<Index> items_but(Index items, std::vector<Index> const& taken) {
    std::vector<Index> all(static_cast<std::size_t>(items));
    std::iota(all.begin(), all.end(), 0);
    std::vector<Index> rest;
    std::set_difference(all.begin(), all.end(), taken.begin(), taken.end(),
                        std::back_inserter(rest));
    return rest;
}

struct Chunk {
    std::size_t number;
    std::size_t of;
};

/// Says so where the caller's own thread begins a chunk.
void report_chunk(FitControl const& control, std::string_view stage, Chunk chunk, int worker) {
    if (worker != 0) return;
    report(control, stage, static_cast<int>(chunk.number), static_cast<int>(chunk.of));
}

/// Products of the features of each of `of` with all items.
RowMajor similarities(ContentFeatures const& features, std::vector<Index> const& of,
                      FitControl const& control) {
    auto const rows = of.size();
    auto const items = static_cast<std::size_t>(features.items());
    auto const chunks = (rows + rows_of_chunk - 1) / rows_of_chunk;
    RowMajor result = RowMajor::Zero(static_cast<Eigen::Index>(rows), features.items());
    auto const work = [&](std::size_t chunk, int worker) {
        report_chunk(control, "features", {chunk, chunks}, worker);
        auto const end = std::min(rows, (chunk + 1) * rows_of_chunk);
        for (auto i = chunk * rows_of_chunk; i < end; ++i) {
            features.add_similarities(features.of_item(of[i]), 1.0F,
                                      {result.data() + i * items, items});
        }
    };
    parallel_for(control.num_threads, chunks, work);
    return result;
}

/// (similarities of taken items + regularization)^-1, both halves.
RowMajor inverse_of(RowMajor const& similar, std::vector<Index> const& taken, double regularization,
                    FitControl const& control) {
    SquareMatrix matrix(taken.size());
    for (std::size_t i = 0; i < taken.size(); ++i) {
        for (std::size_t j = 0; j <= i; ++j)
            matrix(i, j) = static_cast<double>(similar(static_cast<Eigen::Index>(i), taken[j]));
        matrix(i, i) += regularization;
    }
    if (!invert(matrix, control)) fail(ErrorCode::invalid_argument, "regularization", "too_small");
    mirror(matrix);
    auto const n = static_cast<Eigen::Index>(taken.size());
    RowMajor result(n, n);
    std::transform(matrix.values.begin(), matrix.values.end(), result.data(),
                   [](double value) { return static_cast<float>(value); });
    return result;
}

/// product = a * b, in blocks of rows.
void multiply(RowMajor const& a, RowMajor const& b, RowMajor& product, FitControl const& control) {
    product.resize(a.rows(), b.cols());
    auto const rows = static_cast<std::size_t>(a.rows());
    auto const chunks = (rows + rows_of_chunk - 1) / rows_of_chunk;
    auto const work = [&](std::size_t chunk, int worker) {
        report_chunk(control, "multiply", {chunk, chunks}, worker);
        auto const begin = static_cast<Eigen::Index>(chunk * rows_of_chunk);
        auto const count = std::min(static_cast<Eigen::Index>(rows_of_chunk), a.rows() - begin);
        product.middleRows(begin, count).noalias() = a.middleRows(begin, count) * b;
    };
    parallel_for(control.num_threads, chunks, work);
}

/// Which taken items (rows) every item (column) is like.
RowMajor likeness(ContentFeatures const& features, std::vector<Index> const& taken,
                  double regularization, FitControl const& control) {
    auto const similar = similarities(features, taken, control);
    auto const inverse = inverse_of(similar, taken, regularization, control);
    RowMajor result;
    multiply(inverse, similar, result, control);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        auto const k = static_cast<Eigen::Index>(i);
        result.col(taken[i]) = -inverse.col(k) / inverse(k, k);
        result(k, taken[i]) = 0;
    }
    return result;
}

/// EASE's weights between the taken items.
RowMajor weights_between(Interactions const& user_items, std::vector<Index> const& taken,
                         FitControl const& control) {
    EaseModel ease;
    ease.fit(user_items, control);
    auto const weights = ease.item_weights();
    auto const items = static_cast<std::size_t>(ease.shape().items);
    auto const n = static_cast<Eigen::Index>(taken.size());
    RowMajor result(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < n; ++j) {
            auto const from = static_cast<std::size_t>(taken[static_cast<std::size_t>(i)]);
            auto const to = static_cast<std::size_t>(taken[static_cast<std::size_t>(j)]);
            result(i, j) = weights[from * items + to];
        }
    }
    return result;
}

}  // namespace

std::vector<float> learn_item_weights(ContentFeatures const& features,
                                      Interactions const& user_items, ContentOptions const& options,
                                      FitControl const& control) {
    auto const taken = rows_with_pairs(user_items.by_item());
    auto const like = likeness(features, taken, options.regularization, control);
    RowMajor from_taken;
    multiply(weights_between(user_items, taken, control), like, from_taken, control);

    // A taken item speaks for itself, a new one through those that it is like.
    auto const others = items_but(features.items(), taken);
    RowMajor from_others;
    multiply(like(Eigen::all, others).transpose(), from_taken, from_others, control);

    auto const n = static_cast<Eigen::Index>(features.items());
    std::vector<float> result(static_cast<std::size_t>(n * n));
    View weights(result.data(), n, n);
    weights(taken, Eigen::all) = from_taken;
    weights(others, Eigen::all) = from_others;
    weights.diagonal().setZero();
    if (!all_finite(result)) fail(ErrorCode::invalid_argument, "regularization", "too_small");
    return result;
}

}  // namespace eduplat::recommender
