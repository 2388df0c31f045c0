// Does what the driver asks for on its standard input, a command a line, and answers each with a
// line of JSON. Matrices come and answers of some size go through files.
#include "benchmarks/worker.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/interactions.hpp>
#include <eduplat/recommender/kernels.hpp>
#include <eduplat/recommender/settings.hpp>

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace rec = eduplat::recommender;

namespace {

using eduplat::benchmarks::Clock;
using eduplat::benchmarks::read_values;
using eduplat::benchmarks::seconds_since;
using rec::Index;

rec::Interactions read_csr(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    auto const shape = read_values<std::int32_t>(file, 2);
    auto const pairs = static_cast<std::size_t>(read_values<std::int64_t>(file, 1).front());
    auto const offsets = read_values<std::int64_t>(file, static_cast<std::size_t>(shape[0]) + 1);
    auto const ids = read_values<Index>(file, pairs);
    std::vector<float> const ones(pairs, 1.0F);
    return rec::Interactions::from_csr({offsets, ids, ones, shape[1]});
}

template <class Value>
void write_values(std::string const& path, std::vector<Value> const& values) {
    std::ofstream file{path, std::ios::binary};
    file.write(reinterpret_cast<char const*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(Value)));
    if (!file) throw std::runtime_error{"cannot write " + path};
}

/// A profile a line: text, then tags, teachers and concepts, each list joined by a unit separator,
/// between tabs.
std::vector<rec::ItemProfile> read_profiles(std::string const& path) {
    auto const list = [](std::string const& text) {
        std::vector<std::string> words;
        std::istringstream stream{text};
        for (std::string word; std::getline(stream, word, '\x1f');)
            words.push_back(word);
        return words;
    };
    std::vector<rec::ItemProfile> profiles;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        std::istringstream stream{line};
        std::vector<std::string> fields(4);
        for (auto& field : fields)
            std::getline(stream, field, '\t');
        profiles.push_back({fields[0], list(fields[1]), list(fields[2]), list(fields[3])});
    }
    return profiles;
}

/// A figure of this process, in bytes, such as VmHWM.
double memory_of(std::string const& name) {
    std::ifstream file{"/proc/self/status"};
    for (std::string word; file >> word;) {
        if (word != name + ':') continue;
        double kibibytes = 0;
        file >> kibibytes;
        return kibibytes * 1024;
    }
    throw std::runtime_error{"no " + name};
}

class Worker {
  public:
    std::string answer(std::string const& line) {
        std::istringstream words{line};
        std::string command;
        words >> command;
        if (command == "load") return load(words);
        if (command == "profiles") return load_profiles(words);
        if (command == "fit") return fit(words);
        if (command == "memory") return memory(words);
        if (command == "rank") return rank(words);
        if (command == "score") return score(words);
        if (command == "one") return one(words);
        if (command == "batch") return batch(words);
        if (command == "fold") return fold(words);
        if (command == "factors") return factors(words);
        throw std::invalid_argument{"unknown command: " + line};
    }

  private:
    static std::string word(std::istream& words) {
        std::string text;
        if (!(words >> text)) throw std::invalid_argument{"a word is missing"};
        return text;
    }
    static int number(std::istream& words) { return std::stoi(word(words)); }

    static std::string seconds(double value) {
        std::ostringstream out;
        out.precision(9);
        out << "{\"seconds\": " << value << "}";
        return out.str();
    }

    static std::string times(std::vector<double> const& values) {
        std::ostringstream out;
        out.precision(9);
        out << "{\"seconds\": [";
        for (std::size_t i = 0; i < values.size(); ++i)
            out << (i == 0 ? "" : ", ") << values[i];
        out << "]}";
        return out.str();
    }

    /// load NAME FILE
    std::string load(std::istream& words) {
        auto const name = word(words);
        auto data = read_csr(word(words));
        static_cast<void>(data.by_item());
        std::ostringstream out;
        out << "{\"pairs\": " << data.pairs() << ", \"kernels\": \""
            << rec::name(rec::kernel_level()) << "\"}";
        data_.insert_or_assign(name, std::move(data));
        return out.str();
    }

    /// profiles FILE
    std::string load_profiles(std::istream& words) {
        profiles_ = read_profiles(word(words));
        return "{\"profiles\": " + std::to_string(profiles_.size()) + "}";
    }

    /// fit NAME THREADS MODEL [key=value ...]: keeps the model, answers with the time.
    std::string fit(std::istream& words) {
        auto const& data = data_.at(word(words));
        rec::FitControl control;
        control.num_threads = number(words);
        auto const name = word(words);
        rec::Settings settings;
        for (std::string pair; words >> pair;) {
            auto const at = pair.find('=');
            settings[pair.substr(0, at)] = std::stod(pair.substr(at + 1));
        }
        model_.reset();
        model_ = rec::make_model(name, settings, profiles_);
        auto const began = Clock::now();
        model_->fit(data, control);
        return seconds(seconds_since(began));
    }

