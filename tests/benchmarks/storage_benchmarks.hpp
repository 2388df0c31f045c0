#pragma once

#include "benchmarks/measure.hpp"

#include <string>

/// The figures of the storage: each function measures some rows in files under `folder`.
namespace eduplat::benchmarks {

void measure_reads(Report& report, std::string const& folder);
void measure_bulk_append(Report& report, std::string const& folder);
void measure_durable_writes(Report& report, std::string const& folder);

}  // namespace eduplat::benchmarks
