#include "recommender/als_basis.hpp"

#include "core/parallel.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <utility>

namespace eduplat::recommender {

namespace {

constexpr std::size_t rows_a_chunk = 3072;  // of a rotation

/// Partial sums of a Gram matrix: enough for the threads, few enough for the memory.
std::size_t partial_sums(std::size_t rows, std::size_t d) {
    auto const by_memory = std::max<std::size_t>(2, (std::size_t{1} << 18U) / (d * d));
    return std::clamp<std::size_t>(rows / 512, 1, std::min<std::size_t>(16, by_memory));
}

bool is_diagonal(Gram const& gram, std::size_t d) {
    for (std::size_t i = 0; i < d; ++i) {
        for (auto j = i + 1; j < d; ++j) {
            if (gram[i * d + j] != 0.0) return false;
        }
    }
    return true;
}

Eigen::MatrixXd symmetric(Gram const& gram, std::size_t d) {
    auto const size = static_cast<Eigen::Index>(d);
    Eigen::MatrixXd const upper = Eigen::Map<Eigen::MatrixXd const>(gram.data(), size, size);
    return upper.selfadjointView<Eigen::Lower>();  // columns first: the upper triangle is the lower
}

/// The vectors in the order in which kernels read them.
FloatBuffer packed(Basis const& basis, Kernels const& table) {
    if (basis.vectors.empty()) return {};
    auto const d = basis.values.size();
    auto const width = table.padded(d);
    FloatBuffer panels{width * width};
    table.pack(basis.vectors.data(), d, panels.data());
    return panels;
}

}  // namespace

Team::Team(Kernels const& table, int threads, std::size_t d)
    : kernels{table}, num_threads{resolve_threads(threads)} {
    auto const size =
        std::max({table.solve_scratch(d), table.gram_scratch(d), table.rotate_scratch(d)});
    for (int i = 0; i < num_threads; ++i)
        scratch.emplace_back(size);
}

Gram gram_of(Factors const& factors, Team& team) {
    auto const d = factors.d;
    auto const parts = partial_sums(factors.rows, d);
    std::vector<Gram> sums(parts);
    parallel_for(team.num_threads, parts, [&](std::size_t part, int worker) {
        team.tick(worker);
        auto const begin = factors.rows * part / parts;
        auto const end = factors.rows * (part + 1) / parts;
        sums[part].resize(d * d);
        team.kernels.gram(factors.row(begin), end - begin, d,
                          team.scratch[static_cast<std::size_t>(worker)].data(), sums[part].data());
    });
    for (std::size_t part = 1; part < parts; ++part) {
        for (std::size_t i = 0; i < d * d; ++i)
            sums[0][i] += sums[part][i];
    }
    return std::move(sums[0]);
}

void add_to(Gram& gram, float const* row, std::size_t d, double sign) {
    for (std::size_t i = 0; i < d; ++i) {
        auto const x = sign * static_cast<double>(row[i]);
        for (auto j = i; j < d; ++j)
            gram[i * d + j] += x * static_cast<double>(row[j]);
    }
}

Basis basis_of(Gram const& gram, std::size_t d) {
    Basis basis;
    basis.values.resize(d);
    if (is_diagonal(gram, d)) {
        for (std::size_t i = 0; i < d; ++i)
            basis.values[i] = std::max(0.0, gram[i * d + i]);
        return basis;
    }
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver{symmetric(gram, d)};
    basis.vectors.resize(d * d);
    for (std::size_t i = 0; i < d; ++i) {
        auto const row = static_cast<Eigen::Index>(i);
        basis.values[i] = std::max(0.0, solver.eigenvalues()[row]);
        for (std::size_t j = 0; j < d; ++j) {
            basis.vectors[i * d + j] =
                static_cast<float>(solver.eigenvectors()(row, static_cast<Eigen::Index>(j)));
        }
    }
    return basis;
}

Gram diagonal(Basis const& basis) {
    auto const d = basis.values.size();
    Gram gram(d * d);
    for (std::size_t i = 0; i < d; ++i)
        gram[i * d + i] = basis.values[i];
    return gram;
}

void rotate(Factors& factors, Basis const& basis, Team& team) {
    if (basis.vectors.empty()) return;
    auto const d = factors.d;
    auto const panels = packed(basis, team.kernels);
    auto const chunks = (factors.rows + rows_a_chunk - 1) / rows_a_chunk;
    parallel_for(team.num_threads, chunks, [&](std::size_t chunk, int worker) {
        team.tick(worker);
        auto const begin = chunk * rows_a_chunk;
        team.kernels.rotate(factors.row(begin), std::min(rows_a_chunk, factors.rows - begin), d,
                            panels.data(), team.scratch[static_cast<std::size_t>(worker)].data());
    });
}

GramBasis::GramBasis(Gram gram, std::size_t d)
    : gram_{std::move(gram)}, d_{d}, lazy_{std::make_unique<Lazy>()} {}

GramBasis::Lazy const& GramBasis::found() const {
    std::call_once(lazy_->once, [this] {
        lazy_->basis = basis_of(gram_, d_);
        lazy_->panels = packed(lazy_->basis, kernels());
    });
    return *lazy_;
}

}  // namespace eduplat::recommender
