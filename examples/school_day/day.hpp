#pragma once

#include "report.hpp"

#include <eduplat/platform.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/fake_gateway.hpp>

#include <catalog/catalog.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace school_day {

/// The school of the day, with what its host has: a clock, a gateway, and the way over the network.
class Day {
  public:
    explicit Day(std::filesystem::path const& file);

    [[nodiscard]] edu::Platform& school() { return school_; }
    [[nodiscard]] edu::testing::FakeGateway& gateway() { return *gateway_; }
    [[nodiscard]] edu::Timestamp now() const { return clock_->now(); }

    /// Tells a sentence at the time it is, and lets five minutes pass.
    void say(std::string_view sentence);
    void pass(std::chrono::microseconds time) { clock_->advance(time); }

    /// Somebody new, signed in by the host's own means.
    void register_person(std::string const& name, edu::Roles more = {});
    void add_person(std::string const& name, edu::Actor actor) { people_.emplace(name, actor); }
    [[nodiscard]] edu::Actor operator[](std::string const& name) const { return people_.at(name); }

    [[nodiscard]] edu::Course course(std::string_view slug);
    /// By place in the course, from 0, as learners see it.
    [[nodiscard]] edu::OutlineLecture lecture(std::string_view slug, std::size_t place);

    /// Makes a call that ends in an error and gives what it says.
    [[nodiscard]] static std::string refusal(std::function<void()> const& call);

  private:
    std::shared_ptr<edu::testing::FakeClock> clock_;
    std::shared_ptr<edu::testing::FakeGateway> gateway_;
    edu::Platform school_;
    std::map<std::string, edu::Actor, std::less<>> people_;
};

// The parts of the day, in order.
void open_school(Day& day, std::vector<catalog::Course> const& courses);
void write_a_course(Day& day);
void look_around(Day& day);
void sell_courses(Day& day);
void learn(Day& day);
void show_access(Day& day);
void pay_back(Day& day);
void close_books(Day& day);

}  // namespace school_day
