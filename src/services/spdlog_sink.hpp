#pragma once

#include <eduplat/ports/log_sink.hpp>

#include <memory>

namespace eduplat {

/// Messages of level info and above on the standard error stream, through a spdlog logger of its
/// own that a host's spdlog does not see.
[[nodiscard]] std::unique_ptr<LogSink> make_spdlog_sink();

}  // namespace eduplat
