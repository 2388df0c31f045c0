#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::benchmarks {

/// How long ours and the peer took, in seconds, for the same work.
struct Comparison {
    double ours = 0;
    double peer = 0;
};

/// Runs both in turns, each first in half of the rounds, after one round that does not count. Each
/// function does one round's work. Returns the medians.
[[nodiscard]] Comparison compare(int rounds, std::function<void()> const& ours,
                                 std::function<void()> const& peer);

[[nodiscard]] double seconds_of(std::function<void()> const& work);
[[nodiscard]] double median(std::vector<double> values);

/// The rows of a run, as they are printed.
class Report {
  public:
    /// Lines of JSON go to `json`, if that is not empty, and a table to standard output.
    explicit Report(std::string const& json);
    ~Report();
    Report(Report const&) = delete;
    Report& operator=(Report const&) = delete;

    /// A row from times: what is shown is work units in a second, so that more is better.
    void add_rate(std::string_view name, Comparison const& seconds, double units,
                  std::string_view unit);
    /// A row from times as they are; the ratio is over 1 where ours is shorter.
    void add_time(std::string_view name, Comparison const& seconds);
    /// A figure that has no peer.
    void note(std::string_view name, double value, std::string_view unit);

  private:
    void add(std::string_view name, double ours, double peer, double ratio, std::string_view unit);

    std::unique_ptr<std::ostream> json_;
};

/// Median time of an fsync after a small append in that folder.
[[nodiscard]] double fsync_seconds(std::string const& folder);

/// Throws if files there never reach a disk: durable writes would cost nothing.
void refuse_memory_file_system(std::string const& folder);

/// Tells the compiler that a value is used.
template <class Value>
void keep(Value const& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace eduplat::benchmarks
