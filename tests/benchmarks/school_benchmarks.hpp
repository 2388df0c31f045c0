#pragma once

#include "benchmarks/measure.hpp"

#include <optional>
#include <string>

/// The figures of a school's life: each function measures some rows in files under `folder`.
namespace eduplat::benchmarks {

void measure_access(Report& report, std::string const& folder);
void measure_outline(Report& report, std::string const& folder);
void measure_search(Report& report, std::string const& folder);
void measure_checkout(Report& report, std::string const& folder);
/// `oulad`: the folder of the dataset; without it, says what is missing.
void measure_oulad(Report& report, std::string const& folder,
                   std::optional<std::string> const& oulad);
/// Of a log and its frame; what of them needs the dataset is left out without it.
void measure_analytics(Report& report, std::string const& folder,
                       std::optional<std::string> const& oulad);

}  // namespace eduplat::benchmarks
