// A process to be killed while a school learns: learning_victim PATH NEXT LECTURE USER...
// Records one batch after the other, from number NEXT on, and says the number of each that was
// acknowledged. In between it makes progress anew and runs what is due.
#include "learning_batch.hpp"

#include <eduplat/platform.hpp>

#include <iostream>
#include <string>
#include <vector>

using namespace eduplat;

int main(int count, char** values) {
    std::vector<std::string> const arguments(values, values + count);
    try {
        // A grace that lets everything count, since the clock is the real one.
        auto school = Platform::open({.path = arguments.at(1),
                                      .busy_timeout = std::chrono::seconds{60},
                                      .learning = {.grace = std::chrono::hours{24}}});
        LectureId const lecture{std::stol(arguments.at(3))};
        std::cout << "ready" << std::endl;
        for (auto n = std::stol(arguments.at(2));; ++n) {
            auto const learner = static_cast<std::size_t>(n % test::crash_learners);
            Actor const actor{UserId{std::stol(arguments.at(4 + learner))}};
            school.learning().record(actor, test::crash_batch(n, lecture));
            std::cout << n << std::endl;
            if (n % 20 == 0) school.learning().rebuild(Actor::system());
            if (n % 30 == 0) school.run_due(std::chrono::milliseconds{10});
        }
    } catch (Error const& error) {
        std::cout << error.what() << std::endl;
    }
    return 3;
}
