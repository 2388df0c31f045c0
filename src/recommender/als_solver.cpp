#include "recommender/als_solver.hpp"

#include "core/parallel.hpp"
#include "recommender/checks.hpp"
#include "recommender/seeded.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eduplat::recommender {

namespace {

constexpr double chunks_of_rows = 256;
constexpr std::size_t prefetched_ids_max = 64;
constexpr std::size_t rows_a_seed = 256;

/// Vector operations that a row takes, roughly.
double cost(std::size_t d, std::size_t n) {
    auto const size = static_cast<double>(d);
    auto const shorter = static_cast<double>(std::min(d, n));
    auto const longer = static_cast<double>(std::max(d, n));
    return 2000.0 + size * static_cast<double>(n) +
           shorter * shorter * (longer / 2 + shorter / 6 + 40);
}

/// Cuts rows into ranges of about the same cost; where each begins, and the end.
std::vector<Index> ranges(CsrView rows, std::size_t d) {
    auto const length = [&](Index row) { return rows.row(row).size(); };
    double total = 0;
    for (Index row = 0; row < rows.rows(); ++row)
        total += cost(d, length(row));
    std::vector<Index> bounds{0};
    double sum = 0;
    for (Index row = 0; row < rows.rows(); ++row) {
        sum += cost(d, length(row));
        if (sum >= total / chunks_of_rows || row + 1 == rows.rows()) {
            bounds.push_back(row + 1);
            sum = 0;
        }
    }
    return bounds;
}

void check_finite(float const* values, std::size_t count) {
    bool finite = true;
    for (std::size_t i = 0; i < count; ++i)
        finite &= std::isfinite(values[i]);
    if (!finite) fail(ErrorCode::invalid_argument, "user_items", "too_large");
}

/// The diagonal of what is not observed: w times the Gram matrix's values.
FloatBuffer spectrum_of(AlsOptions const& options, Basis const& basis, Kernels const& table) {
    FloatBuffer spectrum{table.padded(basis.values.size())};
    std::fill_n(spectrum.data(), spectrum.size(), std::numeric_limits<float>::infinity());
    std::transform(basis.values.begin(), basis.values.end(), spectrum.data(), [&](double value) {
        return static_cast<float>(options.unobserved_weight * value);
    });
    return spectrum;
}

std::span<Index const> ids_after(CsrView rows, Index row) {
    if (row + 1 >= rows.rows()) return {};
    auto const ids = rows.row(row + 1).ids;
    return ids.first(std::min(ids.size(), prefetched_ids_max));
}

/// What rows of one side have in common.
struct Side {
    Factors const& fixed;
    AlsOptions const& options;
    FloatBuffer const& spectrum;

    [[nodiscard]] RowProblem problem(SparseRow row, std::size_t opposite, float* scratch,
                                     float* out) const {
        return {.fixed = fixed.floats.data(),
                .d = fixed.d,
                .ids = row.ids.data(),
                .weights = row.weights.data(),
                .n = row.size(),
                .next = nullptr,
                .next_count = 0,
                .alpha = static_cast<float>(options.alpha),
                .spectrum = spectrum.data(),
                .ridge = static_cast<float>(regularizer(options, row.size(), opposite)),
                .scratch = scratch,
                .out = out};
    }
};

/// Solves all rows of one side against the other, whose Gram matrix is diagonal.
void solve_rows(CsrView rows, Side const& side, Factors& out, Team& team) {
    auto const d = side.fixed.d;
    auto const bounds = ranges(rows, d);
    parallel_for(team.num_threads, bounds.size() - 1, [&](std::size_t chunk, int worker) {
        team.tick(worker);
        auto* const scratch = team.scratch[static_cast<std::size_t>(worker)].data();
        for (auto row = bounds[chunk]; row < bounds[chunk + 1]; ++row) {
            auto* const to = out.row(static_cast<std::size_t>(row));
            auto problem = side.problem(rows.row(row), side.fixed.rows, scratch, to);
            auto const next = ids_after(rows, row);
            problem.next = next.data();
            problem.next_count = next.size();
            team.kernels.solve(&problem);
        }
        auto const begin = static_cast<std::size_t>(bounds[chunk]);
        check_finite(out.row(begin), (static_cast<std::size_t>(bounds[chunk + 1]) - begin) * d);
    });
}

/// Of the deviation that Rendle et al. take: 0.1 / sqrt(d).
void set_random(Factors& factors, std::uint64_t seed, Team& team) {
    auto const scale = 0.1 * std::sqrt(12.0 / static_cast<double>(factors.d));
    auto const chunks = (factors.rows + rows_a_seed - 1) / rows_a_seed;
    Seeded seeds{seed};
    std::vector<std::uint64_t> chunk_seeds(chunks);
    std::generate(chunk_seeds.begin(), chunk_seeds.end(), std::ref(seeds));
    parallel_for(team.num_threads, chunks, [&](std::size_t chunk, int /*worker*/) {
        Seeded random{chunk_seeds[chunk]};
        auto const end = std::min(factors.rows, (chunk + 1) * rows_a_seed);
        std::generate(factors.row(chunk * rows_a_seed), factors.row(end),
                      [&] { return static_cast<float>(scale * (random.uniform() - 0.5)); });
    });
}

/// Brings `fixed` into its own basis, then solves the rows of the other side.
void half_sweep(CsrView rows, Factors& fixed, Factors& out, AlsOptions const& options, Team& team) {
    auto const basis = basis_of(gram_of(fixed, team), fixed.d);
    rotate(fixed, basis, team);
    auto const spectrum = spectrum_of(options, basis, team.kernels);
    solve_rows(rows, {fixed, options, spectrum}, out, team);
}

/// Leaves both sides in the basis of the items, so that users can be folded in.
void finish(AlsFactors& factors, Team& team) {
    auto const d = factors.items.d;
    auto const basis = basis_of(gram_of(factors.items, team), d);
    rotate(factors.items, basis, team);
    rotate(factors.users, basis, team);
    factors.items_gram = GramBasis{diagonal(basis), d};
    factors.users_gram = GramBasis{gram_of(factors.users, team), d};
}

}  // namespace

