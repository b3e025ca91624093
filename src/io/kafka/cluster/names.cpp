#include "io/kafka/cluster/names.h"

#include <charconv>
#include <string>

namespace racesim::kafka {
namespace {

constexpr std::size_t kTopicCharactersMax = 249;
constexpr std::string_view kTopicCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

bool is_port(std::string_view text) {
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, port);
  return code == std::errc{} && stop == end && port >= 1 && port <= 65535;
}

/// One of the list; a scheme such as SASL_SSL:// is librdkafka's business.
bool is_broker(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
    text.remove_prefix(scheme + 3);
  if (text.find_first_of(" /\t") != std::string_view::npos) return false;
  std::size_t host_end = text.rfind(':');
  if (!text.empty() && text.front() == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || bracket < 2) return false;
    if (bracket + 1 == text.size()) return true;
    host_end = bracket + 1;
    if (text[host_end] != ':') return false;
  }
  if (host_end == std::string_view::npos) return !text.empty();
  return host_end > 0 && is_port(text.substr(host_end + 1));
}

}  // namespace

Done check_topic_name(std::string_view topic) {
  const std::string name(topic);
  if (topic.empty() || topic.size() > kTopicCharactersMax)
    return fail(ErrorKind::usage,
                topic.empty() ? "a topic's name is empty"
                              : "the topic's name '" + name.substr(0, 32) + "…' has " +
                                    std::to_string(topic.size()) + " characters",
                "a topic's name has 1 to 249 characters: f1-telemetry");
  if (topic == "." || topic == "..")
    return fail(ErrorKind::usage, "'" + name + "' is not a valid topic name", "example: f1-telemetry");
  if (topic.find_first_not_of(kTopicCharacters) != std::string_view::npos)
    return fail(ErrorKind::usage, "'" + name + "' is not a valid topic name",
                "letters, digits, '.', '_' and '-' only: f1-telemetry");
  return {};
}

Done check_brokers(std::string_view brokers) {
  for (std::size_t from = 0; from <= brokers.size();) {
    const std::size_t comma = std::min(brokers.find(',', from), brokers.size());
    const std::string_view broker = brokers.substr(from, comma - from);
    if (!is_broker(broker))
      return fail(ErrorKind::usage, "'" + std::string(broker) + "' is not the address of a broker",
                  "example: localhost:9092   several: kafka1:9092,kafka2:9092");
    from = comma + 1;
  }
  return {};
}

}  // namespace racesim::kafka
