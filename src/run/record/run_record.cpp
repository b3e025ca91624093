#include "run/record/run_record.h"

#include <fmt/format.h>

#include "base/time_text.h"
#include "run/record/replay_json.h"
#include "run/replay/recording.h"
#include "run/run_id.h"

namespace racesim {
namespace {

constexpr std::size_t kLongestShown = 60;

std::string shown(const std::string& text) {
  return text.size() <= kLongestShown ? text : text.substr(0, kLongestShown) + "…";
}

/// A file is told by its name and its content, of which the name may be the same.
std::string shown(const OptionValue& value) {
  return shown(value_text(value));
}

std::string volume_text(const std::optional<Volume>& volume) {
  if (!volume) return "none";
  return std::to_string(volume->events) + (volume->per_minute ? "/min" : "");
}

std::string end_text(const ContentOptions& content) {
  if (!content.end_ns) return "none";
  // A live run begins when it does.
  if (content.live) return format_duration(*content.end_ns - content.start_ns) + " on";
  return format_datetime(*content.end_ns);
}

std::string limit_text(const EventLimit& limit) {
  if (limit.most == 0) return "no limit";
  return std::to_string(limit.most) + (limit.of_sends ? " sends" : "");
}

std::string fault_text(const FaultRules& faults) {
  return fmt::format("{} delay {}", format_faults(faults), format_duration(faults.late_delay_ns));
}

class Comparison {
 public:
  void text(std::string_view what, const std::string& there, const std::string& here) {
    if (there != here)
      found.push_back(fmt::format("{} is {} there and {} here", what, there.empty() ? "none" : shown(there),
                                  here.empty() ? "none" : shown(here)));
  }
  void value(const ContentOption& option, const OptionValue& there, const OptionValue& here) {
    if (same_value(there, here)) return;
    const std::string a = shown(there), b = shown(here);
    if (a != b)
      found.push_back(fmt::format("{} is {} there and {} here", option.name, a, b));
    else
      found.push_back(fmt::format("{}: the content of {} is another one", option.name, a));
  }
  std::vector<std::string> found;
};

}  // namespace

RunRecord record_of(const RunConfig& config, const Content& content) {
  RunRecord record;
  record.program = config.program;
  record.commit = config.commit;
  record.run = run_text(content.run);
  record.scenario_version = config.content.scenario->version;
  record.content = config.content;
  if (!content.master.entities.empty()) record.master_hash = hash_text(content.master.content_hash);
  record.event_format = config.delivery.format;
  record.shard = config.shard;
  record.faults = config.faults;
  return record;
}

RunRecord record_of(const RunConfig& config, const Recording& recording) {
  RunRecord record;
  record.program = config.program;
  record.commit = config.commit;
  record.run = run_text(recording.forms().run);
  record.content.seed = config.content.seed;
  record.event_format = recording.forms().header.empty() ? "json" : "csv";
  record.faults = config.faults;
  record.replay = config.replay;
  record.replay->found = recording.found();
  record.replay_speed = config.pace.live ? config.pace.speed : 0;
  return record;
}

RunConfig config_of(const RunRecord& record) {
  RunConfig config;
  config.content = record.content;
  config.shard = record.shard;
  config.faults = record.faults;
  config.run_id = record.run;
  config.pace.live = false;
  config.replay = record.replay;
  if (record.replay && record.replay_speed > 0) config.pace.speed = record.replay_speed;
  config.delivery.format = record.event_format;
  config.program = record.program;
  config.commit = record.commit;
  return config;
}

std::vector<std::string> differences(const RunRecord& there, const RunRecord& here) {
  const ContentOptions& a = there.content;
  const ContentOptions& b = here.content;
  const auto scenario = [](const RunRecord& r) {
    return fmt::format("{}@{}", r.content.scenario->name, r.scenario_version);
  };
  Comparison compare;
  if (there.replay || here.replay) {
    compare.text("what is sent", there.replay ? "a replay" : scenario(there),
                 here.replay ? "a replay" : scenario(here));
    if (!compare.found.empty()) return compare.found;
    for (const auto& [what, known, now] : replay_differences(there, here)) compare.text(what, known, now);
    compare.text("run", there.run, here.run);
    return compare.found;
  }
  compare.text("scenario", scenario(there), scenario(here));
  if (!compare.found.empty()) return compare.found;
  compare.text("mode", a.live ? "live" : "historical", b.live ? "live" : "historical");
  compare.text("seed", std::to_string(a.seed), std::to_string(b.seed));
  compare.text("start", format_datetime(a.start_ns), format_datetime(b.start_ns));
  compare.text("end", end_text(a), end_text(b));
  compare.text("volume", volume_text(a.volume), volume_text(b.volume));
  compare.text("the number of events", limit_text(a.limit), limit_text(b.limit));
  for (const ContentOption& option : a.scenario->options)
    compare.value(option, a.values.value(option.name), b.values.value(option.name));
  compare.text("the master data's hash", there.master_hash, here.master_hash);
  compare.text("format", there.event_format, here.event_format);
  compare.text("shard", fmt::format("{}/{}", there.shard.index, there.shard.count),
               fmt::format("{}/{}", here.shard.index, here.shard.count));
  compare.text("faults", fault_text(there.faults), fault_text(here.faults));
  // Behind all that makes it differ.
  compare.text("run", there.run, here.run);
  return compare.found;
}

std::string hash_text(const std::array<std::uint64_t, 2>& hash) {
  return fmt::format("{:016x}{:016x}", hash[0], hash[1]);
}

}  // namespace racesim
