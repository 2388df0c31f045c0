#include "tuning.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace recommender_lab {
namespace {

/// What is known of a setting, of a hybrid's part too.
std::optional<rec::SettingInfo> info_of(std::string model, std::string name) {
    auto const dot = name.find('.');
    if (dot != std::string::npos) {
        model = name.substr(0, name.find_last_not_of("0123456789", dot - 1) + 1);
        name.erase(0, dot + 1);
    }
    auto const models = rec::model_names();
    if (std::find(models.begin(), models.end(), model) == models.end()) return std::nullopt;
    for (auto const& info : rec::model_settings(model)) {
        if (info.name == name) return info;
    }
    return std::nullopt;
}

rec::SettingRange range_of(std::string const& model, Range const& given) {
    rec::SettingRange out{given.name, given.low, given.high};
    if (auto const info = info_of(model, given.name)) {
        out.logarithmic = info->logarithmic && given.low > 0;
        out.whole = info->whole;
    }
    return out;
}

std::string format(char const* pattern, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), pattern, value);
    return text.data();
}

std::string joined(std::vector<std::string> const& words, std::string_view between) {
    std::string out;
    for (auto const& word : words)
        out += (out.empty() ? "" : std::string{between}) + word;
    return out.empty() ? "nothing" : out;
}

std::string listed(std::vector<rec::SettingRange> const& ranges) {
    std::vector<std::string> words;
    for (auto const& range : ranges) {
        words.push_back(range.name + ' ' + in_digits(range.low) + " to " + in_digits(range.high) +
                        (range.logarithmic ? " by order of magnitude" : ""));
    }
    return joined(words, "\n  ");
}

std::string listed(Settings const& settings) {
    std::vector<std::string> words;
    for (auto const& [name, value] : settings)
        words.push_back(name + ' ' + in_digits(value));
    return joined(words, ", ");
}

std::string protocol(rec::TunerOptions const& how) {
    auto const part = how.leave_out > 0
                          ? std::to_string(how.leave_out) + " of each user's pairs"
                          : in_digits(how.validation_fraction * 100) + " % of each user's pairs";
    auto const others =
        how.negatives > 0 ? std::to_string(how.negatives) + " random others" : std::string{"all"};
    return how.metric + " @ " + std::to_string(how.k) + " of " + part +
           (how.users > 0 ? " of " + std::to_string(how.users) + " random users" : "") +
           ", held out at random (seed " + std::to_string(how.random_state) +
           "), each ranked among " + others + " that the user does not have";
}

std::string data_line(Data const& data) {
    auto const [users, items] = data.train.shape();
    auto const profiles = data.profiles.items.empty() ? "" : ", with profiles";
    return data.name + ": " + std::to_string(users) + " users, " + std::to_string(items) +
           " items, " + std::to_string(data.train.pairs()) + " pairs" + profiles;
}

std::string trial_lines(rec::TunerOptions const& how, std::vector<rec::Trial> const& trials) {
    std::string out = "trial " + how.metric + " fit_seconds";
    for (auto const& range : how.ranges)
        out += ' ' + range.name;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        out += '\n' + std::to_string(i + 1) + format(" %.5f", trials[i].value) +
               format(" %.2f", trials[i].fit_seconds);
        for (auto const& range : how.ranges)
            out += ' ' + in_digits(trials[i].settings.at(range.name));
    }
    return out;
}

}  // namespace

rec::TunerOptions tuner_options(Options const& options, Data const& data) {
    rec::TunerOptions how;
    how.fixed = options.settings;
    for (auto const& range : options.ranges) {
        how.ranges.push_back(range_of(options.model, range));
        if (auto const given = how.fixed.extract(range.name))
            how.start.emplace(given.key(), given.mapped());
    }
    if (how.ranges.empty())
        how.ranges = rec::usual_ranges(options.model, how.fixed, data.profiles.items);
    how.trials = options.trials;
    how.patience = options.patience;
    how.num_threads = options.threads;
    how.users = options.tune_users;
    how.leave_out = options.leave_out;
    how.negatives = options.among;
    if (!data.candidates.empty()) {
        if (how.leave_out == 0) how.leave_out = 1;
        if (how.negatives == 0)
            how.negatives = static_cast<int>(data.candidates.front().items.size()) - 1;
    }
    how.k = options.k.value_or(how.negatives == 0 ? 20 : 10);
    return how;
}

rec::TuningResult tune(Options const& options, Data const& data, Notice const& notice) {
    auto how = tuner_options(options, data);
    auto best = 0.0;
    how.on_trial = [&](rec::Trial const& trial, int done, int trials) {
        best = std::max(best, trial.value);
        notice("trial " + std::to_string(done) + " of " + std::to_string(trials) + ": ndcg " +
               std::to_string(trial.value) + ", best " + std::to_string(best));
        return true;
    };
    return rec::tune(options.model, data.train, how, data.profiles.items);
}

std::string tuning_record(Options const& options, Data const& data,
                          rec::TuningResult const& found) {
    auto const how = tuner_options(options, data);
    auto const best =
        std::find_if(found.trials.begin(), found.trials.end(),
                     [&](rec::Trial const& trial) { return trial.settings == found.best; });
    auto const number = best - found.trials.begin() + 1;
    return "A tuning of " + options.model +
           ", by recommender_lab of eduplat " EDUPLAT_LAB_VERSION "; of the data it read only\n  " +
           data_line(data) + "\nJudged by " + protocol(how) + "\nSearched:\n  " +
           listed(how.ranges) + "\nLeft alone: " + listed(how.fixed) +
           "\nThe first trial began with: " +
           (how.start.empty() ? "the usual" : listed(how.start)) +
           "\nTrials: " + std::to_string(found.trials.size()) + " of at most " +
           std::to_string(how.trials) + ", a third of them random; an end after " +
           std::to_string(how.patience) + " refinements in vain (0: never)\n\n" +
           trial_lines(how, found.trials) + "\n\nThe best: trial " + std::to_string(number) + ", " +
           how.metric + format(" %.5f", found.value);
}

}  // namespace recommender_lab
