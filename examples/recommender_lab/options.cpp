#include "options.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace recommender_lab {
namespace {

[[noreturn]] void refuse(std::string_view argument, std::string_view rule) {
    eduplat::fail(eduplat::ErrorCode::invalid_argument, argument, rule);
}

/// The arguments, one after another.
class Arguments {
  public:
    Arguments(int count, char const* const* arguments) : count_(count), arguments_(arguments) {}

    [[nodiscard]] bool at_end() const noexcept { return next_ >= count_; }
    std::string_view take() { return name_ = arguments_[next_++]; }
    /// What follows the name that was taken last.
    std::string_view value() {
        if (at_end()) refuse(name_, "required");
        return arguments_[next_++];
    }
    int number(int least) {
        auto const text = value();
        int number = 0;
        auto const* const end = text.data() + text.size();
        auto const [tail, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc{} || tail != end) refuse(name_, "number");
        if (number < least) refuse(name_, "too_small");
        return number;
    }

  private:
    int count_;
    char const* const* arguments_;
    int next_ = 1;
    std::string_view name_;
};

/// The files of --settings, under what --set says, wherever it stands.
struct Given {
    Settings from_files;
    Settings set;
};

Range parse_range(std::string_view text, std::string_view argument) {
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) refuse(argument, "range");
    auto [name, low] = parse_setting(text.substr(0, colon), argument);
    auto const high = parse_setting("high=" + std::string{text.substr(colon + 1)}, argument).second;
    return {std::move(name), low, high};
}

struct Argument {
    std::string_view name;
    void (*read)(Arguments&, Options&, Given&);
};

constexpr std::array known{
    Argument{"--train", [](Arguments& a, Options& o, Given&) { o.train = a.value(); }},
    Argument{"--test", [](Arguments& a, Options& o, Given&) { o.test = a.value(); }},
    Argument{"--negatives", [](Arguments& a, Options& o, Given&) { o.negatives = a.value(); }},
    Argument{"--profiles", [](Arguments& a, Options& o, Given&) { o.profiles = a.value(); }},
    Argument{"--model", [](Arguments& a, Options& o, Given&) { o.model = a.value(); }},
    Argument{"--set",
             [](Arguments& a, Options&, Given& given) {
                 auto const [name, value] = parse_setting(a.value(), "--set");
                 given.set[name] = value;
             }},
    Argument{"--settings",
             [](Arguments& a, Options&, Given& given) {
                 for (auto const& [name, value] : read_settings(a.value()))
                     given.from_files[name] = value;
             }},
    Argument{"--save-settings",
             [](Arguments& a, Options& o, Given&) { o.save_settings = a.value(); }},
    Argument{"--record", [](Arguments& a, Options& o, Given&) { o.record = a.value(); }},
    Argument{"--tune", [](Arguments&, Options& o, Given&) { o.tune = true; }},
    Argument{"--range", [](Arguments& a, Options& o,
                           Given&) { o.ranges.push_back(parse_range(a.value(), "--range")); }},
    Argument{"--trials", [](Arguments& a, Options& o, Given&) { o.trials = a.number(1); }},
    Argument{"--patience", [](Arguments& a, Options& o, Given&) { o.patience = a.number(0); }},
    Argument{"--leave-out", [](Arguments& a, Options& o, Given&) { o.leave_out = a.number(1); }},
    Argument{"--tune-users", [](Arguments& a, Options& o, Given&) { o.tune_users = a.number(1); }},
    Argument{"--among", [](Arguments& a, Options& o, Given&) { o.among = a.number(1); }},
    Argument{"--seeds", [](Arguments& a, Options& o, Given&) { o.seeds = a.number(1); }},
    Argument{"--threads", [](Arguments& a, Options& o, Given&) { o.threads = a.number(0); }},
    Argument{"--k", [](Arguments& a, Options& o, Given&) { o.k = a.number(1); }},
    Argument{"--user", [](Arguments& a, Options& o, Given&) { o.user = a.number(0); }},
    Argument{"--json", [](Arguments&, Options& o, Given&) { o.json = true; }},
    Argument{"--help", [](Arguments&, Options& o, Given&) { o.help = true; }},
};

