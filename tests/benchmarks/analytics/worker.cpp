// Does what the driver asks for on its standard input, a command a line, and answers each with a
// line of JSON. Columns come and results go through files.
#include "benchmarks/worker.hpp"

#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/funnel.hpp>
#include <eduplat/analytics/retention.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/exporting/csv.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace an = eduplat::analytics;

namespace {

using eduplat::CourseId;
using eduplat::LectureId;
using eduplat::Timestamp;
using eduplat::UserId;
using eduplat::benchmarks::Clock;
using eduplat::benchmarks::read_values;
using eduplat::benchmarks::seconds_since;

std::size_t read_size(std::istream& file) {
    return static_cast<std::size_t>(read_values<std::int64_t>(file, 1).front());
}

template <class Value>
Value next(std::istream& words) {
    Value value{};
    if (!(words >> value)) throw std::runtime_error{"a word lacks"};
    return value;
}

Timestamp at(std::int64_t seconds) {
    return Timestamp{std::chrono::seconds{seconds}};
}

std::int64_t seconds_of(Timestamp moment) {
    return std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count();
}

/// Columns in the order of the log: user, time, course, lecture, count.
std::vector<an::Event> read_events(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    auto const size = read_size(file);
    auto const users = read_values<std::int64_t>(file, size);
    auto const times = read_values<std::int64_t>(file, size);
    auto const courses = read_values<std::int64_t>(file, size);
    auto const lectures = read_values<std::int64_t>(file, size);
    auto const counts = read_values<std::int64_t>(file, size);
    std::vector<an::Event> events;
    events.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        events.push_back({.user = UserId{users[i]},
                          .at = at(times[i]),
                          .kind = eduplat::LearningKind::opened,
                          .subject = {CourseId{courses[i]}, LectureId{lectures[i]}},
                          .a = counts[i]});
    }
    return events;
}

/// A result as rows of numbers, fields separated by commas; what is absent is empty.
class Rows {
  public:
    template <class... Fields>
    void add(Fields const&... fields) {
        std::size_t place = 0;
        ((text_ += (place++ > 0 ? "," : "") + field(fields)), ...);
        text_ += '\n';
    }
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

  private:
    static std::string field(std::int64_t value) { return std::to_string(value); }
    static std::string field(Timestamp value) { return std::to_string(seconds_of(value)); }
    static std::string field(std::chrono::seconds value) { return std::to_string(value.count()); }
    template <class Value>
    static std::string field(std::optional<Value> const& value) {
        return value ? field(*value) : std::string{};
    }

    std::string text_;
};

class Worker {
  public:
    std::string answer(std::string const& line) {
        std::istringstream words{line};
        auto const command = next<std::string>(words);
        if (command == "load") return load(words);
        if (command == "threads") return control_.num_threads = next<int>(words), "{}";
        if (command == "csv") return csv(words);
        if (command == "kaplan_meier") return kaplan_meier(words);
        return run(command, words);
    }

  private:
    /// load NAME FILE
    std::string load(std::istream& words) {
        auto const name = next<std::string>(words);
        auto const events = read_events(next<std::string>(words));
        auto const began = Clock::now();
        auto& frame = frames_[name];
        frame = an::EventFrame{}.with(events, static_cast<std::int64_t>(events.size()));
        auto const seconds = seconds_since(began);
        std::ostringstream answer;
        answer << "{\"seconds\": " << seconds << ", \"events\": " << frame.size()
               << ", \"learners\": " << frame.learners() << ", \"bytes\": " << frame.memory_bytes()
               << '}';
        return answer.str();
    }

    /// METRIC NAME FILE arguments: once, and its rows into the file.
    std::string run(std::string const& metric, std::istream& words) {
        auto const& frame = frames_.at(next<std::string>(words));
        auto const path = next<std::string>(words);
        auto const rows = (this->*metrics_.at(metric))(frame, words);
        std::ofstream{path} << rows.text();
        return timed_;
    }

    template <class Result>
    Result timed(std::function<Result()> const& work) {
        auto const began = Clock::now();
        auto result = work();
        timed_ = "{\"seconds\": " + std::to_string(seconds_since(began)) + "}";
        return result;
    }

    static std::vector<Timestamp> edges(std::istream& words) {
        auto const from = next<std::int64_t>(words);
        auto const to = next<std::int64_t>(words);
        auto const width = next<std::int64_t>(words);
        std::vector<Timestamp> edges;
        for (auto edge = from; edge <= to; edge += width)
            edges.push_back(at(edge));
        return edges;
    }

    Rows daily_active(an::EventFrame const& frame, std::istream& words) {
        auto const days = edges(words);
        Rows rows;
        for (auto const& bucket : timed<std::vector<an::ActiveBucket>>(
                 [&] { return an::active_learners(frame, {}, days, control_); })) {
            if (bucket.learners > 0) rows.add(bucket.from, bucket.learners, bucket.events);
        }
        return rows;
    }

    Rows weekly_cohorts(an::EventFrame const& frame, std::istream& words) {
        auto const weeks = edges(words);
        Rows rows;
        for (auto const& cohort : timed<std::vector<an::Cohort>>(
                 [&] { return an::cohorts(frame, {}, weeks, an::RetentionOptions{}, control_); })) {
            for (std::size_t period = 0; period < cohort.retained.size(); ++period) {
                if (cohort.retained[period] == 0) continue;
                rows.add(cohort.from, static_cast<std::int64_t>(period), cohort.retained[period]);
            }
        }
        return rows;
    }

