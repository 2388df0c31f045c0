// Measures recommenders on files of pairs, and shows what they recommend. See --help.
#include "lab.hpp"
#include "options.hpp"
#include "report.hpp"
#include "tuning.hpp"

#include <eduplat/core/error.hpp>

#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

namespace lab = recommender_lab;

constexpr int bad_input = 2;

/// A line on a terminal that is written over.
void notice(std::string_view text) {
    if (isatty(STDERR_FILENO) == 0) return;
    std::fprintf(stderr, "\r\x1b[K%.*s", static_cast<int>(text.size()), text.data());
    if (text.empty()) std::fflush(stderr);
}

/// What the program does when nobody gives it files.
lab::Options with_small_school(lab::Options options) {
    if (options.train) return options;
    std::filesystem::path const folder{EDUPLAT_LAB_DATA};
    options.train = folder / "train.txt";
    options.test = folder / "test.txt";
    options.profiles = folder / "courses.jsonl";
    if (options.model == "als") options.settings.merge(lab::read_settings(folder / "als.txt"));
    if (!options.k) options.k = 5;
    if (!options.user) options.user = 0;
    return options;
}

void run(lab::Options const& options) {
    auto const data = lab::read_data(options);
    auto const outcome = lab::run(data, options, notice);
    notice({});
    auto const text =
        options.json ? in_json(data, options, outcome) : in_text(data, options, outcome);
    std::fputs(text.c_str(), stdout);
    if (!options.tune) return;
    if (options.record) {
        lab::write_settings(*options.record, outcome.tuning->best,
                            lab::tuning_record(options, data, *outcome.tuning));
    }
    if (!options.save_settings) return;
    auto const comment = options.model + " on " + data.name + ", tuned on a part of it: NDCG " +
                         lab::in_digits(outcome.tuning->value) + ", " +
                         std::to_string(outcome.tuning->trials.size()) + " trials";
    lab::write_settings(*options.save_settings, outcome.settings, comment);
}

/// Whether the rule says that a name is none.
bool is_about_names(eduplat::Error const& error) {
    auto const violations = error.violations();
    return !violations.empty() &&
           (violations[0].rule == "unknown" || violations[0].rule == "no_part");
}

}  // namespace

int main(int argument_count, char** arguments) try {
    auto const options = lab::parse_options(argument_count, arguments);
    if (options.help) {
        std::fputs(lab::usage().c_str(), stdout);
    } else {
        run(with_small_school(options));
    }
} catch (eduplat::Error const& error) {
    notice({});
    std::fprintf(stderr, "recommender_lab: %s\n", error.what());
    if (is_about_names(error)) std::fprintf(stderr, "\n%s", lab::usage().c_str());
    auto const code = error.code();
    auto const input =
        code == eduplat::ErrorCode::invalid_argument || code == eduplat::ErrorCode::not_found;
    return input ? bad_input : 1;
} catch (std::exception const& error) {
    std::fprintf(stderr, "recommender_lab: %s\n", error.what());
    return 1;
}
