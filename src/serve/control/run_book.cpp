#include "serve/control/run_book.h"

#include <algorithm>
#include <utility>

#include "agg/entry.h"
#include "sim/master/generator.h"

namespace racesim::serve {
namespace {

/// As many rows as the scenario makes itself: "--num-cars" is the scenario's option "cars".
MasterPlan plan_of(const ContentOptions& content) {
  constexpr std::string_view kPrefix = "--num-";
  MasterPlan plan;
  for (const MasterEntity& entity : master_entities()) {
    if (!entity.count_option.starts_with(kPrefix)) continue;
    const ContentOption* const option =
        find_option(*content.scenario, entity.count_option.substr(kPrefix.size()));
    if (option == nullptr || option->kind != ValueKind::whole) continue;
    std::uint64_t& count = plan.*entity.count;
    count = std::clamp(content.values.whole(option->name), count, entity.max_count);
  }
  return plan;
}

/// Master data that is listed or joined by the gateway.
constexpr std::string_view kListed[] = {"drivers", "teams", "cars", "vehicles"};

/// What somebody looks up: the millions of users are not for names.
std::vector<std::string_view> wanted_entities(const ScenarioEntry& scenario) {
  std::vector<std::string_view> wanted;
  for (const std::string_view name : scenario.master_entities) {
    bool is_wanted = std::find(std::begin(kListed), std::end(kListed), name) != std::end(kListed);
    for (const AggregationEntry* entry : aggregations())
      is_wanted = is_wanted || std::find(entry->master_entities.begin(), entry->master_entities.end(),
                                         name) != entry->master_entities.end();
    if (is_wanted) wanted.push_back(name);
  }
  return wanted;
}

std::shared_ptr<const MasterData> built_in_master(const ContentOptions& content) {
  auto data = std::make_shared<MasterData>();
  const MasterPlan plan = plan_of(content);
  for (const std::string_view name : wanted_entities(*content.scenario)) {
    const MasterEntity* const entity = find_master_entity(name);
    if (entity == nullptr) continue;
    const std::unique_ptr<MasterGenerator> generator = entity->make(plan);
    RowBatch rows(generator->schema());
    generator->fill(0, generator->count(), rows);
    data->entities.push_back({entity->name, {}, std::move(rows)});
  }
  return data;
}

}  // namespace

void RunBook::add(BegunRun run) {
  const std::lock_guard lock(mutex_);
  changes_.note();
  std::erase_if(runs_, [&](const BegunRun& known) { return known.run == run.run; });
  runs_.push_front(std::move(run));
  if (runs_.size() > kRunsMost) runs_.pop_back();
}

void RunBook::note_end(std::uint32_t run, Manifest manifest) {
  const auto ended = std::make_shared<const Manifest>(std::move(manifest));
  const std::lock_guard lock(mutex_);
  changes_.note();
  for (BegunRun& known : runs_)
    if (known.run == run) known.manifest = ended;
}

std::vector<BegunRun> RunBook::runs() const {
  const std::lock_guard lock(mutex_);
  return {runs_.begin(), runs_.end()};
}

std::optional<BegunRun> RunBook::find(std::uint32_t run) const {
  const std::lock_guard lock(mutex_);
  for (const BegunRun& known : runs_)
    if (known.run == run) return known;
  return std::nullopt;
}

Result<std::shared_ptr<const MasterData>> master_of(const ContentOptions& content) {
  const ScenarioEntry& scenario = *content.scenario;
  if (!scenario.needs_master && !content.master_data_named) return built_in_master(content);
  Result<MasterData> read = load_master(content.master_data_dir, wanted_entities(scenario));
  if (!read) return tl::make_unexpected(read.error());
  return std::make_shared<const MasterData>(std::move(*read));
}

}  // namespace racesim::serve
