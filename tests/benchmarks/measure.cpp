#include "benchmarks/measure.hpp"

#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace eduplat::benchmarks {
namespace {

constexpr int name_width = 38;

}  // namespace

Comparison compare(int rounds, std::function<void()> const& ours,
                   std::function<void()> const& peer) {
    ours();
    peer();
    std::vector<double> of_ours;
    std::vector<double> of_peer;
    for (int round = 0; round < rounds; ++round) {
        if (round % 2 == 0) of_ours.push_back(seconds_of(ours));
        of_peer.push_back(seconds_of(peer));
        if (round % 2 != 0) of_ours.push_back(seconds_of(ours));
    }
    return {median(std::move(of_ours)), median(std::move(of_peer))};
}

double seconds_of(std::function<void()> const& work) {
    auto const began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    auto const middle = values.size() / 2;
    return values.size() % 2 != 0 ? values.at(middle)
                                  : (values.at(middle - 1) + values.at(middle)) / 2;
}

Report::Report(std::string const& json) {
    if (!json.empty()) {
        json_ = std::make_unique<std::ofstream>(json);
        if (!*json_) throw std::runtime_error{"cannot write " + json};
    }
    std::cout << std::left << std::setw(name_width) << "" << std::right << std::setw(14) << "ours"
              << std::setw(14) << "peer" << std::setw(9) << "ratio"
              << "  unit\n";
}

Report::~Report() = default;

void Report::add_rate(std::string_view name, Comparison const& seconds, double units,
                      std::string_view unit) {
    add(name, units / seconds.ours, units / seconds.peer, seconds.peer / seconds.ours, unit);
}

void Report::add_time(std::string_view name, Comparison const& seconds) {
    add(name, seconds.ours * 1e6, seconds.peer * 1e6, seconds.peer / seconds.ours, "us");
}

void Report::note(std::string_view name, double value, std::string_view unit) {
    std::cerr << name << ": " << value << ' ' << unit << '\n';
}

void Report::add(std::string_view name, double ours, double peer, double ratio,
                 std::string_view unit) {
    std::cout << std::fixed << std::setprecision(1) << std::left << std::setw(name_width) << name
              << std::right << std::setw(14) << ours << std::setw(14) << peer
              << std::setprecision(2) << std::setw(9) << ratio << "  " << unit << std::endl;
    if (!json_) return;
    *json_ << R"({"name":")" << name << R"(","ours":)" << ours << R"(,"peer":)" << peer
           << R"(,"ratio":)" << ratio << R"(,"unit":")" << unit << "\"}" << std::endl;
}

double fsync_seconds(std::string const& folder) {
    auto const path = folder + "/fsync-probe";
    int const file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) throw std::system_error{errno, std::generic_category(), path};
    std::string const page(4096, 'x');
    std::vector<double> times;
    for (int i = 0; i < 100; ++i) {
        times.push_back(seconds_of([&] {
            if (::write(file, page.data(), page.size()) < 0 || ::fdatasync(file) != 0) {
                throw std::system_error{errno, std::generic_category(), path};
            }
        }));
    }
    ::close(file);
    ::unlink(path.c_str());
    return median(std::move(times));
}

void refuse_memory_file_system(std::string const& folder) {
    constexpr long tmpfs = 0x01021994;
    constexpr long ramfs = 0x858458f6;
    struct statfs status {};
    if (::statfs(folder.c_str(), &status) != 0) {
        throw std::system_error{errno, std::generic_category(), folder};
    }
    auto const type = static_cast<long>(status.f_type);
    if (type == tmpfs || type == ramfs) {
        throw std::runtime_error{folder + " lies in memory: give a folder on a disk with --dir"};
    }
}

}  // namespace eduplat::benchmarks
