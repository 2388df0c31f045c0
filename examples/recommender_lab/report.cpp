#include "report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace recommender_lab {
namespace {

using nlohmann::ordered_json;

/// What is shown of metrics, in this order; `all` those that only a full ranking has.
struct Column {
    char const* key;
    char const* label;
    double rec::Metrics::*member;
    bool all;
    bool at_k;
};

constexpr std::array columns{
    Column{"hr", "hit rate", &rec::Metrics::hr, false, true},
    Column{"recall", "recall", &rec::Metrics::recall, true, true},
    Column{"precision", "precision", &rec::Metrics::precision, true, true},
    Column{"ndcg", "NDCG", &rec::Metrics::ndcg, false, true},
    Column{"map", "MAP", &rec::Metrics::map, false, true},
    Column{"coverage", "coverage", &rec::Metrics::coverage, true, false},
    Column{"novelty", "novelty, bits", &rec::Metrics::novelty, true, false},
    Column{"popularity_bias", "popularity bias", &rec::Metrics::popularity_bias, true, false},
};

using Protocol = std::optional<rec::Metrics> Run::*;

std::string format(char const* pattern, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), pattern, value);
    return text.data();
}

std::string counted(std::int64_t number) {
    auto out = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
        out.insert(static_cast<std::size_t>(at), ",");
    return out;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string in_seconds(double seconds) {
    return seconds < 1 ? format("%.1f ms", seconds * 1'000) : format("%.2f s", seconds);
}

void line(std::string& out, std::string_view name, std::string const& value) {
    out += "  " + padded(std::string{name}, 18) + value + '\n';
}

std::string title_of(Data const& data, rec::Index item) {
    auto const at = static_cast<std::size_t>(item);
    auto const known = at < data.profiles.titles.size() && !data.profiles.titles[at].empty();
    return known ? data.profiles.titles[at] : "item " + std::to_string(item);
}

template <class Member>
std::vector<double> values(std::vector<Run> const& runs, Member const& member) {
    std::vector<double> out;
    std::transform(runs.begin(), runs.end(), std::back_inserter(out), member);
    return out;
}

rec::Interval over_runs(Outcome const& outcome, Protocol protocol, Column const& column) {
    return rec::interval(
        values(outcome.runs, [&](Run const& run) { return (*(run.*protocol)).*column.member; }));
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double fit_seconds(Outcome const& outcome) {
    return median(values(outcome.runs, [](Run const& run) { return run.fit_seconds; }));
}

double sweep_seconds(Outcome const& outcome) {
    return median(values(outcome.runs, [](Run const& run) { return run.sweep_seconds; }));
}

std::string listed(Settings const& settings) {
    std::string out;
    for (auto const& [name, value] : settings)
        out += (out.empty() ? "" : ", ") + name + ' ' + in_digits(value);
    return out.empty() ? "the usual" : out;
}

void add_data(std::string& out, Data const& data) {
    auto const [users, items] = data.train.shape();
    out += data.name + '\n';
    line(out, "users", counted(users));
    line(out, "items", counted(items));
    line(out, "train pairs", counted(data.train.pairs()));
    if (data.test) line(out, "test pairs", counted(data.test->pairs()));
    if (!data.candidates.empty()) {
        line(out, "candidates",
             counted(static_cast<std::int64_t>(data.candidates.size())) + " lists of 1 + " +
                 counted(static_cast<std::int64_t>(data.candidates.front().items.size()) - 1));
    }
}

void add_fit(std::string& out, Options const& options, Outcome const& outcome) {
    out += '\n' + options.model + '\n';
    if (outcome.tuning) {
        line(out, "tuning",
             counted(static_cast<std::int64_t>(outcome.tuning->trials.size())) +
                 " trials on a part of the train pairs, best NDCG " +
                 format("%.4f", outcome.tuning->value));
    }
    line(out, "settings", listed(outcome.settings));
    auto const threads = options.threads == 0 ? "one a core" : std::to_string(options.threads);
    line(out, "threads", threads);
    line(out, "fit", in_seconds(fit_seconds(outcome)));
    if (sweep_seconds(outcome) > 0) line(out, "a sweep", in_seconds(sweep_seconds(outcome)));
    line(out, "peak memory", counted((outcome.peak_bytes + (1 << 20) - 1) >> 20) + " MiB");
}

void add_metrics(std::string& out, Outcome const& outcome, Protocol protocol,
                 std::string_view heading) {
    auto const& first = outcome.runs.front().*protocol;
    if (!first) return;
    out += '\n' + std::string{heading} + ", " + counted(first->users) + " users\n";
    for (auto const& column : columns) {
        if (column.all && protocol == &Run::among_candidates) continue;
        auto const found = over_runs(outcome, protocol, column);
        auto const label = column.label + (column.at_k ? " @ " + std::to_string(first->k) : "");
        auto value = format("%.4f", found.mean);
        if (outcome.runs.size() > 1)
            value += format("   95 %%: %.4f", found.low) + format(" to %.4f", found.high);
        line(out, label, value);
    }
}

void add_advice(std::string& out, Data const& data, rec::Index user,
                std::vector<Advice> const& advice) {
    auto const row = data.train.by_user().row(user);
    out += "\nfor user " + std::to_string(user) + ", who has " +
           counted(static_cast<std::int64_t>(row.size())) + '\n';
    for (std::size_t i = 0; i < advice.size(); ++i) {
        auto const& [item, why] = advice[i];
        out += format("%4.0f  ", static_cast<double>(i + 1)) + format("%.4f  ", item.score) +
               title_of(data, item.id) + '\n';
        for (auto const& reason : why.contributions)
            out += format("        %+.4f  for ", reason.score) + title_of(data, reason.item) + '\n';
    }
}

ordered_json json_of(Outcome const& outcome, Protocol protocol) {
    auto const& first = *(outcome.runs.front().*protocol);
    ordered_json out{{"k", first.k}, {"users", first.users}};
    for (auto const& column : columns) {
        if (column.all && protocol == &Run::among_candidates) continue;
        auto const found = over_runs(outcome, protocol, column);
        out[column.key] = {{"mean", found.mean}};
        if (outcome.runs.size() < 2) continue;
        out[column.key]["low"] = found.low;
        out[column.key]["high"] = found.high;
    }
    return out;
}

ordered_json json_of(Data const& data, std::vector<Advice> const& advice) {
    auto out = ordered_json::array();
    for (auto const& [item, why] : advice) {
        auto reasons = ordered_json::array();
        for (auto const& reason : why.contributions) {
            reasons.push_back({{"item", reason.item},
                               {"title", title_of(data, reason.item)},
                               {"score", reason.score}});
        }
        out.push_back({{"item", item.id},
                       {"title", title_of(data, item.id)},
                       {"score", item.score},
                       {"rest", why.rest},
                       {"because", std::move(reasons)}});
    }
    return out;
}

ordered_json json_of(Data const& data) {
    auto const [users, items] = data.train.shape();
    ordered_json out{{"name", data.name},
                     {"users", users},
                     {"items", items},
                     {"train_pairs", data.train.pairs()}};
    if (data.test) out["test_pairs"] = data.test->pairs();
    if (!data.candidates.empty()) out["candidates"] = data.candidates.size();
    return out;
}

ordered_json json_of(rec::TuningResult const& tuning) {
    auto trials = ordered_json::array();
    for (auto const& trial : tuning.trials)
        trials.push_back({{"settings", trial.settings}, {"ndcg", trial.value}});
    return {{"ndcg", tuning.value}, {"trials", std::move(trials)}};
}

}  // namespace

std::string in_text(Data const& data, Options const& options, Outcome const& outcome) {
    std::string out;
    add_data(out, data);
    add_fit(out, options, outcome);
    add_metrics(out, outcome, &Run::among_candidates, "among the candidates");
    add_metrics(out, outcome, &Run::among_all, "among all items but the user's own");
    if (options.user) add_advice(out, data, *options.user, outcome.advice);
    return out;
}

std::string in_json(Data const& data, Options const& options, Outcome const& outcome) {
    ordered_json out{{"data", json_of(data)},        {"model", options.model},
                     {"settings", outcome.settings}, {"threads", options.threads},
                     {"seeds", outcome.runs.size()}, {"fit_seconds", fit_seconds(outcome)}};
    if (sweep_seconds(outcome) > 0) out["sweep_seconds"] = sweep_seconds(outcome);
    out["peak_bytes"] = outcome.peak_bytes;
    if (outcome.tuning) out["tuning"] = json_of(*outcome.tuning);
    auto const& first = outcome.runs.front();
    if (first.among_candidates) out["among_candidates"] = json_of(outcome, &Run::among_candidates);
    if (first.among_all) out["among_all"] = json_of(outcome, &Run::among_all);
    if (options.user)
        out["recommended"] = {{"user", *options.user}, {"items", json_of(data, outcome.advice)}};
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace recommender_lab
