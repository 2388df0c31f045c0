#include "services/spdlog_sink.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace eduplat {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            break;
    }
    return spdlog::level::err;
}

class SpdlogSink final : public LogSink {
  public:
    void write(LogLevel level, std::string_view message) noexcept override {
        try {
            logger_.log(spdlog_level(level), spdlog::string_view_t{message.data(), message.size()});
        } catch (...) {  // a message that cannot be written must not end the call that reports it
        }
    }

  private:
    spdlog::logger logger_{"eduplat", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
};

}  // namespace

std::unique_ptr<LogSink> make_spdlog_sink() {
    return std::make_unique<SpdlogSink>();
}

}  // namespace eduplat
