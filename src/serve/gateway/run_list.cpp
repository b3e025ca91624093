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

void tell_content(const ContentOptions& content, ListedRun& run) {
  run.session = option_text(content, "session");
  run.track = option_text(content, "track");
  run.seed = content.seed;
  run.started_us = content.start_ns / 1000;
}

}  // namespace

ListedRun Resolvers::listed(const BegunRun& begun) const {
  const LiveRun& live = parts_.runs.of(*begun.content.scenario);
  note(live.state_changes());
  const LiveRunState now = live.state();
  ListedRun run;
  run.run = run_text(begun.run);
  run.scenario = begun.content.scenario;
  tell_content(begun.content, run);
  if (begun.manifest->totals) run.events = begun.manifest->totals->released;
  run.is_live = now.run == run.run && now.is_active();
  if (history_ == nullptr) run.is_stored = false;
  return run;
}

const RunBook& Resolvers::book() const {
  note(parts_.book.changes());
  return parts_.book;
}

std::optional<std::uint64_t> Resolvers::events_of(const ListedRun& run) const {
  if (!run.is_live) return run.events;
  note_uncounted();
  const LiveRunStatus now = parts_.runs.status(*run.scenario).status;
  return now.run == run.run ? now.counts.released : run.events;
}

Result<bool> Resolvers::is_stored(const ListedRun& run) const {
  if (run.is_stored) return *run.is_stored;
  return stored_run(run).map([](const std::optional<StoredRun>& stored) { return stored.has_value(); });
}

Result<std::optional<StoredRun>> Resolvers::stored_run(const ListedRun& run) const {
  if (history_ == nullptr) return std::optional<StoredRun>();
  if (asked_ && asked_->first == run.run) return asked_->second;
  Result<std::optional<StoredRun>> found = history().find_run(run.run);
  if (found) asked_.emplace(run.run, *found);
  return found;
}

const ScenarioEntry* Resolvers::scenario_of(Subject subject) const {
  if (subject == Subject::any) {
    note_uncounted();
    return &parts_.feed.current();
  }
  for (const ScenarioEntry* scenario : scenarios())
    if (parts_.processing.of(*scenario).table(mark_of(subject)) != nullptr) return scenario;
  return nullptr;
}

Result<std::vector<ListedRun>> Resolvers::runs(Subject subject, const ScenarioEntry* scenario,
                                               std::size_t limit) const {
  if (scenario == nullptr && subject != Subject::any) scenario = scenario_of(subject);
  std::vector<ListedRun> runs;
  for (const BegunRun& begun : book().runs())
    if (scenario == nullptr || scenario == begun.content.scenario) runs.push_back(listed(begun));
  if (history_ != nullptr) {
    const Result<std::vector<StoredRun>> stored =
        history().runs(scenario == nullptr ? "" : std::string(scenario->name), limit);
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
    return;
  }
  ListedRun run;
  run.run = stored.run;
  run.scenario = find_scenario(stored.scenario);
  if (run.scenario == nullptr) return;
  run.started_us = stored.first_us;
  run.events = stored.events;
  run.is_stored = true;
  runs.push_back(std::move(run));
}

/// What is known of runs that are only stored.
Done Resolvers::note_manifests(std::vector<ListedRun>& runs) const {
  std::vector<std::string> names;
  for (const ListedRun& run : runs)
    if (run.is_stored == true && !run.seed) names.push_back(run.run);
  const auto found = stored_runs().find(names);
  if (!found) return tl::make_unexpected(found.error());
  for (ListedRun& run : runs)
    if (const auto known = found->find(run.run); known != found->end())
      tell_content(known->second->content, run);
  return {};
}

Result<std::optional<ListedRun>> Resolvers::find_run(Subject subject, std::string_view name) const {
  const ScenarioEntry* const scenario = scenario_of(subject);
  std::vector<ListedRun> found;
  for (const BegunRun& begun : book().runs()) {
    const bool is_meant = name == "live" ? begun.content.scenario == scenario : run_text(begun.run) == name;
    if (!is_meant) continue;
    found.push_back(listed(begun));
    break;
  }
  // Whether a run of this process is stored too is asked when somebody wants to know.
  if (found.empty() && history_ != nullptr && name != "live") {
    const Result<std::optional<StoredRun>> stored = history().find_run(std::string(name));
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
