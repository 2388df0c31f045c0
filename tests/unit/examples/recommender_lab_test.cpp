#include "files.hpp"
#include "unit/core/refusal.hpp"

#include <nlohmann/json.hpp>
#include <recommender_lab/lab.hpp>
#include <recommender_lab/report.hpp>
#include <recommender_lab/tuning.hpp>
#include <support/catch.hpp>
#include <support/temp_dir.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace recommender_lab;
using test::invalid, test::refusal, test::Refusal, test::write_file, test::write_gz;

namespace {

/// What `read` makes of a file "a.txt" with this text.
template <class Read>
auto read_from(std::string_view text, Read const& read) {
    test::TempDir const folder;
    auto const path = folder.file("a.txt");
    write_file(path, text);
    return read(std::filesystem::path{path});
}

template <class Read>
Refusal refused(std::string_view text, Read const& read) {
    INFO(text);
    return refusal([&] { return read_from(text, read); });
}

std::vector<rec::Index> row(rec::Interactions const& interactions, rec::Index user) {
    auto const ids = interactions.by_user().row(user).ids;
    return {ids.begin(), ids.end()};
}

Options options_of(std::vector<char const*> arguments) {
    arguments.insert(arguments.begin(), "recommender_lab");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

Refusal refused_options(std::vector<char const*> const& arguments) {
    return refusal([&] { return options_of(arguments); });
}

std::string const data_folder = EDUPLAT_LAB_DATA;

Options small_school(std::string const& model) {
    Options options;
    options.train = data_folder + "/train.txt";
    options.test = data_folder + "/test.txt";
    options.profiles = data_folder + "/courses.jsonl";
    options.model = model;
    options.k = 5;
    return options;
}

void no_notice(std::string_view) {}

using Ids = std::vector<rec::Index>;

}  // namespace

TEST_CASE("lines of a user and his items", "[examples][recommender_lab]") {
    auto const found = read_from("0 2 1\n\n2 0 \r\n1\n0  3", read_pairs);
    CHECK(found.shape() == rec::Shape{3, 4});
    CHECK(row(found, 0) == Ids{1, 2, 3});
    CHECK(row(found, 1).empty());
    CHECK(row(found, 2) == Ids{0});
    CHECK(found.by_user().row(0).weights[0] == 1.0F);
    CHECK(read_from("", read_pairs).shape() == rec::Shape{});
}

TEST_CASE("lines of ratings", "[examples][recommender_lab]") {
    auto const timed = read_from("0\t25\t5\t978824351\n\n1\t3\t0.5\t1\n0\t2\t1\t1\n", read_pairs);
    CHECK(row(timed, 0) == Ids{2, 25});
    CHECK(row(timed, 1) == Ids{3});
    CHECK(row(read_from("0\t25\t4.5\r\n", read_pairs), 0) == Ids{25});
    // Items between tabs would be taken for ratings: lines of other lengths give them away.
    for (auto const* bad : {"0\t1\t2\n0\t1\t2\t3\n", "0\t1\t2\t3\n1\t2\n", "0\t1\t2\n1 2 3\n"})
        CHECK(refused(bad, read_pairs) == invalid("a.txt:2", "fields"));
    for (auto const* bad : {"0\t1", "0\t", "0\t1\t2\t3\t4"})
        CHECK(refused(bad, read_pairs) == invalid("a.txt:1", "fields"));
    for (auto const* bad : {"0\t\t5", "x\t1\t5", "0\t1\tgood", "0\t1\t5\t", "0\t1\t\t5"})
        CHECK(refused(bad, read_pairs) == invalid("a.txt:1", "number"));
    CHECK(refused("0 1\n0\t1\t5\n", read_pairs) == invalid("a.txt:2", "number"));
}

TEST_CASE("a compressed file reads as a plain one", "[examples][recommender_lab]") {
    std::string text;
    for (int user = 0; user < 50'000; ++user)
        text += std::to_string(user) + ' ' + std::to_string(user % 977) + " 1000\n";
    test::TempDir const folder;
    write_gz(folder.file("a.txt.gz"), text);
    auto const found = read_pairs(folder.file("a.txt.gz"));
    CHECK(found.shape() == rec::Shape{50'000, 1'001});
    CHECK(found.pairs() == 100'000);
    CHECK(row(found, 49'999) == Ids{49'999 % 977, 1'000});
}

TEST_CASE("lines of pairs that are refused", "[examples][recommender_lab]") {
    CHECK(refused("0 1\n0 x\n", read_pairs) == invalid("a.txt:2", "number"));
    for (auto const* bad : {"-1 2", "0 1.5", "0 1,2", " 0 1", "0 99999999999", "0 100000000", "a"})
        CHECK(refused(bad, read_pairs) == invalid("a.txt:1", "number"));
    CHECK(refusal([] { return read_pairs("none.txt"); }) ==
          Refusal{ErrorCode::not_found, {"file", "missing", std::nullopt}});
}

TEST_CASE("lines of candidates", "[examples][recommender_lab]") {
    auto const found = read_from("(0,25)\t1064\t174\r\n(3,1)\t0\n", read_candidates);
    REQUIRE(found.size() == 2);
    CHECK(found[0].user == 0);
    CHECK(found[0].items == Ids{25, 1064, 174});
    CHECK(found[1].user == 3);
    CHECK(around(found) == rec::Shape{4, 1'065});
    for (auto const* bad : {"0,25\t1", "(0,25\t1", "()", "x"})
        CHECK(refused(bad, read_candidates).violation.field == "a.txt:1");
    CHECK(refused("0,25\t1", read_candidates) == invalid("a.txt:1", "pair"));
    CHECK(refused("(0;25)\t1", read_candidates) == invalid("a.txt:1", "number"));
    CHECK(refused("(0,25)\t1\t\t2", read_candidates) == invalid("a.txt:1", "number"));
}

TEST_CASE("interactions grow around what they hold", "[examples][recommender_lab]") {
    auto const small = read_from("1 2\n0 1\n", read_pairs);
    auto const large = grown(small, {4, 9});
    CHECK(large.shape() == rec::Shape{4, 9});
    CHECK(large.pairs() == 2);
    CHECK(row(large, 1) == Ids{2});
    CHECK(row(large, 3).empty());
    CHECK(row(grown(rec::Interactions{}, {2, 2}), 1).empty());
}

TEST_CASE("profiles are JSON lines", "[examples][recommender_lab]") {
    auto const found = read_from(
        "{\"item\": 2, \"title\": \"Tea\", \"text\": \"Leaf\", \"tags\": [\"food\"], "
        "\"teachers\": [\"a\"], \"concepts\": [\"water\"], \"more\": 1}\n\n"
        "{\"mapped_id\": 0, \"name\": \"茶\", \"about\": \"叶\", \"teachers\": [\"x\"], "
        "\"teacher_ids\": [\"T_1\"], \"school_ids\": [\"S_1\"], \"fields\": null}\n",
        read_profiles);
    REQUIRE(found.items.size() == 3);
    CHECK(found.titles == std::vector<std::string>{"茶", "", "Tea"});
    CHECK(found.items[2].text == "Tea Leaf");
    CHECK(found.items[2].tags == std::vector<std::string>{"food"});
    CHECK(found.items[2].teachers == std::vector<std::string>{"a"});
    CHECK(found.items[2].concepts == std::vector<std::string>{"water"});
    CHECK(found.items[0].text == "茶 叶");
    CHECK(found.items[0].teachers == std::vector<std::string>{"T_1", "S_1"});
    CHECK(found.items[1].text.empty());
}

TEST_CASE("profiles that are refused", "[examples][recommender_lab]") {
    for (auto const* bad : {"{", "[1]", "7", "{\"item\": 0} x", "\xff"})
        CHECK(refused(bad, read_profiles) == invalid("a.txt:1", "json"));
    for (auto const* bad : {"{}", "{\"item\": -1}", "{\"item\": 1.5}", "{\"item\": \"0\"}",
                            "{\"item\": 10000000}", "{\"item\": 18446744073709551615}"})
        CHECK(refused(bad, read_profiles) == invalid("a.txt:1", "item"));
    CHECK(refused("{\"item\": 0}\n{\"item\": 0}", read_profiles) == invalid("a.txt:2", "twice"));
    for (auto const* bad : {"{\"item\": 0, \"title\": 1}", "{\"item\": 0, \"tags\": \"a\"}",
                            "{\"item\": 0, \"tags\": [1]}"})
        CHECK(refused(bad, read_profiles) == invalid("a.txt:1", "type"));
}

TEST_CASE("settings are read as they were written", "[examples][recommender_lab]") {
    auto const found =
        read_from("# als\n factors = 64 # short\n\nregularization=3e-3\r\n", read_settings);
    CHECK(found == Settings{{"factors", 64}, {"regularization", 0.003}});
    test::TempDir const folder;
    Settings const written{
        {"alpha", 1.0 / 3}, {"factors", 128}, {"random_state", 9007199254740992.0}};
    write_settings(folder.file("b.txt"), written, "of a test\nof two lines");
    CHECK(read_settings(folder.file("b.txt")) == written);
    CHECK(refused("factors 64", read_settings) == invalid("a.txt:1", "setting"));
    CHECK(refused("\n= 64", read_settings) == invalid("a.txt:2", "setting"));
    CHECK(refused("factors = many", read_settings) == invalid("a.txt:1", "number"));
    CHECK(refused("factors =", read_settings) == invalid("a.txt:1", "number"));
    CHECK(refused("a = 1\na = 1", read_settings) == invalid("a.txt:2", "twice"));
    CHECK(refusal([&] {
              write_settings(folder.file("none/b.txt"), written, "");
              return 0;
          }) == Refusal{ErrorCode::failed_precondition, {"file", "not_written", std::nullopt}});
}

TEST_CASE("the command line", "[examples][recommender_lab]") {
    CHECK_FALSE(options_of({}).train);
    test::TempDir const folder;
    auto const file = folder.file("s.txt");
    write_file(file, "factors = 8\nalpha = 2\n");
    auto const found =
        options_of({"--train", "a",          "--test",     "b",          "--negatives",
                    "c",       "--profiles", "d",          "--model",    "ease",
                    "--set",   "factors=64", "--settings", file.c_str(), "--set",
                    "x = 1",   "--tune",     "--trials",   "7",          "--save-settings",
                    "e",       "--seeds",    "10",         "--threads",  "0",
                    "--k",     "3",          "--user",     "5",          "--json"});
    CHECK(found.train == "a");
    CHECK(found.test == "b");
    CHECK(found.negatives == "c");
    CHECK(found.profiles == "d");
    CHECK(found.model == "ease");
    CHECK(found.settings == Settings{{"factors", 64}, {"alpha", 2}, {"x", 1}});
    CHECK(found.tune);
    CHECK(found.trials == 7);
    CHECK(found.save_settings == "e");
    CHECK(found.seeds == 10);
    CHECK(found.threads == 0);
    CHECK(found.k == 3);
    CHECK(found.user == 5);
    CHECK(found.json);
    CHECK(options_of({"--help"}).help);
}

TEST_CASE("what a search is told", "[examples][recommender_lab]") {
    auto const found = options_of({"--train", "a", "--tune", "--range", "factors=8:64", "--range",
                                   "alpha = 0.5:2", "--patience", "0", "--leave-out", "1",
                                   "--among", "99", "--tune-users", "50", "--record", "r"});
    REQUIRE(found.ranges.size() == 2);
    CHECK(found.ranges[0].name == "factors");
    CHECK(found.ranges[0].low == 8);
    CHECK(found.ranges[0].high == 64);
    CHECK(found.ranges[1].name == "alpha");
    CHECK(found.ranges[1].low == 0.5);
    CHECK(found.patience == 0);
    CHECK(found.leave_out == 1);
    CHECK(found.among == 99);
    CHECK(found.tune_users == 50);
    CHECK(found.record == "r");
    CHECK(options_of({"--train", "a", "--tune"}).patience == 10);
    CHECK(refused_options({"--tune", "--range", "factors=8"}) == invalid("--range", "range"));
    CHECK(refused_options({"--tune", "--range", "8:9"}) == invalid("--range", "setting"));
    CHECK(refused_options({"--tune", "--range", "factors=8:x"}) == invalid("--range", "number"));
    for (auto const* argument : {"--range", "--leave-out", "--among", "--tune-users", "--record"}) {
        auto const* const value = argument == std::string_view{"--range"} ? "factors=1:2" : "1";
        CHECK(refused_options({argument, value}) == invalid("--tune", "required"));
    }
}

TEST_CASE("a command line that is refused", "[examples][recommender_lab]") {
    CHECK(refused_options({"--tain"}) == invalid("--tain", "unknown"));
    CHECK(refused_options({"--train"}) == invalid("--train", "required"));
    CHECK(refused_options({"--train", "a"}) == invalid("--test", "required"));
    CHECK(refused_options({"--test", "a"}) == invalid("--train", "required"));
    CHECK(refused_options({"--save-settings", "a"}) == invalid("--tune", "required"));
    CHECK(refused_options({"--seeds", "0"}) == invalid("--seeds", "too_small"));
    CHECK(refused_options({"--seeds", "x"}) == invalid("--seeds", "number"));
    CHECK(refused_options({"--user", "-1"}) == invalid("--user", "too_small"));
    CHECK(refused_options({"--set", "factors"}) == invalid("--set", "setting"));
    CHECK(refused_options({"--set", "factors=x"}) == invalid("--set", "number"));
}

TEST_CASE("the usage names every model and setting", "[examples][recommender_lab]") {
    auto const text = usage();
    for (auto const model : rec::model_names()) {
        CHECK(text.find('\n' + std::string{model} + '\n') != std::string::npos);
        for (auto const& info : rec::model_settings(model))
            CHECK(text.find("\n  " + std::string{info.name} + ' ') != std::string::npos);
    }
}

TEST_CASE("each run has a seed of its own", "[examples][recommender_lab]") {
    CHECK(with_seed("als", {{"factors", 3}}, 0) == Settings{{"factors", 3}});
    CHECK(with_seed("als", {}, 2) == Settings{{"random_state", 44}});
    CHECK(with_seed("als", {{"random_state", 7}}, 2) == Settings{{"random_state", 9}});
    CHECK(with_seed("ease", {}, 2).empty());
    CHECK(with_seed("hybrid", {}, 1) == Settings{{"als.random_state", 43},
                                                 {"graph_filter.random_state", 43},
                                                 {"random_state", 43}});
    CHECK(with_seed("hybrid", {{"part.als2", 1}, {"part.ease", 1}}, 1) ==
          Settings{
              {"als2.random_state", 43}, {"part.als2", 1}, {"part.ease", 1}, {"random_state", 43}});
}

TEST_CASE("the small school is measured and reported", "[examples][recommender_lab]") {
    auto options = small_school("als");
    options.settings = {{"factors", 4}, {"iterations", 3}};
    options.seeds = 3;
    options.user = 0;
    auto const data = read_data(options);
    CHECK(data.train.shape() == rec::Shape{120, 24});
    auto const outcome = recommender_lab::run(data, options, no_notice);
    REQUIRE(outcome.runs.size() == 3);
    CHECK(outcome.runs[2].seed == 44);
    CHECK(outcome.runs[0].among_all->users == 120);
    CHECK(outcome.runs[0].fit_seconds > 0);
    CHECK(outcome.runs[0].sweep_seconds > 0);
    CHECK(outcome.peak_bytes > 1'000'000);
    REQUIRE(outcome.advice.size() == 10);
    auto const own = row(data.train, 0);
    for (auto const& advice : outcome.advice) {
        CHECK(std::count(own.begin(), own.end(), advice.item.id) == 0);
        CHECK(advice.why.total == Approx(advice.item.score).margin(1e-4));
        CHECK(advice.why.contributions.size() == 3);
    }
    auto const text = in_text(data, options, outcome);
    CHECK(text.find("  recall @ 5        0.") != std::string::npos);
    CHECK(text.find("   95 %: 0.") != std::string::npos);
    CHECK(text.find("for user 0, who has 4\n") != std::string::npos);
    CHECK(text.find(data.profiles.titles[static_cast<std::size_t>(outcome.advice[0].item.id)]) !=
          std::string::npos);
    auto const json = nlohmann::json::parse(in_json(data, options, outcome));
    CHECK(json["data"]["train_pairs"] == data.train.pairs());
    CHECK(json["among_all"]["recall"]["low"] < json["among_all"]["recall"]["mean"]);
    CHECK(json["recommended"]["items"][0]["item"] == outcome.advice[0].item.id);
    CHECK_FALSE(json.contains("among_candidates"));
    CHECK_FALSE(json.contains("tuning"));
}

TEST_CASE("personal taste is worth more than popularity in the small school",
          "[examples][recommender_lab]") {
    auto const recall = [](std::string const& model) {
        auto options = small_school(model);
        auto const data = read_data(options);
        return recommender_lab::run(data, options, no_notice).runs[0].among_all->recall;
    };
    auto const popularity = recall("popularity");
    CHECK(popularity > 0);
    CHECK(recall("ease") > popularity);
    CHECK(recall("content") > popularity);
}

TEST_CASE("candidates and tuning are reported", "[examples][recommender_lab]") {
    test::TempDir const folder;
    auto const negatives = folder.file("negatives.txt");
    write_file(negatives, "(0,12)\t1\t2\t3\n(1,5)\t0\t2\t3\n");
    auto options = small_school("ease");
    options.test = std::nullopt;
    options.negatives = negatives;
    options.tune = true;
    options.trials = 3;
    auto const data = read_data(options);
    std::vector<std::string> notices;
    auto const outcome = recommender_lab::run(
        data, options, [&](std::string_view text) { notices.emplace_back(text); });
    REQUIRE(outcome.tuning);
    CHECK(outcome.tuning->trials.size() == 3);
    CHECK(outcome.settings == outcome.tuning->best);
    CHECK(outcome.runs[0].among_candidates->users == 2);
    CHECK_FALSE(outcome.runs[0].among_all);
    CHECK(std::any_of(notices.begin(), notices.end(),
                      [](auto const& n) { return n.rfind("trial 3 of 3: ndcg 0.", 0) == 0; }));
    auto const text = in_text(data, options, outcome);
    CHECK(text.find("2 lists of 1 + 3\n") != std::string::npos);
    CHECK(text.find("NDCG @ 5") != std::string::npos);
    CHECK(text.find("recall @") == std::string::npos);
    auto const json = nlohmann::json::parse(in_json(data, options, outcome));
    CHECK(json["tuning"]["trials"].size() == 3);
    CHECK(json["among_candidates"]["hr"]["mean"].is_number());
}

TEST_CASE("a search is told ranges, where it begins and what is left alone",
          "[examples][recommender_lab]") {
    auto options = small_school("hybrid");
    options.settings = {{"weight.als", 0.5}, {"weight.ease", 0.2}, {"als.factors", 8}};
    options.ranges = {{"als.factors", 4, 16},
                      {"ease.dropout", 0, 0.5},
                      {"weight.ease", 0.1, 1},
                      {"ease.regularization", 0, 9},
                      {"als.regularization", 0.01, 1}};
    options.leave_out = 2;
    auto const data = read_data(options);
    auto const how = tuner_options(options, data);
    CHECK(how.start == Settings{{"als.factors", 8}, {"weight.ease", 0.2}});
    CHECK(how.fixed == Settings{{"weight.als", 0.5}});
    REQUIRE(how.ranges.size() == 5);
    CHECK(how.ranges[0].whole);
    CHECK_FALSE(how.ranges[1].whole);
    CHECK_FALSE(how.ranges[1].logarithmic);
    CHECK_FALSE(how.ranges[2].logarithmic);
    CHECK_FALSE(how.ranges[3].logarithmic);  // it begins at 0
    CHECK(how.ranges[4].logarithmic);
    CHECK(how.leave_out == 2);
    CHECK(how.negatives == 0);
    options.ranges.clear();
    options.settings = {{"part.ease", 1}};
    CHECK(tuner_options(options, data).ranges.size() == 2);  // the usual ones
}

TEST_CASE("a record of a search holds all trials, and the best as settings",
          "[examples][recommender_lab]") {
    auto options = small_school("ease");
    options.test = std::nullopt;  // none is needed
    options.tune = true;
    options.trials = 4;
    options.leave_out = 1;
    options.tune_users = 60;
    options.ranges = {{"regularization", 1, 100}};
    options.settings = {{"regularization", 20}, {"dropout", 0.25}};
    auto const data = read_data(options);
    auto const outcome = recommender_lab::run(data, options, no_notice);
    CHECK_FALSE(outcome.runs[0].among_all);
    REQUIRE(outcome.tuning);
    auto const text = tuning_record(options, data, *outcome.tuning);
    INFO(text);
    for (auto const* part :
         {"A tuning of ease, ", "  data/train.txt: 120 users, 24 items, ", ", with profiles\n",
          "ndcg @ 5 of 1 of each user's pairs of 60 random users, held out", "(seed 42)",
          "among all", "  regularization 1 to 100 by order of magnitude\n",
          "Left alone: dropout 0.25\n", "began with: regularization 20\n", "Trials: 4 of at most 4",
          "\n1 0.", "\n4 0."})
        CHECK(text.find(part) != std::string::npos);
    test::TempDir const folder;
    write_settings(folder.file("r.txt"), outcome.tuning->best, text);
    CHECK(read_settings(folder.file("r.txt")) == outcome.tuning->best);
}

namespace {

using Files = std::vector<std::filesystem::path>;

Files files_in(char const* name) {
    Files out;
    for (auto const& entry : std::filesystem::directory_iterator{data_folder + "/../" + name})
        out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

/// Of "ncf-ml1m-als.txt" it is "als".
std::string model_in(std::filesystem::path const& file) {
    auto const stem = file.stem().string();
    return stem.substr(stem.rfind('-') + 1);
}

/// The values in a record's table of trials.
std::vector<double> trial_values(std::filesystem::path const& file) {
    std::vector<double> out;
    std::ifstream lines{file};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string hash;
        std::size_t trial = 0;
        double value = 0;
        if (words >> hash >> trial >> value && hash == "#" && trial == out.size() + 1)
            out.push_back(value);
    }
    return out;
}

}  // namespace

TEST_CASE("the settings in the repository are of models that know them",
          "[examples][recommender_lab]") {
    std::vector<rec::ItemProfile> const profiles(3);
    auto const files = files_in("settings");
    CHECK(files.size() >= 6);
    for (auto const& file : files) {
        INFO(file);
        auto const settings = read_settings(file);
        CHECK_FALSE(settings.empty());
        CHECK(rec::make_model(model_in(file), settings, profiles));
    }
}

TEST_CASE("settings in the repository that have a record are its best",
          "[examples][recommender_lab]") {
    auto const records = files_in("records");
    CHECK(records.size() >= 4);
    for (auto const& record : records) {
        INFO(record);
        auto const settings = record.parent_path().parent_path() / "settings" / record.filename();
        CHECK(read_settings(record) == read_settings(settings));
        auto const values = trial_values(record);
        REQUIRE(values.size() >= 10);
        auto const best = std::max_element(values.begin(), values.end());
        std::ifstream file{record};
        std::string const text{std::istreambuf_iterator<char>{file}, {}};
        auto const number = std::to_string(best - values.begin() + 1);
        CHECK(text.find("# The best: trial " + number + ", ") != std::string::npos);
    }
}

TEST_CASE("a user who is not there is refused", "[examples][recommender_lab]") {
    auto options = small_school("popularity");
    options.user = 120;
    auto const data = read_data(options);
    CHECK(refusal([&] { return recommender_lab::run(data, options, no_notice); }) ==
          invalid("--user", "out_of_range", 119));
}

TEST_CASE("popularity scores on real data what others report", "[examples][recommender_lab]") {
    auto const* const folder = std::getenv("EDUPLAT_RECSYS_DATA");
    if (folder == nullptr) {
        WARN("skipped: EDUPLAT_RECSYS_DATA names no folder with ncf-ml1m, gowalla, mooccubex-12k");
        return;
    }
    auto const measured = [&](std::string const& set, char const* negatives) {
        auto const path = folder + ('/' + set) + '/';
        Options options;
        options.train = path + "train.txt.gz";
        if (negatives != nullptr) options.negatives = path + negatives;
        if (negatives == nullptr) options.test = path + "test.txt.gz";
        options.model = "popularity";
        return recommender_lab::run(read_data(options), options, no_notice).runs[0];
    };
    // That ties count against the positive is worth less than 0.0005.
    auto const ml1m = *measured("ncf-ml1m", "ml-1m.test.negative.gz").among_candidates;
    CHECK(ml1m.hr == Approx(0.4535).margin(0.0005));
    CHECK(ml1m.ndcg == Approx(0.2542).margin(0.0005));
    auto const gowalla = *measured("gowalla", nullptr).among_all;
    CHECK(gowalla.recall == Approx(0.0416).margin(0.00005));
    CHECK(gowalla.ndcg == Approx(0.0317).margin(0.00005));
    auto const mooc = *measured("mooccubex-12k", nullptr).among_all;
    CHECK(mooc.recall == Approx(0.0959).margin(0.00005));
    CHECK(mooc.ndcg == Approx(0.0893).margin(0.00005));
}
