#pragma once

#include <chrono>
#include <cstddef>
#include <istream>
#include <stdexcept>
#include <vector>

/// What the programs share that a driver in Python asks.
namespace eduplat::benchmarks {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

/// Numbers as numpy's tofile() writes them.
template <class Value>
std::vector<Value> read_values(std::istream& file, std::size_t count) {
    std::vector<Value> values(count);
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(count * sizeof(Value)));
    if (!file) throw std::runtime_error{"a file ends early"};
    return values;
}

}  // namespace eduplat::benchmarks
