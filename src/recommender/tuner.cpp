#include "recommender/hybrid_settings.hpp"
#include "recommender/seeded.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/tuner.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>
#include <utility>

namespace eduplat::recommender {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int trials_max = 10'000;
constexpr int proposals_max = 20;        // for a trial that differs from all before
constexpr int random_share = 3;          // one trial of so many is random
constexpr double widest_step = 0.25;     // of a range, when refining begins
constexpr double narrowest_step = 0.03;  // and when it ends

constexpr std::array<std::pair<std::string_view, double Metrics::*>, 5> metrics{{
    {"hr", &Metrics::hr},
    {"recall", &Metrics::recall},
    {"precision", &Metrics::precision},
    {"ndcg", &Metrics::ndcg},
    {"map", &Metrics::map},
}};

auto find_metric(std::string_view name) {
    return std::find_if(metrics.begin(), metrics.end(),
                        [&](auto const& metric) { return metric.first == name; });
}

void check_number(Validation& validation, std::string_view field, int value, int low, int high) {
    if (value < low) validation.add(field, "too_small", low);
    if (value > high) validation.add(field, "too_large", high);
}

std::string_view broken_rule(SettingRange const& range, Settings const& fixed) {
    if (!std::isfinite(range.low) || !std::isfinite(range.high)) return "not_finite";
    if (range.low > range.high) return "out_of_range";
    if (range.logarithmic && range.low <= 0) return "too_small";
    if (range.whole && (range.low != std::floor(range.low) || range.high != std::floor(range.high)))
        return "not_whole";
    return fixed.count(range.name) > 0 ? "fixed" : std::string_view{};
}

void check(TunerOptions const& options, std::span<SettingRange const> ranges) {
    Validation validation;
    if (find_metric(options.metric) == metrics.end()) validation.add("metric", "unknown");
    if (ranges.empty()) validation.add("ranges", "required");
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        auto rule = broken_rule(ranges[i], options.fixed);
        if (!names.insert(ranges[i].name).second) rule = "duplicate";
        if (!rule.empty()) validation.add("ranges[" + std::to_string(i) + ']', rule);
    }
    auto const in_range = [&](auto const& setting) { return names.count(setting.first) > 0; };
    if (!std::all_of(options.start.begin(), options.start.end(), in_range))
        validation.add("start", "unknown");
    check_number(validation, "k", options.k, 1, limits::recommend_n_max);
    check_number(validation, "trials", options.trials, 1, trials_max);
    check_number(validation, "patience", options.patience, 0, trials_max);
    check_number(validation, "users", options.users, 0, limits::recommender_rows_max);
    check_number(validation, "leave_out", options.leave_out, 0, limits::recommend_n_max);
    check_number(validation, "negatives", options.negatives, 0, limits::recommend_n_max);
    if (!(options.validation_fraction > 0 && options.validation_fraction < 1))
        validation.add("validation_fraction", "out_of_range");
    validation.check("tuning");
}

/// The three leading digits, so that a setting reads the same in a file.
double rounded(double value) {
    std::array<char, 32> text{};
    auto const end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 3);
    std::from_chars(text.data(), end.ptr, value);
    return value;
}

/// The value at a place of a range, 0 for low and 1 for high.
double value_at(SettingRange const& range, double place) {
    auto const value = range.logarithmic ? range.low * std::pow(range.high / range.low, place)
                                         : range.low + place * (range.high - range.low);
    return std::clamp(range.whole ? std::round(value) : rounded(value), range.low, range.high);
}

double place_of(SettingRange const& range, double value) {
    if (range.low == range.high) return 0;
    value = std::clamp(value, range.low, range.high);
    if (range.logarithmic) return std::log(value / range.low) / std::log(range.high / range.low);
    return (value - range.low) / (range.high - range.low);
}

