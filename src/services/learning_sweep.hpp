#pragma once

#include "services/job_runner.hpp"

/// The job that completes learners whom a publication brought to the end of a course.
namespace eduplat {

inline constexpr std::string_view completion_sweep_job = "completion_sweep";

/// One step of it: some learners of one course.
[[nodiscard]] JobStep sweep_completions(Dependencies const& dependencies);

}  // namespace eduplat
