#pragma once

#include "support/registry.hpp"

#include <span>

/// The registry's calls, service by service.
namespace eduplat::test {

[[nodiscard]] std::span<ServiceCall const> courses_calls();
[[nodiscard]] std::span<ServiceCall const> enrollments_calls();
[[nodiscard]] std::span<ServiceCall const> insights_calls();
[[nodiscard]] std::span<ServiceCall const> learning_calls();
[[nodiscard]] std::span<ServiceCall const> payments_calls();
[[nodiscard]] std::span<ServiceCall const> recommendations_calls();

}  // namespace eduplat::test
