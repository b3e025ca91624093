#include "run/generate/run_check.h"

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "run/generate/run.h"
#include "run/outlets/disk_room.h"
#include "run/outlets/outlets.h"
#include "run/pacing/pacer.h"
#include "run/replay/recording.h"

namespace racesim {
namespace {

/// Topics and columns are known only once something is read.
Result<RunPlan> check_replay(const RunConfig& config, Clock& clock) {
  if (Done ok = Recording::check(config); !ok) return tl::make_unexpected(ok.error());
  if (const auto pacer = Pacer::make(config.pace, config.content.seed, clock); !pacer)
    return tl::make_unexpected(pacer.error());
  EventForms forms{replay_run(config), {}, {config.delivery.kafka.topic}};
  if (Done ok = Outlets(config, clock).check(forms); !ok) return tl::make_unexpected(ok.error());
  return RunPlan{};
}

Result<RunPlan> check_run(RunConfig& config, Clock& clock) {
  if (config.replay) return check_replay(config, clock);
  const auto content = open_content(config, clock);
  if (!content) return tl::make_unexpected(content.error());
  if (const auto pacer = Pacer::make(config.pace, config.content.seed, clock); !pacer)
    return tl::make_unexpected(pacer.error());
  if (Done ok = Outlets(config, clock).check(forms_of(**content)); !ok)
    return tl::make_unexpected(ok.error());
  RunPlan plan;
  if (auto empty = empty_part_warning(config, **content)) plan.warnings.push_back(std::move(*empty));
  for (Error& warning : content_warnings(**content)) plan.warnings.push_back(std::move(warning));
  plan.planned = (*content)->scenario->outlook().planned_events();
  plan.parts = (*content)->scenario->shard_count();
  const ShardRange range = shard_range(config.shard, plan.parts);
  plan.share = static_cast<double>(range.last - range.first) / plan.parts;
  plan.size = measure_size(**content, config);
  for (Error& warning : disk_warnings(config.delivery.sinks, plan.size.bytes()))
    plan.warnings.push_back(std::move(warning));
  return plan;
}

}  // namespace

std::vector<Error> content_warnings(const Content& content) {
  std::vector<Error> warnings;
  for (Oddity& odd : content.scenario->outlook().oddities())
    warnings.push_back({ErrorKind::usage, std::move(odd.what), std::move(odd.hint)});
  return warnings;
}

std::optional<Error> empty_part_warning(const RunConfig& config, const Content& content) {
  const std::uint32_t parts = content.scenario->shard_count();
  const ShardRange range = shard_range(config.shard, parts);
  if (range.first < range.last) return std::nullopt;
  return Error{
      ErrorKind::usage,
      fmt::format("part {} of {} is empty: this run can be split into {} part{}", config.shard.index,
                  config.shard.count, parts, parts == 1 ? "" : "s"),
      fmt::format("no event is lost, the other parts have them; use --shard I/{} or fewer parts", parts)};
}

Result<RunPlan> Run::check(RunConfig config, Clock& clock) {
  try {
    return check_run(config, clock);
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("plan the run: ") + e.what(),
                "raise the limit of memory (ulimit -v)");
  }
}

}  // namespace racesim
