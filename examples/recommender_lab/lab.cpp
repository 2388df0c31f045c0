#include "lab.hpp"

#include "tuning.hpp"

#include <eduplat/core/error.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace recommender_lab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double usual_seed = 42;
constexpr int advice_count = 10;
constexpr int reason_count = 3;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::int64_t peak_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} * 1024;
}

/// Measures the sweeps of a fit.
class Sweeps {
  public:
    void operator()(rec::FitProgress const& progress) {
        if (progress.stage != "sweep" || progress.step == step_) return;
        seconds_.push_back(seconds_since(last_) / std::max(1, progress.step - step_));
        step_ = progress.step;
        last_ = Clock::now();
    }
    [[nodiscard]] double median() {
        if (seconds_.empty()) return 0;
        auto const middle = seconds_.begin() + static_cast<std::ptrdiff_t>(seconds_.size() / 2);
        std::nth_element(seconds_.begin(), middle, seconds_.end());
        return *middle;
    }

  private:
    int step_ = 0;
    Clock::time_point last_ = Clock::now();
    std::vector<double> seconds_;
};

bool has_seed(std::string_view model) {
    auto const names = rec::model_names();
    if (std::find(names.begin(), names.end(), model) == names.end()) return false;
    auto const settings = rec::model_settings(model);
    return std::any_of(settings.begin(), settings.end(),
                       [](auto const& info) { return info.name == "random_state"; });
}

/// The labels of a hybrid's parts that are chosen by chance.
std::vector<std::string> seeded_parts(Settings const& settings) {
    std::vector<std::string> out;
    auto any = false;
    for (auto const& [name, value] : settings) {
        auto const dot = name.find('.');
        auto const before = name.substr(0, dot);
        auto const taken = (before == "part" && value == 1) || before == "weight";
        if (dot == std::string::npos || !taken) continue;
        any = true;
        auto label = name.substr(dot + 1);
        if (has_seed(label.substr(0, label.find_last_not_of("0123456789") + 1)))
            out.push_back(label);
    }
    for (std::string const usual : {"als", "graph_filter"}) {
        if (!any && settings.count("part." + usual) == 0) out.push_back(usual);
    }
    return out;
}

rec::EvaluationOptions protocol(Options const& options, int usual_k) {
    return {options.k.value_or(usual_k), options.threads};
}

std::unique_ptr<rec::Model> fit(Data const& data, Options const& options, Settings const& settings,
                                Notice const& notice, Run& run) {
    auto model = rec::make_model(options.model, settings, data.profiles.items);
    Sweeps sweeps;
    rec::FitControl control;
    control.num_threads = options.threads;
    control.on_progress = [&](rec::FitProgress const& progress) {
        sweeps(progress);
        notice("fit: " + std::string{progress.stage} + ' ' + std::to_string(progress.step) +
               " of " + std::to_string(progress.steps));
        return true;
    };
    auto const begin = Clock::now();
    model->fit(data.train, control);
    run.fit_seconds = seconds_since(begin);
    run.sweep_seconds = sweeps.median();
    return model;
}

void measure(rec::Model const& model, Data const& data, Options const& options,
             Notice const& notice, Run& run) {
    notice("evaluation");
    if (!data.candidates.empty()) {
        run.among_candidates =
            rec::evaluate_candidates(model, data.train, data.candidates, protocol(options, 10));
    }
    if (data.test)
        run.among_all = rec::evaluate(model, data.train, *data.test, protocol(options, 20));
}

std::vector<Advice> advise(rec::Model const& model, Data const& data, rec::Index user) {
    auto const [users, items] = data.train.shape();
    if (user >= users)
        eduplat::fail(eduplat::ErrorCode::invalid_argument, "--user", "out_of_range", users - 1);
    auto const row = data.train.by_user().row(user);
    rec::RecommendOptions wanted;
    wanted.n = advice_count;
    wanted.recalculate_user = true;  // so that reasons add up to the score
    std::vector<Advice> out;
    for (auto const& item : model.recommend(user, row, wanted))
        out.push_back({item, model.explain(user, row, item.id, reason_count)});
    return out;
}

}  // namespace

Settings with_seed(std::string_view model, Settings settings, int run) {
    if (run == 0) return settings;
    std::vector<std::string> names;
    if (has_seed(model)) names.emplace_back("random_state");
    if (model == "hybrid") {
        for (auto const& label : seeded_parts(settings))
            names.push_back(label + ".random_state");
    }
    for (auto const& name : names)
        settings.try_emplace(name, usual_seed).first->second += run;
    return settings;
}

Data read_data(Options const& options) {
    Data out;
    auto const& train = *options.train;
    out.name = (train.parent_path().filename() / train.filename()).string();
    out.train = read_pairs(*options.train);
    auto shape = out.train.shape();
    if (options.test) {
        out.test = read_pairs(*options.test);
        shape = around(shape, out.test->shape());
    }
    if (options.negatives) {
        out.candidates = read_candidates(*options.negatives);
        shape = around(shape, around(out.candidates));
    }
    if (options.profiles) {
        out.profiles = read_profiles(*options.profiles);
        shape = around(shape, {0, static_cast<rec::Index>(out.profiles.items.size())});
        out.profiles.items.resize(static_cast<std::size_t>(shape.items));
        out.profiles.titles.resize(static_cast<std::size_t>(shape.items));
    }
    out.train = grown(out.train, shape);
    if (out.test) out.test = grown(*out.test, shape);
    return out;
}

Outcome run(Data const& data, Options const& options, Notice const& notice) {
    Outcome out;
    out.settings = options.settings;
    if (options.tune) {
        out.tuning = tune(options, data, notice);
        out.settings = out.tuning->best;
    }
    for (int i = 0; i < options.seeds; ++i) {
        auto const settings = with_seed(options.model, out.settings, i);
        auto& run = out.runs.emplace_back();
        auto const found = settings.find("random_state");
        run.seed = static_cast<std::uint64_t>(found == settings.end() ? usual_seed : found->second);
        auto const model = fit(data, options, settings, notice, run);
        measure(*model, data, options, notice, run);
        if (i == 0 && options.user) out.advice = advise(*model, data, *options.user);
    }
    out.peak_bytes = peak_bytes();
    return out;
}

}  // namespace recommender_lab
