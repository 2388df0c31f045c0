#include "recommender/als_factors.hpp"
#include "recommender/seeded.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "unit/recommender/kernel_levels.hpp"
#include "unit/recommender/linear_systems.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::kernel_levels;

namespace {

constexpr std::size_t fixed_rows = 400;

Factors random_factors(std::size_t rows, std::size_t d, std::uint64_t seed) {
    Factors result{rows, d};
    Seeded random{seed};
    for (std::size_t i = 0; i < rows; ++i) {
        auto const norm = 0.1 + 2.0 * random.uniform();
        for (std::size_t j = 0; j < d; ++j) {
            auto const x = norm * random.normal() / std::sqrt(static_cast<double>(d));
            result.row(i)[j] = static_cast<float>(x);
        }
    }
    return result;
}

/// A row's problem, with all it points to.
struct Problem {
    Factors fixed;
    std::vector<std::int32_t> ids;
    std::vector<float> weights;
    std::vector<double> spectrum;  ///< some of it 0, as after a clamp
    double alpha = 1.5;
    double ridge = 0.75;

    Problem(std::size_t d, std::size_t n) : fixed{random_factors(fixed_rows, d, 7 * d + n)} {
        Seeded random{d + 1000 * n};
        for (std::size_t k = 0; k < n; ++k) {
            ids.push_back(static_cast<std::int32_t>(random.below(fixed_rows)));
            weights.push_back(static_cast<float>(0.2 + 2.0 * random.uniform()));
        }
        for (std::size_t j = 0; j < d; ++j)
            spectrum.push_back(j % 3 == 0 ? 0.0 : 40.0 * random.uniform() * random.uniform());
    }

    [[nodiscard]] std::vector<float> solution(Kernels const& table) const {
        auto const d = fixed.d;
        FloatBuffer padded{table.padded(d)};
        std::fill_n(padded.data(), padded.size(), std::numeric_limits<float>::infinity());
        std::transform(spectrum.begin(), spectrum.end(), padded.data(),
                       [](double x) { return static_cast<float>(x); });
        FloatBuffer scratch{table.row_scratch(d, ids.size())};
        auto const not_a_number = std::numeric_limits<float>::quiet_NaN();
        std::fill_n(scratch.data(), scratch.size(), not_a_number);  // nothing may be taken from it
        std::vector<float> out(d + 1, 99.0F);
        RowProblem const problem{fixed.floats.data(), d,
                                 ids.data(),          weights.data(),
                                 ids.size(),          ids.data(),
                                 ids.size(),          static_cast<float>(alpha),
                                 padded.data(),       static_cast<float>(ridge),
                                 scratch.data(),      out.data()};
        table.solve(&problem);
        REQUIRE(out.back() == 99.0F);
        REQUIRE(std::none_of(scratch.data() + scratch.size(),
                             scratch.data() + scratch.size() + kernel_slack,
                             [](float x) { return x != 0.0F; }));
        out.pop_back();
        return out;
    }

    [[nodiscard]] std::vector<double> reference() const {
        auto const d = fixed.d;
        auto a = test::zeros(d, d);
        std::vector<double> b(d);
        for (std::size_t j = 0; j < d; ++j)
            a[j][j] = spectrum[j] + ridge;
        for (std::size_t k = 0; k < ids.size(); ++k) {
            auto const* const y = fixed.row(static_cast<std::size_t>(ids[k]));
            auto const c = alpha * static_cast<double>(weights[k]);
            for (std::size_t i = 0; i < d; ++i) {
                b[i] += c * static_cast<double>(y[i]);
                for (std::size_t j = 0; j < d; ++j)
                    a[i][j] += c * static_cast<double>(y[i]) * static_cast<double>(y[j]);
            }
        }
        return test::solved(a, b);
    }
};

double relative_error(std::vector<float> const& values, std::vector<double> const& expected) {
    double error = 0;
    double norm = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        auto const difference = static_cast<double>(values[i]) - expected[i];
        error += difference * difference;
        norm += expected[i] * expected[i];
    }
    return norm > 0 ? std::sqrt(error / norm) : std::sqrt(error);
}

/// Sums of |x y|, which say how large a rounding error may be.
double dot(float const* x, float const* y, std::size_t d, double& magnitude) {
    double sum = 0;
    for (std::size_t j = 0; j < d; ++j) {
        auto const term = static_cast<double>(x[j]) * static_cast<double>(y[j]);
        sum += term;
        magnitude += std::abs(term);
    }
    return sum;
}

}  // namespace

