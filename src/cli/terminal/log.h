// Messages on stderr, as lines of text or JSON. The only part that knows spdlog.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace racesim::cli {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

/// "info" → LogLevel::info. The caller has checked the name.
LogLevel log_level_of(const std::string& name);

/// Sets up the log; called once, before the first message. Without it nothing is written.
void open_log(LogLevel least, bool json);
bool log_is_open();

/// Further fields of a message: numbers stay numbers in JSON when `quoted` is false.
struct LogField {
  std::string name;
  std::string value;
  bool quoted = true;
};

/// Any thread. `fields` follow the message as name=value, or as members of the JSON object.
void log(LogLevel level, const std::string& message, const std::vector<LogField>& fields = {});

}  // namespace racesim::cli
