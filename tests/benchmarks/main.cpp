// eduplat_benchmarks storage|school|analytics [--json FILE] [--dir DIR] [--oulad DIR]
#include "benchmarks/school_benchmarks.hpp"
#include "benchmarks/storage_benchmarks.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
    std::string group;
    std::string json;
    std::string dir = "benchmark_files";
    std::optional<std::string> oulad = std::nullopt;
    std::string only = {};
};

bool is_group(std::string_view word) {
    return word == "storage" || word == "school" || word == "analytics";
}

Options parse(int count, char** values) {
    Options options;
    for (int i = 1; i < count; ++i) {
        std::string const argument = values[i];
        bool const takes_value = argument == "--json" || argument == "--dir" ||
                                 argument == "--oulad" || argument == "--only";
        if (takes_value && i + 1 == count) throw std::invalid_argument{argument + " needs a value"};
        if (argument == "--json") {
            options.json = values[++i];
        } else if (argument == "--dir") {
            options.dir = values[++i];
        } else if (argument == "--oulad") {
            options.oulad = values[++i];
        } else if (argument == "--only") {
            options.only = values[++i];
        } else if (options.group.empty() && is_group(argument)) {
            options.group = argument;
        } else {
            throw std::invalid_argument{"unknown argument: " + argument};
        }
    }
    if (options.group.empty())
        throw std::invalid_argument{"which group? storage, school or analytics"};
    return options;
}

void note_library_size(eduplat::benchmarks::Report& report) {
    std::string_view files = EDUPLAT_LIBRARY_FILES;
    double bytes = 0;
    while (!files.empty()) {
        auto const end = std::min(files.find(':'), files.size());
        bytes += static_cast<double>(std::filesystem::file_size(files.substr(0, end)));
        files.remove_prefix(std::min(end + 1, files.size()));
    }
    report.note("library files, all modules", bytes / 1024, "KiB");
}

bool run(std::string const& command) {
    return std::system((command + " > /dev/null").c_str()) == 0;
}

/// How long a host's compiler is busy with its first program, against the headers as they are
/// installed.
void note_compile_time(eduplat::benchmarks::Report& report, std::string const& folder) {
    auto const prefix = folder + "/installed";
    if (!run("cmake --install \"" EDUPLAT_BUILD_DIR "\" --prefix \"" + prefix + '"')) return;
    auto const compile = EDUPLAT_CXX " -std=c++20 -O2 -c \"" EDUPLAT_QUICKSTART "\" -I\"" + prefix +
                         "/include\" -o \"" + prefix + "/quickstart.o\"";
    bool compiled = true;
    std::vector<double> times;
    for (int i = 0; i < 3; ++i) {
        auto const seconds = eduplat::benchmarks::seconds_of([&] { compiled = run(compile); });
        times.push_back(seconds);
    }
    if (compiled) report.note("compiling quickstart", eduplat::benchmarks::median(times), "s");
}

void measure_storage(Options const& options) {
    using namespace eduplat::benchmarks;
    auto const folder = options.dir + "/storage";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    refuse_memory_file_system(folder);
    Report report{options.json};
    report.note("fsync", fsync_seconds(folder) * 1e6, "us");
    measure_reads(report, folder);
    measure_bulk_append(report, folder);
    measure_durable_writes(report, folder);
    report.note("fsync at the end", fsync_seconds(folder) * 1e6, "us");
    note_library_size(report);
    note_compile_time(report, std::filesystem::absolute(folder).string());
    std::filesystem::remove_all(folder);
}

void measure_school(Options const& options) {
    using namespace eduplat::benchmarks;
    auto const folder = options.dir + "/school";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    refuse_memory_file_system(folder);
    Report report{options.json};
    report.note("fsync", fsync_seconds(folder) * 1e6, "us");
    auto const wanted = [&](std::string_view name) {
        return options.only.empty() || options.only == name;
    };
    if (wanted("outline")) measure_outline(report, folder);
    if (wanted("oulad")) measure_oulad(report, folder, options.oulad);
    if (wanted("checkout")) measure_checkout(report, folder);
    if (wanted("search")) measure_search(report, folder);
    if (wanted("access")) measure_access(report, folder);
    report.note("fsync at the end", fsync_seconds(folder) * 1e6, "us");
    std::filesystem::remove_all(folder);
}

/// Keeps its folder, in which the dataset lies imported.
void measure_analytics(Options const& options) {
    auto const folder = options.dir + "/analytics";
    std::filesystem::create_directories(folder);
    eduplat::benchmarks::refuse_memory_file_system(folder);
    eduplat::benchmarks::Report report{options.json};
    eduplat::benchmarks::measure_analytics(report, folder, options.oulad);
}

void measure(Options const& options) {
    if (options.group == "storage") measure_storage(options);
    if (options.group == "school") measure_school(options);
    if (options.group == "analytics") measure_analytics(options);
}

}  // namespace

int main(int count, char** values) {
    try {
        measure(parse(count, values));
        return 0;
    } catch (std::exception const& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
