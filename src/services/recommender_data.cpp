#include "services/recommender_data.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

namespace eduplat {
namespace {

namespace input = repositories::recommender_input;
namespace models = repositories::recommender_models;
using recommender::FitControl;
using recommender::Index;
using storage::Connection;

constexpr int rows_at_once = 20'000;
constexpr std::size_t held_out_from = 3;  // courses of a learner
constexpr std::size_t held_out_of = 5;    // one of so many
constexpr Index evaluated_max = 5'000;    // about: of more learners every second, third ... is

/// What one learner did with one course.
struct Pair {
    Index user;
    Index item;
    Timestamp first_at;
    float weight;
};

class Reader {
  public:
    Reader(Dependencies const& dependencies, FitControl const& control)
        : dependencies_(dependencies), control_(control), now_(dependencies.clock.now()) {}

    [[nodiscard]] TrainingData read() {
        data_.ends = dependencies_.storage.read(models::log_ends);
        read_courses();
        read_users();
        read_events();
        read_enrollments();
        read_reviews();
        number_pairs();
        count_courses();
        data_.interactions = all_of(pairs_);
        data_.hold_out = held_out();
        return std::move(data_);
    }

  private:
    /// Calls `read(connection, key)` until it tells no further key.
    template <class Key, class Read>
    void in_pieces(std::string_view what, Key key, Read read) {
        std::optional<Key> last = key;
        for (int piece = 0; last; ++piece) {
            check_wanted(control_, {.stage = what, .step = piece});
            key = *last;
            last = dependencies_.storage.read(
                [&](Connection& connection) { return read(connection, key); });
        }
    }

    void read_courses() {
        in_pieces("courses", CourseId{0}, [&](Connection& connection, CourseId after) {
            auto const courses = input::courses(connection, after, limits::page_size_max);
            for (auto const& texts : input::texts(connection, courses)) {
                items_.emplace(texts.course, static_cast<Index>(data_.courses.size()));
                data_.courses.push_back({.course = texts.course, .learners = 0, .weight = 0});
                auto& profile = data_.profiles.emplace_back(profile_of(texts));
                for (auto const teacher : texts.teachers)
                    profile.teachers.push_back(number_of_teacher(teacher));
            }
            return courses.empty() ? std::nullopt : std::optional{courses.back()};
        });
    }

    std::string number_of_teacher(UserId teacher) {
        return std::to_string(teachers_.emplace(teacher, teachers_.size()).first->second);
    }

    void read_users() {
        in_pieces("users", UserId{0}, [&](Connection& connection, UserId after) {
            return input::users(connection, after, rows_at_once, [&](UserId user) {
                users_.emplace(user, static_cast<Index>(users_.size()));
            });
        });
    }

    void read_events() {
        in_pieces("events", std::int64_t{0}, [&](Connection& connection, std::int64_t after) {
            return input::events(connection, after, rows_at_once, [&](input::Event const& event) {
                auto const doing = doing_of(event.kind);
                auto* const done = doing ? find(event.user, event.course) : nullptr;
                if (done != nullptr) done->add(*doing, event.count, event.at);
            });
        });
    }

    void read_enrollments() {
        in_pieces("enrollments", EnrollmentId{0}, [&](Connection& connection, EnrollmentId after) {
            return input::enrollments(connection, after, rows_at_once,
                                      [&](input::Enrolled const& enrolled) {
                                          auto* const done = find(enrolled.user, enrolled.course);
                                          if (done != nullptr) add(*done, enrolled);
                                      });
        });
    }

    void read_reviews() {
        for (std::size_t i = 0; i < data_.courses.size(); ++i) {
            if (i % limits::page_size_max == 0) check_wanted(control_, {.stage = "reviews"});
            dependencies_.storage.read([&](Connection& connection) {
                input::reviews(connection, data_.courses[i].course, [&](auto const& review) {
                    auto* const done = find(review.user, review.course);
                    if (done != nullptr) done->review(review.rating, review.at);
                });
            });
        }
    }

    /// Nothing for users and courses that do not count.
    Doings* find(UserId user, CourseId course) {
        auto const row = users_.find(user);
        auto const item = items_.find(course);
        if (row == users_.end() || item == items_.end()) return nullptr;
        auto const key = static_cast<std::uint64_t>(row->second) << 32U |
                         static_cast<std::uint64_t>(item->second);
        return &done_[key];
    }

