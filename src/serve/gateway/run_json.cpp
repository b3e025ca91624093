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

RunJson object_of(const Resolvers& resolvers, const ListedRun& run, bool is_stored) {
  return {{"run", run.run},
          {"scenario", run.scenario->name},
          {"session", value_or_null(run.session)},
          {"track", value_or_null(run.track)},
          {"seed", value_or_null(run.seed)},
          {"started", run.started_us ? RunJson(format_datetime_us(*run.started_us)) : RunJson()},
          {"events", value_or_null(resolvers.events_of(run))},
          {"live", run.is_live},
          {"stored", is_stored}};
}

}  // namespace

Result<std::string> runs_json(const Resolvers& resolvers, std::span<const ListedRun> runs) {
  RunJson items = RunJson::array();
  for (const ListedRun& run : runs) {
    const Result<bool> is_stored = resolvers.is_stored(run);
    if (!is_stored) return tl::make_unexpected(is_stored.error());
    items.push_back(object_of(resolvers, run, *is_stored));
  }
  return RunJson{{"items", items}}.dump(-1, ' ', false, RunJson::error_handler_t::replace) + "\n";
}

}  // namespace racesim::serve