    /// memory NAME THREADS MODEL ...: what a fit takes at its height, beyond what was there.
    std::string memory(std::istream& words) {
        model_.reset();
        malloc_trim(0);
        std::ofstream{"/proc/self/clear_refs"} << "5";  // the height is measured from now on
        auto const before = memory_of("VmRSS");
        static_cast<void>(fit(words));
        std::ostringstream out;
        out.precision(12);
        out << "{\"bytes\": " << memory_of("VmHWM") - before << "}";
        return out.str();
    }

    /// rank NAME K FILE: all users' lists without their own items, as int32 users x K.
    std::string rank(std::istream& words) {
        auto const rows = data_.at(word(words)).by_user();
        int const k = number(words);
        std::vector<Index> users(static_cast<std::size_t>(rows.rows()));
        for (std::size_t i = 0; i < users.size(); ++i)
            users[i] = static_cast<Index>(i);
        auto const began = Clock::now();
        auto const ranking = model_->recommend(users, rows, {.n = k, .num_threads = 2});
        auto const took = seconds_since(began);
        write_values(word(words), ranking.ids);
        return seconds(took);
    }

    /// score NAME CANDIDATES COLUMNS FILE: of rows of user and items, int32, the items' scores.
    std::string score(std::istream& words) {
        auto const rows = data_.at(word(words)).by_user();
        std::ifstream file{word(words), std::ios::binary | std::ios::ate};
        auto const columns = static_cast<std::size_t>(number(words));
        auto const count = static_cast<std::size_t>(file.tellg()) / sizeof(Index);
        file.seekg(0);
        auto const table = read_values<Index>(file, count);
        std::vector<float> scores;
        for (std::size_t at = 0; at + columns <= count; at += columns) {
            std::span const items{table.data() + at + 1, columns - 1};
            auto const row = model_->score(table[at], rows.row(table[at]), items);
            scores.insert(scores.end(), row.begin(), row.end());
        }
        write_values(word(words), scores);
        return "{}";
    }

    static std::vector<Index> read_users(std::string const& path) {
        std::ifstream file{path, std::ios::binary | std::ios::ate};
        auto const count = static_cast<std::size_t>(file.tellg()) / sizeof(Index);
        file.seekg(0);
        return read_values<Index>(file, count);
    }

    /// one NAME USERS: top 10 of each, one by one, each timed.
    std::string one(std::istream& words) {
        auto const rows = data_.at(word(words)).by_user();
        std::vector<double> taken;
        for (auto const user : read_users(word(words))) {
            auto const began = Clock::now();
            auto const best = model_->recommend(user, rows.row(user));
            taken.push_back(seconds_since(began));
            if (best.empty()) throw std::runtime_error{"nothing recommended"};
        }
        return times(taken);
    }

    /// batch NAME USERS THREADS: top 10 of all of them at once.
    std::string batch(std::istream& words) {
        auto const& data = data_.at(word(words));
        auto const users = read_users(word(words));
        int const threads = number(words);
        std::vector<std::int64_t> offsets{0};
        std::vector<Index> ids;
        for (auto const user : users) {
            auto const row = data.by_user().row(user);
            ids.insert(ids.end(), row.ids.begin(), row.ids.end());
            offsets.push_back(static_cast<std::int64_t>(ids.size()));
        }
        std::vector<float> const ones(ids.size(), 1.0F);
        rec::CsrView const rows{offsets, ids, ones, data.shape().items};
        auto const began = Clock::now();
        auto const ranking = model_->recommend(users, rows, {.n = 10, .num_threads = threads});
        auto const took = seconds_since(began);
        if (ranking.rows != users.size()) throw std::runtime_error{"rows are missing"};
        return seconds(took);
    }

    /// fold NAME FILE: the rows of another matrix as new learners, one by one: vector and top 10.
    /// The vectors go to FILE.vectors.
    std::string fold(std::istream& words) {
        auto const& model = dynamic_cast<rec::AlsModel const&>(*model_);
        static_cast<void>(word(words));
        auto const path = word(words);
        auto const learners = read_csr(path);
        std::vector<double> taken;
        std::vector<float> vectors;
        for (Index learner = 0; learner < learners.shape().users; ++learner) {
            auto const row = learners.by_user().row(learner);
            auto const began = Clock::now();
            auto const best = model.recommend(0, row, {.recalculate_user = true});
            taken.push_back(seconds_since(began));
            if (best.empty()) throw std::runtime_error{"nothing recommended"};
            auto const vector = model.recalculate_user(row);
            vectors.insert(vectors.end(), vector.begin(), vector.end());
        }
        write_values(path + ".vectors", vectors);
        return times(taken);
    }

    /// factors FILE: item vectors, float.
    std::string factors(std::istream& words) {
        auto const& model = dynamic_cast<rec::AlsModel const&>(*model_);
        auto const items = model.item_factors();
        write_values(word(words), std::vector<float>(items.begin(), items.end()));
        return "{\"factors\": " + std::to_string(model.options().factors) + "}";
    }

    std::map<std::string, rec::Interactions> data_;
    std::vector<rec::ItemProfile> profiles_;
    std::unique_ptr<rec::Model> model_;
};

}  // namespace

int main() {
    Worker worker;
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::cout << worker.answer(line) << std::endl;
        } catch (std::exception const& error) {
            std::cerr << line << ": " << error.what() << '\n';
            return 1;
        }
    }
}