    /// Pairs that weigh something, by user and item. Users without one get no number.
    void number_pairs() {
        std::vector<std::pair<std::uint64_t, Doings const*>> done;
        done.reserve(done_.size());
        for (auto const& [key, with] : done_)
            done.emplace_back(key, &with);
        std::sort(done.begin(), done.end());
        auto const newest = newest_of(done);
        std::optional<std::uint64_t> last;
        for (auto const& [key, with] : done) {
            auto const weight =
                static_cast<float>(weight_of(*with, dependencies_.recommendations, newest));
            if (weight <= 0) continue;
            auto const user = key >> 32U;
            if (last != user) ++learners_;
            last = user;
            pairs_.push_back({static_cast<Index>(learners_ - 1),
                              static_cast<Index>(key & 0xFFFF'FFFFU), with->first_at, weight});
        }
        done_.clear();
    }

    /// Age counts from here: a school that has rested for years has not forgotten. Imports may tell
    /// of times to come.
    template <class Done>
    [[nodiscard]] Timestamp newest_of(Done const& done) const {
        auto newest = Timestamp::min();
        for (auto const& [key, with] : done)
            newest = std::max(newest, with->last_at);
        return std::min(newest, now_);
    }

    void count_courses() {
        for (auto const& pair : pairs_) {
            auto& course = data_.courses[static_cast<std::size_t>(pair.item)];
            ++course.learners;
            course.weight += static_cast<double>(pair.weight);
        }
    }

    [[nodiscard]] recommender::Interactions all_of(std::span<Pair const> pairs) const {
        recommender::InteractionsBuilder builder{
            recommender::Shape{learners_, static_cast<Index>(data_.courses.size())}};
        for (auto const& pair : pairs)
            builder.add(pair.user, pair.item, pair.weight);
        return std::move(builder).build();
    }

    /// The newest of each learner's pairs go to the test part.
    [[nodiscard]] recommender::Split held_out() {
        std::vector<Pair> train;
        std::vector<Pair> test;
        auto const every = learners_ / evaluated_max + 1;
        for (auto begin = pairs_.begin(); begin != pairs_.end();) {
            auto const end = std::find_if(
                begin, pairs_.end(), [&](Pair const& pair) { return pair.user != begin->user; });
            auto const count = static_cast<std::size_t>(end - begin);
            auto const hidden = count < held_out_from || begin->user % every != 0
                                    ? 0
                                    : std::max<std::size_t>(1, count / held_out_of);
            std::stable_sort(begin, end, [](Pair const& one, Pair const& other) {
                return one.first_at < other.first_at;
            });
            auto const cut = end - static_cast<std::ptrdiff_t>(hidden);
            train.insert(train.end(), begin, cut);
            test.insert(test.end(), cut, end);
            begin = end;
        }
        return {.train = all_of(train), .test = all_of(test)};
    }

    Dependencies const& dependencies_;
    FitControl const& control_;
    Timestamp now_;
    std::unordered_map<UserId, Index> users_;
    std::unordered_map<CourseId, Index> items_;
    std::unordered_map<UserId, std::size_t> teachers_;
    std::unordered_map<std::uint64_t, Doings> done_;  ///< by user and item
    std::vector<Pair> pairs_;
    Index learners_ = 0;
    TrainingData data_;
};

}  // namespace

TrainingData read_training_data(Dependencies const& dependencies, FitControl const& control) {
    return Reader{dependencies, control}.read();
}

void add(Doings& done, input::Enrolled const& enrolled) {
    done.add(Doing::started, 1, enrolled.at);
    if (enrolled.purchased) done.add(Doing::purchased, 1, enrolled.at);
    if (enrolled.completed_at) done.add(Doing::completed, 1, *enrolled.completed_at);
}

recommender::ItemProfile profile_of(input::CourseTexts const& texts) {
    return {.text = texts.text, .tags = texts.tags, .concepts = texts.concepts};
}

void check_wanted(FitControl const& control, recommender::FitProgress const& progress) {
    if (!control.on_progress || control.on_progress(progress)) return;
    fail(ErrorCode::canceled, "on_progress", "canceled");
}

}  // namespace eduplat
