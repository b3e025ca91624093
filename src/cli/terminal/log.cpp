#include "cli/terminal/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "base/visible.h"

namespace racesim::cli {
namespace {

// One log for the process, as stderr is one; set up before the first thread starts.
bool as_json = false;
std::shared_ptr<spdlog::logger> logger;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

/// Bytes that are not UTF-8 are replaced: a path may hold any.
std::string json_members(const std::string& message, const std::vector<LogField>& fields) {
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
  std::string text = "\"message\":" + nlohmann::json(message).dump(-1, ' ', false, kReplace);
  for (const LogField& field : fields)
    text += ",\"" + field.name +
            "\":" + (field.quoted ? nlohmann::json(field.value).dump(-1, ' ', false, kReplace) : field.value);
  return text;
}

std::string plain(const std::string& message, const std::vector<LogField>& fields) {
  std::string text = visible_text(message);
  for (const LogField& field : fields) text += "  " + field.name + "=" + visible_text(field.value);
  return text;
}

}  // namespace

LogLevel log_level_of(const std::string& name) {
  for (const auto& [text, level] : {std::pair{"trace", LogLevel::trace}, std::pair{"debug", LogLevel::debug},
                                    std::pair{"info", LogLevel::info}, std::pair{"warn", LogLevel::warn},
                                    std::pair{"error", LogLevel::error}})
    if (name == text) return level;
  return LogLevel::off;
}

void open_log(LogLevel least, bool json) {
  as_json = json;
  logger = std::make_shared<spdlog::logger>("racesim", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog_level(least));
  // A message that cannot be written must not end the run; there is no other place to report it.
  logger->set_error_handler([](const std::string&) {});
  const char* pattern =
      json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
}

bool log_is_open() {
  return logger != nullptr;
}

void log(LogLevel level, const std::string& message, const std::vector<LogField>& fields) {
  if (!logger || !logger->should_log(spdlog_level(level))) return;
  // Never as the format itself: a message may hold braces.
  logger->log(spdlog_level(level), "{}", as_json ? json_members(message, fields) : plain(message, fields));
}

}  // namespace racesim::cli
