#include "cli/commands/run/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "base/time_text.h"
#include "run/content.h"
#include "run/record/record_json.h"

namespace racesim::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Null for options that exclude each other, which the run refuses.
std::shared_ptr<const ScenarioContent> content_of(const ContentOptions& options) {
  return read_content(options).value_or(nullptr);
}

std::optional<Ending> ending_of(const ContentOptions& options) {
  const auto content = content_of(options);
  return content && options.scenario->ends != nullptr ? options.scenario->ends(*content) : std::nullopt;
}

/// Events of all parts together; 0 if there is no end.
double planned_events(const RunConfig& config) {
  const ContentOptions& c = config.content;
  if (c.limit.most > 0) return static_cast<double>(c.limit.most);
  if (c.volume && !c.volume->per_minute) return static_cast<double>(c.volume->events);
  const auto content = content_of(c);
  if (!c.end_ns || !content || c.scenario->event_rate == nullptr) return 0;
  return c.scenario->event_rate(*content) * static_cast<double>(*c.end_ns - c.start_ns) / 1e9;
}

/// What is made, in the scenario's words, and how much of it.
std::string content_text(const RunConfig& config) {
  const ContentOptions& c = config.content;
  std::string text;
  if (const auto content = content_of(c); content && c.scenario->describe != nullptr)
    text = fmt::format("{:<10}{}\n", c.scenario->name, c.scenario->describe(*content));
  if (!c.volume) return text;
  text += "volume    " + format_count(c.volume->events) + " events";
  if (c.volume->per_minute) {
    text += " a minute";
    if (c.end_ns) text += ", about " + format_number(planned_events(config), 0) + " in all";
  }
  return text + "\n";
}

/// Three digits: more would say that they are known.
std::string format_rough(double events) {
  const double step = std::pow(10.0, std::max(0.0, std::floor(std::log10(std::max(events, 1.0))) - 2));
  return format_count(static_cast<std::uint64_t>(std::llround(events / step) * std::llround(step)));
}

/// How much is made, and how much of that is known.
std::string size_text(const RunSize& size) {
  if (size.event_bytes == 0) return {};
  if (size.events == 0)
    return fmt::format("size      about {} per event, {} a second of event time\n",
                       format_bytes(size.event_bytes), format_bytes(size.event_bytes * size.event_rate));
  const std::string bytes = "about " + format_bytes(size.bytes());
  if (size.is_exact)
    return fmt::format("size      {} events, {}\n", format_count(static_cast<std::uint64_t>(size.events)),
                       bytes);
  return fmt::format("size      about {} events, {}\n", format_rough(size.events), bytes);
}

/// Seconds that `events` take under the stages; after the last one its rate goes on.
double staged_seconds(const std::vector<StageText>& stages, double events) {
  double seconds = 0;
  for (const StageText& stage : stages) {
    const double length_s = static_cast<double>(stage.duration_ns) / 1e9;
    const double made = stage.rate.per_second() * length_s;
    if (made >= events) return seconds + events / stage.rate.per_second();
    events -= made;
    seconds += length_s;
  }
  return seconds + events / stages.back().rate.per_second();
}

/// Expected length of the run in seconds: 0 as fast as possible, below 0 until stopped.
double expected_seconds(const RunConfig& config, const RunPlan& plan) {
  const ContentOptions& c = config.content;
  if (config.pace.live) {
    if (!c.end_ns) return -1;
    return static_cast<double>(*c.end_ns - c.start_ns) / 1e9 / config.pace.speed;
  }
  // A part has its own rate: it takes as long as its events do.
  const double events = plan.size.events > 0 ? plan.size.events : planned_events(config) * plan.share;
  if (!config.pace.stages.empty()) return staged_seconds(config.pace.stages, events);
  return config.pace.posting_rate.events > 0 ? events / config.pace.posting_rate.per_second() : 0;
}

/// The pace in words, for the plan.
std::string rate_text(const PaceOptions& pace) {
  if (!pace.stages.empty()) {
    std::vector<std::string> stages;
    for (const StageText& stage : pace.stages)
      stages.push_back(format_duration(stage.duration_ns) + " at " + format_rate(stage.rate.per_second()));
    return fmt::format("{}", fmt::join(stages, ", "));
  }
  if (pace.posting_rate.events > 0) return "at most " + format_rate(pace.posting_rate.per_second());
  return pace.live ? "in event time" : "no limit";
}

/// As the user wrote it; the address says enough of http.
std::string sink_text(const SinkSpec& sink) {
  if (sink.kind == "http") return sink.target;
  return sink.target.empty() ? sink.kind : sink.kind + ":" + sink.target;
}

