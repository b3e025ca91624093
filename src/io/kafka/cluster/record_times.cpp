#include "io/kafka/cluster/record_times.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/quantity.h"
#include "base/saturate.h"
#include "base/time_text.h"

namespace racesim::kafka {
namespace {

constexpr double kNsPerMsExact = 1e6;
constexpr double kFar = std::numeric_limits<double>::infinity();

/// How far event times may be from the clock at the moment they are sent, in milliseconds.
struct Distance {
  double behind_ms = 0;
  double ahead_ms = 0;
};

Distance distance_of(const EventTimes& times, std::int64_t wall_ns) {
  const double first_ms = static_cast<double>(times.first_ns) / kNsPerMsExact;
  const double wall_ms = static_cast<double>(wall_ns) / kNsPerMsExact;
  const double end_ms = times.end_ns ? static_cast<double>(*times.end_ns) / kNsPerMsExact : kFar;
  Distance distance;
  distance.behind_ms = std::max(0.0, wall_ms - first_ms);
  if (times.speed == 0) {
    distance.ahead_ms = std::max(0.0, end_ms - wall_ms);
  } else if (times.speed != 1) {
    // While w milliseconds of the clock pass, speed · w of event time do.
    const double drift_ms = (end_ms - first_ms) * (1 - 1 / times.speed);
    (drift_ms > 0 ? distance.ahead_ms : distance.behind_ms) += std::abs(drift_ms);
  }
  return distance;
}

/// A limit in milliseconds; none if the topic has no such setting, or it is unlimited.
std::optional<double> limit_ms(const TopicState& topic, const char* name) {
  const auto found = topic.config.find(name);
  if (found == topic.config.end()) return std::nullopt;
  std::int64_t value = -1;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value < 0 || value == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<double>(value);
}

Error refusal(const TopicState& topic, const char* setting, double limit, const std::string& what) {
  return {ErrorKind::usage,
          fmt::format("--record-timestamp event: topic {} has {}={:.0f} ({}), {}", topic.name, setting, limit,
                      format_duration(whole_saturating(limit * kNsPerMsExact)), what),
          fmt::format("use --record-timestamp now, or change the topic: kafka-configs.sh --alter --topic {} "
                      "--add-config {}={}",
                      topic.name, setting,
                      std::string(setting) == "retention.ms" ? "-1" : "9223372036854775807")};
}

}  // namespace

Done check_record_times(const TopicState& topic, const EventTimes& times, std::int64_t wall_ns) {
  const auto type = topic.config.find("message.timestamp.type");
  if (type != topic.config.end() && type->second == "LogAppendTime") return {};  // ours are not looked at
  const Distance distance = distance_of(times, wall_ns);
  const auto both_ms = limit_ms(topic, "message.timestamp.difference.max.ms");
  struct Limit {
    const char* setting;
    std::optional<double> most_ms;
    double distance_ms;
    std::string what;
  };
  const std::string first = format_datetime(times.first_ns);
  const Limit limits[] = {
      {"retention.ms", limit_ms(topic, "retention.ms"), distance.behind_ms,
       "and records of " + first + " would be acknowledged and then deleted"},
      {"message.timestamp.before.max.ms", limit_ms(topic, "message.timestamp.before.max.ms"),
       distance.behind_ms, "and records of " + first + " would be refused"},
      {"message.timestamp.after.max.ms", limit_ms(topic, "message.timestamp.after.max.ms"), distance.ahead_ms,
       "and records ahead of the clock by more would be refused"},
      {"message.timestamp.difference.max.ms", both_ms, std::max(distance.behind_ms, distance.ahead_ms),
       "and records farther from the clock would be refused"},
  };
  for (const Limit& limit : limits)
    if (limit.most_ms && limit.distance_ms > *limit.most_ms)
      return tl::make_unexpected(refusal(topic, limit.setting, *limit.most_ms, limit.what));
  return {};
}

}  // namespace racesim::kafka