double regularizer(AlsOptions const& options, std::size_t n, std::size_t opposite) {
    auto const frequency =
        static_cast<double>(n) + options.unobserved_weight * static_cast<double>(opposite);
    auto const exponent = options.regularization_exponent;
    return options.regularization * (exponent == 1.0 ? frequency : std::pow(frequency, exponent));
}

void Pulse::done(int step) {
    step_ = step;
    said_ = std::chrono::steady_clock::now();
    report(control_, "sweep", step_, steps_);
}

void Pulse::tick() {
    using namespace std::chrono_literals;
    if (std::chrono::steady_clock::now() - said_ >= 100ms) done(step_);
}

AlsFactors fit_als(Interactions const& user_items, AlsOptions const& options,
                   FitControl const& control, Kernels const& table) {
    auto const d = static_cast<std::size_t>(options.factors);
    auto const shape = user_items.shape();
    Pulse pulse{control, options.iterations};
    pulse.done(0);
    Team team{table, control.num_threads, d};
    team.tick = [&pulse](int worker) {
        if (worker == 0) pulse.tick();
    };
    AlsFactors factors{.users = {static_cast<std::size_t>(shape.users), d},
                       .items = {static_cast<std::size_t>(shape.items), d},
                       .users_gram = {},
                       .items_gram = {}};
    set_random(factors.items, options.random_state, team);
    for (int sweep = 0; sweep < options.iterations; ++sweep) {
        half_sweep(user_items.by_user(), factors.items, factors.users, options, team);
        half_sweep(user_items.by_item(), factors.users, factors.items, options, team);
        pulse.done(sweep + 1);
    }
    finish(factors, team);
    return factors;
}

FoldIn::FoldIn(Factors const& fixed, GramBasis const& gram, AlsOptions const& options)
    : fixed_{fixed},
      basis_{gram.basis()},
      options_{options},
      kernels_{kernels()},
      spectrum_{spectrum_of(options, basis_, kernels_)},
      panels_{gram.panels()} {}

void FoldIn::reserve(std::size_t size) {
    if (scratch_.size() < size) scratch_ = FloatBuffer{size};
}

void FoldIn::solve(SparseRow row, float* out) {
    if (!basis_.vectors.empty() && row.size() > 0) {
        solve_rotated(row, out);
    } else {
        reserve(kernels_.row_scratch(fixed_.d, row.size()));
        auto const problem =
            Side{fixed_, options_, spectrum_}.problem(row, fixed_.rows, scratch_.data(), out);
        kernels_.solve(&problem);
    }
    check_finite(out, fixed_.d);
}

/// The rows that are asked for are brought into the basis, and the solution back out of it.
void FoldIn::solve_rotated(SparseRow row, float* out) {
    auto const d = fixed_.d;
    auto const n = row.size();
    Factors gathered{n, d};
    std::vector<Index> ids(n);
    std::iota(ids.begin(), ids.end(), 0);
    for (std::size_t k = 0; k < n; ++k)
        std::copy_n(fixed_.row(static_cast<std::size_t>(row.ids[k])), d, gathered.row(k));
    reserve(std::max(kernels_.rotate_scratch(d), kernels_.row_scratch(d, n)));
    kernels_.rotate(gathered.row(0), n, d, panels_.data(), scratch_.data());
    std::vector<float> solution(d);
    auto const problem = Side{gathered, options_, spectrum_}.problem(
        {ids, row.weights}, fixed_.rows, scratch_.data(), solution.data());
    kernels_.solve(&problem);
    for (std::size_t i = 0; i < d; ++i) {
        auto const* const vector = basis_.vectors.data() + i * d;
        out[i] = std::inner_product(solution.begin(), solution.end(), vector, 0.0F);
    }
}

}  // namespace eduplat::recommender
