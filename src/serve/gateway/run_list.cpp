// Which runs there are: those of this process, and those that are stored.
#include <algorithm>
#include <utility>

#include "run/run_id.h"
#include "serve/gateway/resolvers.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

/// Of which aggregation only these runs have results.
std::string_view mark_of(Subject subject) {
  switch (subject) {
    case Subject::cars:
      return "standings";
    case Subject::vehicles:
      return "violations";
    case Subject::songs:
      return "top-songs 1m";
    case Subject::any:
      break;
  }
  return {};
}

std::optional<std::string> option_text(const ContentOptions& content, std::string_view name) {
  if (find_option(*content.scenario, name) == nullptr) return std::nullopt;
  return value_text(content.values.value(name));
}

bool is_active(RunState state) {
  return state == RunState::starting || state == RunState::running || state == RunState::draining;
}

void tell_content(const ContentOptions& content, ListedRun& run) {
  run.session = option_text(content, "session");
  run.track = option_text(content, "track");
  run.seed = content.seed;
  run.started_us = content.start_ns / 1000;
}

ListedRun listed(const BegunRun& begun, const LiveRunStatus& now) {
  ListedRun run;
  run.run = run_text(begun.run);
  run.scenario = begun.content.scenario;
  tell_content(begun.content, run);
  if (begun.manifest->totals) run.events = begun.manifest->totals->released;
  if (now.run != run.run) return run;
  run.is_live = is_active(now.state);
  run.events = now.counts.released;
  return run;
}

}  // namespace

const ScenarioEntry* Resolvers::scenario_of(Subject subject) const {
  if (subject == Subject::any) return &parts_.feed.current();
  for (const ScenarioEntry* scenario : scenarios())
    if (parts_.processing.of(*scenario).table(mark_of(subject)) != nullptr) return scenario;
  return nullptr;
}

Result<std::vector<ListedRun>> Resolvers::runs(Subject subject, const ScenarioEntry* scenario,
                                               std::size_t limit) const {
  if (scenario == nullptr && subject != Subject::any) scenario = scenario_of(subject);
  std::vector<ListedRun> runs;
  for (const BegunRun& begun : parts_.book.runs())
    if (scenario == nullptr || scenario == begun.content.scenario)
      runs.push_back(listed(begun, parts_.runs.status(*begun.content.scenario).status));
  if (history_ != nullptr) {
    const Result<std::vector<StoredRun>> stored =
        history_->runs(scenario == nullptr ? "" : std::string(scenario->name), limit);
    if (!stored) return tl::make_unexpected(stored.error());
    for (const StoredRun& one : *stored) note_stored(one, runs);
    if (Done ok = note_manifests(runs); !ok) return tl::make_unexpected(ok.error());
  }
  std::stable_sort(runs.begin(), runs.end(), [](const ListedRun& a, const ListedRun& b) {
    return a.is_live != b.is_live ? a.is_live : a.started_us.value_or(0) > b.started_us.value_or(0);
  });
  if (runs.size() > limit) runs.resize(limit);
  return runs;
}

void Resolvers::note_stored(const StoredRun& stored, std::vector<ListedRun>& runs) {
  const auto known =
      std::find_if(runs.begin(), runs.end(), [&](const ListedRun& run) { return run.run == stored.run; });
  if (known != runs.end()) {
    known->is_stored = true;
    known->stored_events = stored.events;
    return;
  }
  ListedRun run;
  run.run = stored.run;
  run.scenario = find_scenario(stored.scenario);
  if (run.scenario == nullptr) return;
  run.started_us = stored.first_us;
  run.events = stored.events;
  run.is_stored = true;
  run.stored_events = stored.events;
  runs.push_back(std::move(run));
}

/// What is known of runs that are only stored.
Done Resolvers::note_manifests(std::vector<ListedRun>& runs) const {
  std::vector<std::string> names;
  for (const ListedRun& run : runs)
    if (run.is_stored && !run.seed) names.push_back(run.run);
  const auto found = stored_->find(names);
  if (!found) return tl::make_unexpected(found.error());
  for (ListedRun& run : runs)
    if (const auto known = found->find(run.run); known != found->end())
      tell_content(known->second->content, run);
  return {};
}

Result<std::optional<ListedRun>> Resolvers::find_run(Subject subject, std::string_view name) const {
  const ScenarioEntry* const scenario = scenario_of(subject);
  std::vector<ListedRun> found;
  for (const BegunRun& begun : parts_.book.runs()) {
    const bool is_meant = name == "live" ? begun.content.scenario == scenario : run_text(begun.run) == name;
    if (!is_meant) continue;
    found.push_back(listed(begun, parts_.runs.status(*begun.content.scenario).status));
    break;
  }
  const std::string wanted = found.empty() ? std::string(name) : found.front().run;
  if (history_ != nullptr && wanted != "live") {
    const Result<std::optional<StoredRun>> stored = history_->find_run(wanted);
    if (!stored) return tl::make_unexpected(stored.error());
    if (*stored) note_stored(**stored, found);
    if (Done ok = note_manifests(found); !ok) return tl::make_unexpected(ok.error());
  }
  if (found.empty()) return std::optional<ListedRun>();
  const bool fits = subject == Subject::any || found.front().scenario == scenario;
  return fits ? std::optional<ListedRun>(std::move(found.front())) : std::nullopt;
}

Result<ListedRun> Resolvers::run_named(Subject subject, std::string_view name) const {
  Result<std::optional<ListedRun>> found = find_run(subject, name);
  if (!found) return tl::make_unexpected(found.error());
  if (*found) return std::move(**found);
  const ScenarioEntry* const scenario = scenario_of(subject);
  const std::string kind(scenario == nullptr ? "" : scenario->name);
  if (name == "live")
    return fail(ErrorKind::usage, "no run of " + kind + " yet", "start it: POST /start?scenario=" + kind);
  return fail(ErrorKind::usage, "there is no run '" + std::string(name.substr(0, 40)) + "' of " + kind,
              "GET /api/v1/runs lists them");
}

}  // namespace racesim::serve
