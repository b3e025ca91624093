#include "cli/commands/run/next_step.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/commands/kafka_property.h"

namespace racesim::cli {
namespace {

bool is_plain(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || std::string_view("_-./:,=+@%").find(c) != std::string_view::npos;
}

void add_kafka(const KafkaOptions& kafka, std::vector<std::string>& words) {
  words.insert(words.end(), {"kafka", "--brokers", shell_word(kafka.brokers)});
  if (!kafka.topic.empty()) words.insert(words.end(), {"--topic", shell_word(kafka.topic)});
  for (const auto& [key, value] : kafka.properties)
    if (!is_secret_property(key)) words.insert(words.end(), {"-X", shell_word(key + "=" + value)});
}

}  // namespace

std::string shell_word(const std::string& text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), &is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

std::vector<std::string> verify_command_words(const RunConfig& config, const std::string& manifest) {
  const auto& sinks = config.delivery.sinks;
  const auto sink = std::find_if(sinks.begin(), sinks.end(),
                                 [](const SinkSpec& s) { return s.kind == "file" || s.kind == "kafka"; });
  if (manifest.empty() || sink == sinks.end()) return {};
  std::vector<std::string> words{"racesim", "verify", "--manifest", shell_word(manifest), "--against"};
  if (sink->kind == "file")
    words.push_back(shell_word("file:" + sink->target));
  else
    add_kafka(config.delivery.kafka, words);
  return words;
}

std::string verify_command_line(const RunConfig& config, const std::string& manifest) {
  return fmt::format("{}", fmt::join(verify_command_words(config, manifest), " "));
}

}  // namespace racesim::cli