TEST_CASE("a row's system is solved to float precision, short or long", "[kernels]") {
    for (std::size_t const d : {1U, 2U, 3U, 5U, 7U, 9U, 17U, 64U, 100U, 127U, 128U, 129U}) {
        auto const edge = 7 * d / 8;  // up to here rows are short
        for (std::size_t const n : {std::size_t{0}, std::size_t{1}, std::size_t{4}, edge - 1, edge,
                                    edge + 1, d, d + 1, 2 * d + 3, std::size_t{300}}) {
            if (n > 300) continue;
            Problem const problem{d, n};
            auto const expected = problem.reference();
            for (auto const* table : kernel_levels()) {
                CAPTURE(d, n, name(table->level));
                auto const found = problem.solution(*table);
                CHECK(relative_error(found, expected) < 1e-5);
                CHECK(problem.solution(*table) == found);
            }
        }
    }
}

TEST_CASE("a Gram matrix and a rotation agree with sums in double", "[kernels]") {
    for (std::size_t const d : {1U, 3U, 8U, 17U, 40U}) {
        for (std::size_t const rows : {1U, 5U, 127U, 600U}) {
            auto const factors = random_factors(rows, d, d + rows);
            auto const matrix = random_factors(d, d, 3);
            for (auto const* table : kernel_levels()) {
                CAPTURE(d, rows, name(table->level));
                std::vector<double> gram(d * d, 1.0);
                FloatBuffer scratch{std::max(table->gram_scratch(d), table->rotate_scratch(d))};
                table->gram(factors.row(0), rows, d, scratch.data(), gram.data());
                Factors columns{d, rows};
                for (std::size_t i = 0; i < rows * d; ++i)
                    columns.row(i % d)[i / d] = factors.floats.data()[i];
                for (std::size_t i = 0; i < d; ++i) {
                    for (std::size_t j = 0; j < d; ++j) {
                        double size = 1;
                        auto const sum = dot(columns.row(i), columns.row(j), rows, size);
                        auto const expected = j < i ? 1.0 : 1.0 + sum;
                        REQUIRE(gram[i * d + j] == Approx(expected).margin(1e-6 * size));
                    }
                }
                FloatBuffer panels{table->padded(d) * table->padded(d)};
                table->pack(matrix.row(0), d, panels.data());
                auto rotated = random_factors(rows, d, d + rows);
                table->rotate(rotated.row(0), rows, d, panels.data(), scratch.data());
                for (std::size_t i = 0; i < rows * d; ++i) {
                    std::vector<float> column(d);
                    for (std::size_t k = 0; k < d; ++k)
                        column[k] = matrix.row(k)[i % d];
                    double size = 0;
                    auto const expected = dot(factors.row(i / d), column.data(), d, size);
                    REQUIRE(static_cast<double>(rotated.floats.data()[i]) ==
                            Approx(expected).margin(1e-6 * size));
                }
            }
        }
    }
}

TEST_CASE("scores are the same bits for one user and many, all items and some", "[kernels]") {
    constexpr std::size_t items = 300;
    constexpr std::size_t users = 11;
    for (std::size_t const d : {1U, 3U, 16U, 17U, 64U, 100U}) {
        auto const item_factors = random_factors(items, d, 5);
        auto const user_factors = random_factors(users, d, 6);
        for (auto const* table : kernel_levels()) {
            CAPTURE(d, name(table->level));
            auto const width = table->padded(d);
            FloatBuffer padded{users * width};
            std::fill_n(padded.data(), padded.size(), 0.0F);
            for (std::size_t u = 0; u < users; ++u)
                std::copy_n(user_factors.row(u), d, padded.data() + u * width);
            std::vector<float> all(users * items);
            table->scores(padded.data(), users, item_factors.row(0), d, nullptr, items, all.data(),
                          items);
            for (std::size_t u = 0; u < users; ++u) {
                std::vector<std::int32_t> ids(items);
                std::iota(ids.rbegin(), ids.rend(), 0);
                std::vector<float> some(items);
                table->scores(padded.data() + u * width, 1, item_factors.row(0), d, ids.data(),
                              items, some.data(), items);
                for (std::size_t i = 0; i < items; ++i) {
                    double size = 0;
                    auto const expected = dot(user_factors.row(u), item_factors.row(i), d, size);
                    REQUIRE(static_cast<double>(all[u * items + i]) ==
                            Approx(expected).margin(1e-6 * size));
                    REQUIRE(some[items - 1 - i] == all[u * items + i]);
                }
            }
        }
    }
}

TEST_CASE("the level is the processor's best, or less by the environment", "[kernels]") {
    CHECK(kernels(KernelLevel::baseline).level == KernelLevel::baseline);
    CHECK(kernels().level == kernel_level());
    auto const asked = [](std::string const& level) {
        return test::run_program(
            {"env", "EDUPLAT_KERNELS=" + level, EDUPLAT_PROCESS_ALS_PROCESS, "level"});
    };
    auto const best = asked("");
    CHECK(asked("baseline") == "baseline\n");
    CHECK(asked("unknown") == best);
    for (auto const* table : kernel_levels())
        CHECK(asked(std::string{name(table->level)}) == std::string{name(table->level)} + '\n');
    CHECK(best == std::string{name(kernel_levels().back()->level)} + '\n');
}
