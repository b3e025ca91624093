#include "serve/gateway/run_json.h"

#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace racesim::serve {
namespace {

using RunJson = nlohmann::ordered_json;

template <class T>
RunJson value_or_null(const std::optional<T>& value) {
  return value ? RunJson(*value) : RunJson();
}

RunJson object_of(const ListedRun& run) {
  return {{"run", run.run},
          {"scenario", run.scenario->name},
          {"session", value_or_null(run.session)},
          {"track", value_or_null(run.track)},
          {"seed", value_or_null(run.seed)},
          {"started", run.started_us ? RunJson(format_datetime_us(*run.started_us)) : RunJson()},
          {"events", value_or_null(run.events)},
          {"live", run.is_live},
          {"stored", run.is_stored}};
}

}  // namespace

std::string runs_json(std::span<const ListedRun> runs) {
  RunJson items = RunJson::array();
  for (const ListedRun& run : runs) items.push_back(object_of(run));
  return RunJson{{"items", items}}.dump(-1, ' ', false, RunJson::error_handler_t::replace) + "\n";
}

}  // namespace racesim::serve