    Rows sessions(an::EventFrame const& frame, std::istream& words) {
        auto const gap = std::chrono::seconds{next<std::int64_t>(words)};
        auto const total =
            timed<an::Sessions>([&] {
                return an::sessions(frame, {}, {.gap = gap, .probabilities = {}, .edges = {}},
                                    control_);
            }).total;
        Rows rows;
        rows.add(total.learners, total.sessions, total.events, total.length);
        return rows;
    }

    Rows per_lecture(an::EventFrame const& frame, std::istream& /*words*/) {
        auto lectures = timed<an::LectureActivity>([&] {
                            return an::lecture_activity(frame, {}, control_);
                        }).lectures;
        std::sort(lectures.begin(), lectures.end(),
                  [](auto const& one, auto const& other) { return one.lecture < other.lecture; });
        Rows rows;
        for (auto const& row : lectures) {
            rows.add(row.lecture->value(), row.learners, row.events, row.reopeners, row.reopens,
                     row.first, row.last);
        }
        return rows;
    }

    Rows percentiles(an::EventFrame const& frame, std::istream& words) {
        auto const weeks = edges(words);
        std::vector<double> const probabilities{0.25, 0.5, 0.75, 0.9};
        Rows rows;
        for (auto const& bucket : timed<std::vector<an::ActivityPercentiles>>([&] {
                 return an::activity_percentiles(frame, {}, weeks, probabilities, control_);
             })) {
            if (bucket.learners == 0) continue;
            auto const& of = bucket.percentiles;
            rows.add(bucket.from, bucket.learners, of[0].value, of[1].value, of[2].value,
                     of[3].value);
        }
        return rows;
    }

    /// Each step a file of lectures.
    Rows funnel(an::EventFrame const& frame, std::istream& words) {
        std::vector<an::FunnelStep> steps;
        for (std::string path; words >> path;) {
            auto& step = steps.emplace_back();
            std::ifstream file{path};
            for (std::int64_t lecture = 0; file >> lecture;)
                step.lectures.emplace_back(lecture);
        }
        Rows rows;
        for (auto const& step : timed<std::vector<an::FunnelStepResult>>(
                 [&] { return an::funnel(frame, {}, steps, {}, control_); }))
            rows.add(step.learners, step.median_time);
        return rows;
    }

    Rows idle(an::EventFrame const& frame, std::istream& words) {
        auto const moment = at(next<std::int64_t>(words));
        auto const days = std::chrono::seconds{next<std::int64_t>(words)};
        auto const result = timed<an::IdleLearners>(
            [&] { return an::idle_learners(frame, {}, moment, days, control_); });
        Rows rows;
        for (auto const& learner : result.idle)
            rows.add(learner.user.value(), learner.last, learner.events);
        return rows;
    }

    /// csv NAME FILE
    std::string csv(std::istream& words) {
        auto const& frame = frames_.at(next<std::string>(words));
        auto const path = next<std::string>(words);
        auto const began = Clock::now();
        std::ofstream file{path, std::ios::binary};
        eduplat::exporting::write_csv(frame,
                                      [&](std::string_view part) {
                                          file.write(part.data(),
                                                     static_cast<std::streamsize>(part.size()));
                                      },
                                      {.num_threads = control_.num_threads});
        file.close();
        if (!file) throw std::runtime_error{"cannot write " + path};
        return "{\"seconds\": " + std::to_string(seconds_since(began)) + "}";
    }

    /// kaplan_meier FILE ANSWER ROUNDS: the time of one of several, whose curve goes into a file.
    static std::string kaplan_meier(std::istream& words) {
        std::ifstream file{next<std::string>(words), std::ios::binary};
        auto const size = read_size(file);
        auto const durations = read_values<double>(file, size);
        auto const observed = read_values<std::uint8_t>(file, size);
        auto const path = next<std::string>(words);
        auto const rounds = next<int>(words);
        auto const began = Clock::now();
        an::SurvivalCurve curve;
        for (int round = 0; round < rounds; ++round)
            curve = an::kaplan_meier(durations, observed);
        auto const seconds = seconds_since(began) / rounds;
        std::ofstream answer{path};
        answer.precision(17);
        for (auto const& step : curve.steps)
            answer << step.time << ',' << step.at_risk << ',' << step.events << ',' << step.survival
                   << '\n';
        std::ostringstream text;
        text << "{\"seconds\": " << seconds << '}';
        return text.str();
    }

    std::map<std::string, Rows (Worker::*)(an::EventFrame const&, std::istream&)> const metrics_{
        {"daily_active", &Worker::daily_active},
        {"weekly_cohorts", &Worker::weekly_cohorts},
        {"sessions", &Worker::sessions},
        {"per_lecture", &Worker::per_lecture},
        {"exact_percentiles", &Worker::percentiles},
        {"funnel", &Worker::funnel},
        {"idle", &Worker::idle}};
    an::ScanControl control_{.num_threads = 2};
    std::map<std::string, an::EventFrame> frames_;
    std::string timed_;
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
