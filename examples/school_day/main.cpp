// A school at work: a day of a small one, or the import of a large one. See --help.
#include "catalog_day.hpp"
#include "options.hpp"
#include "oulad_school.hpp"

#include <eduplat/core/error.hpp>

#include <cstdio>

namespace {

void run(school_day::Options const& options) {
    if (options.help) {
        std::fputs(school_day::usage().c_str(), stdout);
    } else if (options.summary) {
        school_day::print_oulad_summary(options);
    } else if (options.oulad) {
        school_day::run_oulad(options);
    } else {
        school_day::run_catalog_day(options);
    }
}

}  // namespace

int main(int argument_count, char** arguments) try {
    run(school_day::parse_options(argument_count, arguments));
} catch (eduplat::Error const& e) {
    std::fprintf(stderr, "school_day: %s\n", e.what());
    return 1;
} catch (std::exception const& e) {
    std::fprintf(stderr, "school_day: %s\n", e.what());
    return 1;
}
