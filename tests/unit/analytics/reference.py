"""Prints reference_values.hpp: what lifelines, scipy and statsmodels make of data that the tests use.

    python3 -m venv venv && venv/bin/pip install lifelines==0.30.3 scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python tests/unit/analytics/reference.py > tests/unit/analytics/reference_values.hpp
"""

import importlib.metadata
from fractions import Fraction

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from scipy import signal, special, stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
from statsmodels.stats.proportion import proportion_confint

PACKAGES = ("lifelines", "scipy", "statsmodels", "numpy", "pandas")


def drawn(seed, size, mean, stop, whole):
    """Seeded durations that are censored at random and at `stop`."""
    draw = np.random.default_rng(seed)
    ends = draw.exponential(mean, size)
    censoring = np.minimum(draw.uniform(0, 2 * mean, size), stop)
    durations = np.minimum(ends, censoring)
    return (np.floor(durations) if whole else np.round(durations, 3)), (ends <= censoring).astype(int)


# Weeks of remission under 6-mercaptopurine and placebo (Freireich et al., Blood 21, 1963).
TREATED = (
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
PLACEBO = (
    [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
    [1] * 21,
)
CURVES = {
    "treated": TREATED,
    "placebo": PLACEBO,
    "days": drawn(1, 300, 40, 60, True),
    "moments": drawn(2, 60, 3, 5, False),
    "many": drawn(3, 600, 3, 4, False),
    "all_censored": ([3, 5, 5, 9], [0, 0, 0, 0]),
    "all_events": ([2, 2, 3, 5, 8, 8], [1] * 6),
    "at_zero": ([0, 0, 0, 1, 2, 2], [1, 0, 0, 1, 1, 0]),
    "one": ([7], [1]),
}
LOG_RANKS = {
    "remission": ("treated", "placebo"),
    "three": ("days", "treated", "placebo"),
    "five": ("days", "treated", "placebo", "all_events", "moments"),
}


def number(value):
    return "none" if value is None or not np.isfinite(value) else repr(float(value))


def numbers(values):
    return "{" + ", ".join(number(value) for value in values) + "}"


def lines(values, width=92):
    """Values of a C++ list, in lines of bounded length."""
    line = "   "
    for value in values:
        if len(line) + len(value) + 2 > width:
            yield line
            line = "   "
        line += " " + value + ","
    yield line


def array(kind, name, values, show=number):
    print(f"inline constexpr {kind} {name}[] = {{")
    for line in lines([show(value) for value in values]):
        print(line)
    print("};")


def curve(name, durations, observed):
    durations, observed = np.asarray(durations, float), np.asarray(observed)
    fitter = KaplanMeierFitter().fit(durations, observed)
    table = fitter.event_table
    bounds = fitter.confidence_interval_
    right = SurvfuncRight(durations, observed)
    errors = dict(zip(right.surv_times, right.surv_prob_se))
    rows, error = [], 0.0
    for time in np.unique(durations):
        survival = fitter.survival_function_.iloc[:, 0].loc[time]
        error = errors.get(time, error)
        is_inside = 0 < survival < 1
        low, high = bounds.loc[time] if is_inside else (None, None)
        at = table.loc[time]
        at_risk = (durations >= time).sum()
        shown = [number(value) for value in (time, survival, error if survival > 0 else None, low, high)]
        counts = [str(int(value)) for value in (at_risk, at["observed"], at["censored"])]
        rows.append("{" + ", ".join([str(len(rows))] + shown[:1] + counts + shown[1:]) + "}")
    array("double", f"{name}_durations", durations)
    array("std::uint8_t", f"{name}_observed", observed, lambda value: str(int(value)))
    print(f"inline constexpr ReferenceStep {name}_steps[] = {{")
    for row in rows[:: max(1, len(rows) // 12)]:
        print(f"    {row},")
    print("};")
    # lifelines may miss a survival of exactly a half by a rounding: fractions do not.
    survival, median = Fraction(1), None
    for time, at in table.iterrows():
        survival *= 1 - Fraction(int(at["observed"]), int(at["at_risk"]))
        if median is None and survival <= Fraction(1, 2):
            median = time
    print(f"inline constexpr std::optional<double> {name}_median = {number(median)};\n")


def log_rank(name, parts):
    durations = np.concatenate([np.asarray(CURVES[part][0], float) for part in parts])
    observed = np.concatenate([np.asarray(CURVES[part][1]) for part in parts])
    groups = np.concatenate([[i] * len(CURVES[part][0]) for i, part in enumerate(parts)])
    test = multivariate_logrank_test(durations, groups, observed)
    other, _ = survdiff(durations, observed, groups)
    assert abs(other / test.test_statistic - 1) < 1e-9
    print(f"// of {', '.join(parts)}")
    print(f"inline constexpr double {name}_chi_squared = {number(test.test_statistic)};")
    print(f"inline constexpr double {name}_p_value = {number(test.p_value)};\n")


def marks(name, seed, graded):
    """Marks of learners (rows) in items (columns), by ability and difficulty."""
    draw = np.random.default_rng(seed)
    ability, difficulty = draw.normal(0, 1, (40, 1)), draw.normal(0, 1, (1, 7))
    chance = 1 / (1 + np.exp(difficulty - ability))
    scores = draw.binomial(4, chance) if graded else draw.binomial(1, chance)
    top = 4 if graded else 1
    shares = scores / top
    rests = [np.delete(shares, item, axis=1).sum(axis=1) for item in range(7)]
    correlate = stats.pearsonr if graded else stats.pointbiserialr
    covariance = np.cov(shares, rowvar=False)
    alpha = 7 / 6 * (1 - np.trace(covariance) / covariance.sum())
    print(f"inline constexpr std::int64_t {name}_score_max = {top};")
    print(f"inline constexpr int {name}_scores[40][7] = {{")
    for row in scores:
        print("    {" + ", ".join(str(score) for score in row) + "},")
    print("};")
    array("double", f"{name}_facility", shares.mean(axis=0))
    array("double", f"{name}_item_rest",
          [correlate(shares[:, item], rests[item])[0] for item in range(7)])
    print(f"inline constexpr double {name}_alpha = {number(alpha)};\n")


def distributions():
    inside = [1e-12, 0.1, 0.5, 0.6826894921370859, 0.9, 0.95, 0.99, 0.999999, 1 - 1e-12]
    rows = [(p, np.sqrt(2) * special.erfinv(p)) for p in inside]
    print("inline constexpr double normal_within_values[][2] = {  // probability, z")
    for row in rows:
        print(f"    {numbers(row)},")
    print("};")
    print("struct ReferenceTail {\n    double x;\n    int degrees;\n    double p;\n};")
    print("inline constexpr ReferenceTail chi_squared_values[] = {")
    for degrees in (1, 2, 3, 4, 7, 20, 99, 255):
        for x in (0, 1e-9, 3.84, 25, 600):
            print(f"    {{{number(x)}, {degrees}, {number(stats.chi2.sf(x, degrees))}}},")
    print("};")
    print("struct ReferenceProportion {\n    int count;\n    int of;\n    double confidence;")
    print("    double low;\n    double high;\n};")
    print("inline constexpr ReferenceProportion proportion_values[] = {")
    for count, of in ((0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (1, 3), (777, 1000)):
        for confidence in (0.8, 0.95, 0.99):
            low, high = proportion_confint(count, of, 1 - confidence, "wilson")
            print(f"    {{{count}, {of}, {confidence}, {number(low)}, {number(high)}}},")
    print("};\n")


def peaks():
    draw = np.random.default_rng(11)
    values = np.abs(np.cumsum(draw.integers(-2, 3, 120))).astype(float)
    padded = np.concatenate([[0], values, [0]])
    places, found = signal.find_peaks(padded, prominence=0)
    array("double", "peak_input", values)
    print("inline constexpr double peak_values[][2] = {  // place, prominence")
    for place, prominence in zip(places - 1, found["prominences"]):
        print(f"    {numbers((place, prominence))},")
    print("};\n")


def main():
    print("#pragma once\n")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    print("// clang-format off\n// Written by reference.py with", ", ".join(versions) + ".\n")
    print("#include <cstddef>\n#include <cstdint>\n#include <optional>\n")
    print("namespace eduplat::test::reference {\n")
    print("inline constexpr auto none = std::nullopt;\n")
    print("struct ReferenceStep {\n    std::size_t step;\n    double time;\n    std::int64_t at_risk;")
    print("    std::int64_t events;\n    std::int64_t censored;\n    double survival;")
    print("    std::optional<double> std_error;\n    std::optional<double> low;")
    print("    std::optional<double> high;\n};\n")
    for name, (durations, observed) in CURVES.items():
        curve(name, durations, observed)
    for name, parts in LOG_RANKS.items():
        log_rank(name, parts)
    marks("quiz", 5, False)
    marks("essay", 6, True)
    distributions()
    peaks()
    print("}  // namespace eduplat::test::reference\n\n// clang-format on")


if __name__ == "__main__":
    main()
