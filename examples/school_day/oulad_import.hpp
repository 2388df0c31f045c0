#pragma once

#include <eduplat/platform.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace school_day {

/// What one step of the import did.
struct ImportStep {
    std::string what;
    std::int64_t rows = 0;       ///< given to the school
    std::int64_t created = 0;    ///< of them, new
    std::int64_t unchanged = 0;  ///< there already
    std::int64_t rejected = 0;   ///< refused, carried over, or about what is not in the data
    double seconds = 0;
};

/// The system that all is imported from, and by whose names it is found again.
inline constexpr auto oulad_source = "oulad";

/// Brings the files of OULAD into a school: each module presentation as a course, materials as its
/// lectures, assessments in a section of their own, learners with personas, registrations as
/// enrollments, clicks as opened lectures, and submissions as answers with their scores.
///
/// Every row goes by its name in the dataset, and clicks go in batches of fixed rows. So it may be
/// killed at any moment: made again with the same files it adds what is not there.
[[nodiscard]] std::vector<ImportStep> import_oulad(eduplat::Platform& school,
                                                   std::filesystem::path const& folder);

}  // namespace school_day