/// The rows of so many users at most who have any.
Interactions of_some_users(Interactions const& all, int count, Seeded random) {
    std::vector<Index> users;
    for (Index user = 0; user < all.shape().users; ++user) {
        if (all.by_user().row(user).size() > 0) users.push_back(user);
    }
    random.shuffle(users);
    users.resize(std::min(users.size(), static_cast<std::size_t>(count)));
    InteractionsBuilder out{all.shape()};
    for (auto const user : users) {
        auto const row = all.by_user().row(user);
        for (std::size_t i = 0; i < row.size(); ++i)
            out.add(user, row.ids[i], row.weights[i]);
    }
    return std::move(out).build();
}

/// Each pair that is held out, among items that the user does not have.
std::vector<Candidates> candidates_of(Interactions const& all, Interactions const& held_out,
                                      int negatives, Seeded random) {
    std::vector<Candidates> out;
    auto const items = all.shape().items;
    for (Index user = 0; user < all.shape().users; ++user) {
        auto const own = all.by_user().row(user).ids;
        auto const others = static_cast<std::size_t>(items) - own.size();
        auto const count = std::min(static_cast<std::size_t>(negatives), others);
        for (auto const positive : held_out.by_user().row(user).ids) {
            Candidates one{user, {positive}};
            std::set<Index> drawn;
            while (drawn.size() < count) {
                auto const item =
                    static_cast<Index>(random.below(static_cast<std::uint64_t>(items)));
                if (!std::binary_search(own.begin(), own.end(), item)) drawn.insert(item);
            }
            one.items.insert(one.items.end(), drawn.begin(), drawn.end());
            out.push_back(std::move(one));
        }
    }
    return out;
}

/// Says how good settings are, on a part of the interactions that is held out.
class Judge {
  public:
    Judge(std::string_view model, Interactions const& all, TunerOptions const& options,
          std::span<ItemProfile const> profiles)
        : model_(model),
          options_(options),
          profiles_(profiles),
          split_(options.leave_out > 0
                     ? leave_k_out(all, options.leave_out, options.random_state)
                     : split_fraction(all, options.validation_fraction, options.random_state)) {
        if (split_.test.pairs() == 0) fail(ErrorCode::invalid_argument, "train", "too_small");
        if (options.users > 0)
            split_.test = of_some_users(split_.test, options.users, Seeded{options.random_state});
        if (options.negatives == 0) return;
        candidates_ =
            candidates_of(all, split_.test, options.negatives, Seeded{options.random_state});
    }

    [[nodiscard]] Trial judge(Settings settings) const {
        auto const model = make_model(model_, settings, profiles_);
        auto const begin = Clock::now();
        model->fit(split_.train, {options_.num_threads, options_.on_progress});
        std::chrono::duration<double> const fit_time = Clock::now() - begin;
        EvaluationOptions const how{options_.k, options_.num_threads};
        auto const found = candidates_.empty()
                               ? evaluate(*model, split_.train, split_.test, how)
                               : evaluate_candidates(*model, split_.train, candidates_, how);
        auto const value = found.*find_metric(options_.metric)->second;
        return {std::move(settings), value, fit_time.count()};
    }

  private:
    std::string_view model_;
    TunerOptions const& options_;
    std::span<ItemProfile const> profiles_;
    Split split_;
    std::vector<Candidates> candidates_;
};

/// How many trials come before the best so far is varied.
int refining_from(TunerOptions const& options) {
    return 1 + (options.trials - 1) / random_share;
}

/// Proposes settings that differ from all before.
class Proposals {
  public:
    Proposals(std::vector<SettingRange> ranges, TunerOptions const& options)
        : ranges_(std::move(ranges)), options_(options), random_(options.random_state) {}

    /// None if the ranges hold nothing new.
    [[nodiscard]] bool next(int trial, Settings const& best, Settings& out) {
        for (int i = 0; i < proposals_max; ++i) {
            out = options_.fixed;
            for (auto const& range : ranges_)
                out[range.name] = value_at(range, place(range, trial, best));
            if (seen_.insert(out).second) return true;
        }
        return false;
    }
    void add(Settings const& settings) { seen_.insert(settings); }

