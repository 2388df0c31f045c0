#include "options.hpp"

#include <eduplat/core/error.hpp>

#include <string_view>

namespace school_day {

Options parse_options(int argument_count, char const* const* arguments) {
    Options out;
    int next = 1;
    auto const value = [&](std::string_view name) {
        if (next == argument_count)
            eduplat::fail(eduplat::ErrorCode::invalid_argument, name, "required");
        return arguments[next++];
    };
    while (next < argument_count) {
        std::string_view const name = arguments[next++];
        if (name == "--oulad") {
            out.oulad = value(name);
        } else if (name == "--folder") {
            out.folder = value(name);
        } else if (name == "--catalog") {
            out.catalog = value(name);
        } else if (name == "--fresh") {
            out.fresh = true;
        } else if (name == "--summary") {
            out.summary = true;
        } else if (name == "--help") {
            out.help = true;
        } else {
            eduplat::fail(eduplat::ErrorCode::invalid_argument, name, "unknown");
        }
    }
    return out;
}

std::string usage() {
    return "usage: school_day [--folder DIR] [--catalog DIR]\n"
           "       school_day --oulad DIR [--folder DIR] [--fresh]\n"
           "       school_day --summary [--folder DIR]\n"
           "\n"
           "Tells a day of a small school made of the courses in examples/catalog. With --oulad "
           "it\n"
           "imports the Open University Learning Analytics Dataset (CSV, plain or .gz) into "
           "oulad.db,\n"
           "sells and refunds on a copy of it, and prints a report. Killed and started again, it "
           "goes\n"
           "on where it ended; --fresh begins anew. --summary tells what is in oulad.db.\n"
           "Schools are kept in --folder, else in the current one.\n";
}

}  // namespace school_day