void check(Options const& options) {
    if (!options.train) {
        if (options.test || options.negatives || options.profiles) refuse("--train", "required");
    } else if (!options.test && !options.negatives && !options.tune) {
        refuse("--test", "required");
    }
    auto const of_tuning = options.save_settings || options.record || !options.ranges.empty() ||
                           options.leave_out > 0 || options.among > 0 || options.tune_users > 0;
    if (of_tuning && !options.tune) refuse("--tune", "required");
}

constexpr std::string_view how_to_call =
    R"(usage: recommender_lab [--train FILE --test FILE [--negatives FILE] [--profiles FILE.jsonl]]
                       [--model NAME] [--settings FILE] [--set KEY=VALUE ...]
                       [--tune [--range KEY=LOW:HIGH ...] [--trials N] [--patience N] [--leave-out N]
                       [--among N] [--tune-users N] [--save-settings FILE] [--record FILE]]
                       [--seeds N] [--threads N] [--k N] [--user ID] [--json]

Fits a recommender to pairs and measures what it recommends against a test part. Files have lines
`user item item ...` with spaces between, ids from 0; or, with tabs between, `user item rating` or
`user item rating time`, each a pair whatever its rating. They may be compressed with gzip. Without any
it takes a small school.

  --negatives FILE  lines `(user,item)`, then items the user does not have, each after a tab: ranks
                    that one item among these (k = 10), besides or instead of --test, which ranks all
                    items the user does not have (k = 20)
  --profiles FILE   what items say: JSON lines with "item", "title", "text", "tags", ...
  --model NAME      one of those below
  --set KEY=VALUE   one of its settings; --settings FILE reads lines `key = value`
  --tune            searches settings on a part of the train file; no test file is needed, and none is
                    used. What is set is left alone; --save-settings FILE keeps what it found,
                    --record FILE with every trial and how it was judged
  --range KEY=LOW:HIGH  searches this setting, and no others but those of more --range; the first
                    trial takes what --set and --settings say of it
  --trials N        at most (30), a third of them random; --patience N: an end after so many
                    refinements in vain (10; 0: never)
  --leave-out N     the tuner holds out N pairs of each user instead of a tenth; --among N: ranks each
                    among N other items (k = 10) instead of all. With --negatives: 1, and as there
  --tune-users N    the tuner judges by N users at most, drawn at random: for large files
  --seeds N         fits N times, seeds in turn, and gives means with their 95 % intervals
  --threads N       0: one a core; results do not depend on it
  --user ID         what this user is recommended, and why
  --json            one JSON object instead of tables
)";

}  // namespace

Options parse_options(int argument_count, char const* const* arguments) {
    Options out;
    Given given;
    Arguments rest{argument_count, arguments};
    while (!rest.at_end()) {
        auto const name = rest.take();
        auto const* const found =
            std::find_if(known.begin(), known.end(), [&](auto const& k) { return k.name == name; });
        if (found == known.end()) refuse(name, "unknown");
        found->read(rest, out, given);
    }
    out.settings = std::move(given.set);
    out.settings.merge(given.from_files);
    if (!out.help) check(out);
    return out;
}

std::string usage() {
    std::string out{how_to_call};
    for (auto const model : eduplat::recommender::model_names()) {
        out += "\n" + std::string{model} + '\n';
        for (auto const& info : eduplat::recommender::model_settings(model)) {
            std::string name{info.name};
            name.resize(std::max<std::size_t>(name.size(), 24), ' ');
            out +=
                "  " + name + ' ' + in_digits(info.usual) + ": " + std::string{info.about} + '\n';
        }
    }
    return out +
           "  PART.KEY, part.PART, weight.PART: of its parts; see docs/guide/recommender.md\n";
}

}  // namespace recommender_lab
