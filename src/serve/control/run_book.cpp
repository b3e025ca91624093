#include "serve/control/run_book.h"

#include <algorithm>
#include <utility>

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

std::shared_ptr<const MasterData> built_in_master(const ContentOptions& content) {
  auto data = std::make_shared<MasterData>();
  const MasterPlan plan = plan_of(content);
  for (const std::string_view name : content.scenario->master_entities) {
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
  std::erase_if(runs_, [&](const BegunRun& known) { return known.run == run.run; });
  runs_.push_front(std::move(run));
  if (runs_.size() > kRunsMost) runs_.pop_back();
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
  Result<MasterData> read = load_master(content.master_data_dir, scenario.master_entities);
  if (!read) return tl::make_unexpected(read.error());
  return std::make_shared<const MasterData>(std::move(*read));
}

}  // namespace racesim::serve