  private:
    double place(SettingRange const& range, int trial, Settings const& best) {
        auto const first = refining_from(options_);
        if (trial < first) return random_.uniform();
        auto const left = static_cast<double>(options_.trials - trial) /
                          static_cast<double>(options_.trials - first);
        auto const step = narrowest_step + left * (widest_step - narrowest_step);
        auto const place = place_of(range, best.at(range.name)) + step * random_.normal();
        return std::clamp(place, 0.0, 1.0);
    }

    std::vector<SettingRange> ranges_;
    TunerOptions const& options_;
    Seeded random_;
    std::set<Settings> seen_;
};

/// Adds the usual ranges of a model, or of a part under its label.
void add_ranges(std::string_view model, std::string const& prefix, Settings const& given,
                std::vector<SettingRange>& out) {
    for (auto const& info : model_settings(model)) {
        auto name = prefix + std::string{info.name};
        if (!info.is_tuned() || given.count(name) > 0) continue;
        out.push_back({std::move(name), info.low, info.high, info.logarithmic, info.whole});
    }
}

/// What a setting is when nobody sets it. Names with a dot are a part's.
double usual_value(std::string_view model, SettingRange const& range) {
    auto const dot = range.name.find('.');
    if (dot != std::string::npos) model = hybrid_settings::model_of(range.name.substr(0, dot));
    auto const name = std::string_view{range.name}.substr(dot == std::string::npos ? 0 : dot + 1);
    if (!model.empty()) {
        for (auto const& info : model_settings(model)) {
            if (info.name == name) return std::clamp(info.usual, range.low, range.high);
        }
    }
    return value_at(range, 0.5);
}

Settings first_settings(std::string_view model, std::span<SettingRange const> ranges,
                        TunerOptions const& options) {
    auto out = options.fixed;
    for (auto const& range : ranges) {
        auto const given = options.start.find(range.name);
        out[range.name] = given == options.start.end()
                              ? usual_value(model, range)
                              : std::clamp(given->second, range.low, range.high);
    }
    return out;
}

/// Tries settings; false ends the search.
bool try_settings(Judge const& judge, Settings settings, TunerOptions const& options,
                  TuningResult& result, int& best_at) {
    auto trial = judge.judge(std::move(settings));
    if (result.trials.empty() || trial.value > result.value) {
        result.best = trial.settings;
        result.value = trial.value;
        best_at = static_cast<int>(result.trials.size()) + 1;
    }
    result.trials.push_back(std::move(trial));
    auto const done = static_cast<int>(result.trials.size());
    if (options.on_trial && !options.on_trial(result.trials.back(), done, options.trials))
        return false;
    auto const in_vain = done - std::max(best_at, refining_from(options));
    return options.patience == 0 || in_vain < options.patience;
}

}  // namespace

std::vector<SettingRange> usual_ranges(std::string_view model, Settings const& settings,
                                       std::span<ItemProfile const> profiles) {
    std::vector<SettingRange> out;
    add_ranges(model, {}, settings, out);
    if (model != "hybrid") return out;
    for (auto const& part : hybrid_settings::read(settings, !profiles.empty()).parts)
        add_ranges(part.model, part.label + '.', settings, out);
    return out;
}

TuningResult tune(std::string_view model, Interactions const& train, TunerOptions const& options,
                  std::span<ItemProfile const> profiles) {
    auto const ranges =
        options.ranges.empty() ? usual_ranges(model, options.fixed, profiles) : options.ranges;
    check(options, ranges);
    auto settings = first_settings(model, ranges, options);
    static_cast<void>(make_model(model, settings, profiles));  // refuses what is unknown
    Judge const judge{model, train, options, profiles};
    Proposals proposals{ranges, options};
    proposals.add(settings);
    TuningResult result;
    int best_at = 0;
    for (int trial = 1; try_settings(judge, settings, options, result, best_at); ++trial) {
        if (trial == options.trials || !proposals.next(trial, result.best, settings)) break;
    }
    return result;
}

}  // namespace eduplat::recommender
