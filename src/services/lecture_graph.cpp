#include "services/lecture_graph.hpp"

#include <cstddef>
#include <unordered_map>

namespace eduplat {
namespace {

using repositories::publications::Entry;

/// For each lecture those that wait for it.
class Graph {
  public:
    explicit Graph(std::size_t lectures) : waiting_(lectures), open_(lectures, 0) {}

    void add(std::size_t first, std::size_t then) {
        waiting_[first].push_back(then);
        ++open_[then];
    }

    /// Takes away, again and again, what waits for nothing (Kahn 1962); something stays if there is
    /// a cycle.
    [[nodiscard]] bool has_cycle() const {
        auto open = open_;
        std::vector<std::size_t> ready;
        for (std::size_t i = 0; i < open.size(); ++i) {
            if (open[i] == 0) ready.push_back(i);
        }
        std::size_t taken = 0;
        for (; taken < ready.size(); ++taken) {
            for (auto const next : waiting_[ready[taken]]) {
                if (--open[next] == 0) ready.push_back(next);
            }
        }
        return taken < open.size();
    }

  private:
    std::vector<std::vector<std::size_t>> waiting_;
    std::vector<int> open_;  ///< how many others each waits for
};

}  // namespace

std::string_view cycle_in(std::vector<Entry> const& lectures) {
    std::unordered_map<LectureId, std::size_t> places;
    for (std::size_t i = 0; i < lectures.size(); ++i)
        places.emplace(lectures[i].lecture, i);
    Graph graph{lectures.size()};
    for (std::size_t i = 0; i < lectures.size(); ++i) {
        for (auto const required : lectures[i].prerequisites) {
            if (auto const found = places.find(required); found != places.end())
                graph.add(found->second, i);
        }
    }
    if (graph.has_cycle()) return "prerequisites";
    for (std::size_t i = 1; i < lectures.size(); ++i) {
        if (lectures[i].release.rule == ReleaseRule::after_previous) graph.add(i - 1, i);
    }
    return graph.has_cycle() ? "release" : std::string_view{};
}

}  // namespace eduplat
