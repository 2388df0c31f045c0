#include "recommender/dense.hpp"

#include "core/parallel.hpp"
#include "recommender/checks.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <utility>

namespace eduplat::recommender {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Tile = Eigen::Map<RowMajor, Eigen::Unaligned, Eigen::OuterStride<>>;

constexpr std::size_t tile_size = 128;
constexpr std::size_t gram_rows = 16;  // of one chunk

/// A matrix in tiles, of which the last ones are smaller.
class Tiles {
  public:
    explicit Tiles(SquareMatrix& matrix) : matrix_(&matrix) {}

    [[nodiscard]] std::size_t count() const noexcept {
        return (matrix_->n + tile_size - 1) / tile_size;
    }
    [[nodiscard]] Eigen::Index begin(std::size_t tile) const noexcept {
        return static_cast<Eigen::Index>(tile * tile_size);
    }
    [[nodiscard]] Eigen::Index size(std::size_t tile) const noexcept {
        return static_cast<Eigen::Index>(std::min(tile_size, matrix_->n - tile * tile_size));
    }
    [[nodiscard]] Tile operator()(std::size_t row, std::size_t column) const {
        return {matrix_->row(row * tile_size) + column * tile_size, size(row), size(column),
                Eigen::OuterStride<>(static_cast<Eigen::Index>(matrix_->n))};
    }

  private:
    SquareMatrix* matrix_;
};

/// Gauss's and Jordan's elimination by tiles: each step sweeps one tile of the diagonal, after the
/// last one the matrix is the negative of its inverse. The halves stay symmetric, so that the
/// lower one is enough.
class Sweep {
  public:
    Sweep(SquareMatrix& matrix, int num_threads)
        : tiles_(matrix),
          num_threads_(num_threads),
          column_(static_cast<Eigen::Index>(matrix.n), static_cast<Eigen::Index>(tile_size)),
          scaled_(column_.rows(), column_.cols()) {}

    [[nodiscard]] std::size_t steps() const noexcept { return tiles_.count(); }

    [[nodiscard]] bool step(std::size_t pivot) {
        if (!invert_pivot(pivot)) return false;
        parallel_for(num_threads_, steps(),
                     [&](std::size_t i, int /*worker*/) { scale(i, pivot); });
        // Tiles of the lower half, row by row: row i has i + 1 of them.
        parallel_for(num_threads_, steps(), [&](std::size_t chunk, int /*worker*/) {
            auto const i = steps() - 1 - chunk;  // the longest rows first
            for (std::size_t j = 0; j <= i; ++j)
                update(i, j, pivot);
        });
        return true;
    }

  private:
    [[nodiscard]] bool invert_pivot(std::size_t pivot) {
        RowMajor const tile = tiles_(pivot, pivot).selfadjointView<Eigen::Lower>();
        Eigen::LLT<RowMajor> const factor(tile);
        if (factor.info() != Eigen::Success) return false;
        inverse_ = factor.solve(RowMajor::Identity(tile.rows(), tile.cols()));
        return inverse_.allFinite();
    }

    /// Keeps the pivot's column of tiles, and its product with the pivot's inverse.
    void scale(std::size_t i, std::size_t pivot) {
        if (i == pivot) return;
        auto kept = rows_of(column_, i, pivot);
        if (i > pivot) kept = tiles_(i, pivot);
        if (i < pivot) kept = tiles_(pivot, i).transpose();
        rows_of(scaled_, i, pivot).noalias() = kept * inverse_;
    }

    void update(std::size_t i, std::size_t j, std::size_t pivot) {
        auto tile = tiles_(i, j);
        if (i == pivot && j == pivot) {
            tile = -inverse_;
        } else if (i == pivot) {
            tile = rows_of(scaled_, j, pivot).transpose();
        } else if (j == pivot) {
            tile = rows_of(scaled_, i, pivot);
        } else {
            tile.noalias() -= rows_of(scaled_, i, pivot) * rows_of(column_, j, pivot).transpose();
        }
    }

    [[nodiscard]] Eigen::Block<RowMajor> rows_of(RowMajor& panel, std::size_t i,
                                                 std::size_t pivot) const {
        return panel.block(tiles_.begin(i), 0, tiles_.size(i), tiles_.size(pivot));
    }

    Tiles tiles_;
    int num_threads_;
    RowMajor column_;
    RowMajor scaled_;
    RowMajor inverse_;
};

void add_products(CsrView by_user, SparseRow users, std::size_t item, double* out) {
    for (std::size_t k = 0; k < users.size(); ++k) {
        auto const row = by_user.row(users.ids[k]);
        auto const weight = static_cast<double>(users.weights[k]);
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const other = static_cast<std::size_t>(row.ids[i]);
            if (other > item) break;
            out[other] += weight * static_cast<double>(row.weights[i]);
        }
    }
}

}  // namespace

SquareMatrix gram_of_items(Interactions const& user_items, FitControl const& control) {
    auto const by_user = user_items.by_user();
    auto const by_item = user_items.by_item();
    SquareMatrix gram(static_cast<std::size_t>(by_user.columns));
    constexpr int steps = 16;
    for (int step = 0; step < steps; ++step) {
        report(control, "gram", step, steps);
        // Rows are dealt out in turn: popular items, which take longest, often stand together.
        auto const begin = static_cast<std::size_t>(step);
        auto const rows = (gram.n + steps - 1 - begin) / steps;
        auto const chunks = (rows + gram_rows - 1) / gram_rows;
        parallel_for(control.num_threads, chunks, [&](std::size_t chunk, int /*worker*/) {
            auto const end = std::min(rows, (chunk + 1) * gram_rows);
            for (auto k = chunk * gram_rows; k < end; ++k) {
                auto const item = begin + k * steps;
                add_products(by_user, by_item.row(static_cast<Index>(item)), item, gram.row(item));
            }
        });
    }
    report(control, "gram", steps, steps);
    return gram;
}

bool invert(SquareMatrix& matrix, FitControl const& control) {
    Sweep sweep(matrix, control.num_threads);
    auto const steps = static_cast<int>(sweep.steps());
    for (int step = 0; step < steps; ++step) {
        report(control, "invert", step, steps);
        if (!sweep.step(static_cast<std::size_t>(step))) return false;
    }
    for (std::size_t i = 0; i < matrix.n; ++i) {
        std::transform(matrix.row(i), matrix.row(i) + i + 1, matrix.row(i),
                       [](double value) { return -value; });
    }
    report(control, "invert", steps, steps);
    return true;
}

void mirror(SquareMatrix& matrix) {
    for (std::size_t i = 0; i < matrix.n; ++i) {
        for (std::size_t j = 0; j < i; ++j)
            matrix(j, i) = matrix(i, j);
    }
}

}  // namespace eduplat::recommender