/// What is in the recording is known only once it is read.
std::string replay_plan_text(const RunConfig& config) {
  std::string text;
  for (const std::string& source : config.replay->source_texts) text += "source    " + source + "\n";
  text += "speed     ";
  text += config.pace.live ? format_number(config.pace.speed, 3) + " times as recorded\n"
                           : "as fast as possible\n";
  text += "rate      " + rate_text(config.pace) + "\n";
  text += "rounds    " +
          (config.replay->rounds == 0 ? std::string("until it is stopped")
                                      : format_count(config.replay->rounds)) +
          "\n";
  if (config.faults.any()) text += "faults    " + format_faults(config.faults) + "\n";
  for (const SinkSpec& sink : config.delivery.sinks) text += "sink      " + sink_text(sink) + "\n";
  return text;
}

std::string replay_plan_json(const RunConfig& config) {
  Json object{{"mode", "replay"}, {"sources", config.replay->source_texts}};
  object["speed"] = config.pace.live ? Json(config.pace.speed) : Json("max");
  object["rounds"] = config.replay->rounds > 0 ? Json(config.replay->rounds) : Json();
  object["rate"] = rate_text(config.pace);
  object["sinks"] = Json::array();
  for (const SinkSpec& sink : config.delivery.sinks) object["sinks"].push_back(sink_text(sink));
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

bool has_end(const ContentOptions& content) {
  return content.end_ns || content.limit.most > 0 || ending_of(content);
}

bool has_end(const RunConfig& config) {
  return config.replay ? config.replay->rounds > 0 : has_end(config.content);
}

// A live run's start is the moment it begins, so the plan does not name one.
std::string plan_text(const RunConfig& config, const RunPlan& plan) {
  if (config.replay) return replay_plan_text(config);
  const ContentOptions& c = config.content;
  const std::optional<Ending> ending = ending_of(c);
  std::string text = fmt::format("scenario  {}, {}, seed {}\n", c.scenario->name,
                                 config.pace.live ? "live" : "historical", c.seed);
  text += "window    " + (config.pace.live ? std::string("now") : format_datetime(c.start_ns)) + " to ";
  if (!c.end_ns)
    text += ending ? "the end of the " + ending->what + "\n" : "the moment it is stopped\n";
  else if (config.pace.live)
    text += format_duration(*c.end_ns - c.start_ns) + " later, in event time\n";
  else
    text += format_datetime(*c.end_ns) + " (" + format_duration(*c.end_ns - c.start_ns) + ")\n";
  text += content_text(config);
  if (config.shard.count > 1)
    text += fmt::format("part      {} of {}, about {} of the events\n", config.shard.index,
                        config.shard.count, format_number(plan.share * 100, 1) + "%");
  text += size_text(plan.size);
  text += "rate      " + rate_text(config.pace) + "\n";
  const double seconds = expected_seconds(config, plan);
  text += "takes     ";
  if (seconds < 0)
    text += ending             ? "as long as the " + ending->what + " does\n"
            : c.limit.most > 0 ? "until " + format_count(c.limit.most) + " events are made\n"
                               : "until it is stopped\n";
  else if (seconds == 0)
    text += "as long as it takes to make and deliver the events\n";
  else
    text += format_duration(static_cast<std::int64_t>(std::min(seconds * 1e9, 9e18))) + "\n";
  if (config.faults.any()) text += "faults    " + format_faults(config.faults) + "\n";
  for (const SinkSpec& sink : config.delivery.sinks) text += "sink      " + sink_text(sink) + "\n";
  return text;
}

std::string plan_json(const RunConfig& config, const RunPlan& plan) {
  if (config.replay) return replay_plan_json(config);
  const ContentOptions& c = config.content;
  Json object;
  object["scenario"] = c.scenario->name;
  object["mode"] = config.pace.live ? "live" : "historical";
  object["seed"] = c.seed;
  object["start"] = config.pace.live ? Json("now") : Json(format_datetime(c.start_ns));
  object["end"] = c.end_ns && !config.pace.live ? Json(format_datetime(*c.end_ns)) : Json();
  object["options"] = options_json(c.values, false);
  object["volume"] = c.volume ? Json(c.volume->events) : c.limit.most > 0 ? Json(c.limit.most) : Json();
  object["volume_per_minute"] = c.volume && c.volume->per_minute;
  object["planned"] = plan.planned > 0 ? Json(plan.planned) : Json();
  const RunSize& size = plan.size;
  object["events"] = size.events > 0 ? Json(std::llround(size.events)) : Json();
  object["events_exact"] = size.is_exact;
  object["bytes"] = size.bytes() > 0 ? Json(std::llround(size.bytes())) : Json();
  object["bytes_per_event"] = size.event_bytes > 0 ? Json(size.event_bytes) : Json();
  object["parts"] = plan.parts;
  object["share"] = plan.share;
  object["shard"] = fmt::format("{}/{}", config.shard.index, config.shard.count);
  object["rate"] = rate_text(config.pace);
  const double seconds = expected_seconds(config, plan);
  object["expected_seconds"] = seconds < 0 ? Json() : Json(seconds);
  object["sinks"] = Json::array();
  for (const SinkSpec& sink : config.delivery.sinks) object["sinks"].push_back(sink_text(sink));
  object["format"] = config.delivery.format;
  object["threads"] = config.delivery.threads;
  return object.dump() + "\n";
}

}  // namespace racesim::cli
