#include "cli/commands/aggregate/making.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/quantity.h"
#include "cli/terminal/log.h"
#include "run/aggregate/checkpoint_keeper.h"
#include "run/aggregate/kafka_keeper.h"
#include "run/aggregate/store_keeper.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kOpenStoreAgain_ns = kNsPerSecond / 5;

/// A database that somebody else holds is waited for, as later on.
Result<std::unique_ptr<Store>> open_results_store(const AggregatePlan& plan, const SignalWatch& signals) {
  const std::int64_t give_up_ns = system_clock().now_ns() + plan.config.retry_max_ns;
  for (bool told = false;; told = true) {
    auto store = plan.store->open(plan.store_options);
    const bool held = !store && store.error().kind == ErrorKind::busy;
    if (!held || signals.count() > 0 || system_clock().now_ns() >= give_up_ns) return store;
    if (!told) log(LogLevel::warn, "waiting: " + store.error().what);
    system_clock().sleep_until(system_clock().now_ns() + kOpenStoreAgain_ns);
  }
}

std::vector<std::string_view> wanted_master(const AggregatePlan& plan) {
  std::vector<std::string_view> wanted;
  for (const ChosenAggregation& one : plan.aggregations)
    for (const std::string_view entity : one.entry->master_entities)
      if (std::find(wanted.begin(), wanted.end(), entity) == wanted.end()) wanted.push_back(entity);
  return wanted;
}

/// Names are left out where nobody named a folder and there is none.
Result<std::shared_ptr<const MasterData>> load_names(const AggregatePlan& plan) {
  const std::vector<std::string_view> wanted = wanted_master(plan);
  std::error_code ignored;
  if (wanted.empty()) return std::shared_ptr<const MasterData>();
  if (!plan.master_is_named && !std::filesystem::is_directory(plan.master_data_dir, ignored)) {
    log(LogLevel::info, "results have ids without names: there is no " + plan.master_data_dir);
    return std::shared_ptr<const MasterData>();
  }
  Result<MasterData> master = load_master(plan.master_data_dir, wanted);
  if (!master) return tl::make_unexpected(master.error());
  return std::make_shared<const MasterData>(std::move(*master));
}

Result<AggregationEngine> make_engine(const std::vector<ChosenAggregation>& chosen,
                                      const AggregationFrame& frame) {
  std::vector<AggregationEngine::Part> parts;
  for (const ChosenAggregation& one : chosen) {
    auto aggregation = one.entry->make(one.values, frame);
    if (!aggregation) return tl::make_unexpected(aggregation.error());
    parts.push_back({one.entry, std::move(*aggregation)});
  }
  return AggregationEngine(std::move(parts), EngineOptions{frame.watermark_delay_us});
}

/// "window@1 window=5s".
std::string chosen_text(const ChosenAggregation& one) {
  std::string text = std::string(one.entry->name) + "@" + std::to_string(one.entry->version);
  for (const ContentOption& option : one.values.options())
    text += " " + std::string(option.name) + "=" + value_text(one.values.value(option.name));
  return text;
}

/// Windows of another length are another aggregation, which the same database may hold too.
std::string state_name(const AggregatePlan& plan) {
  std::string name = "aggregate";
  for (const ChosenAggregation& one : plan.aggregations) name += " " + chosen_text(one);
  return name;
}

/// The topic of results belongs to the transactions: what goes there is no output of its own any more.
Result<std::unique_ptr<ResultKeeper>> make_transactions(AggregatePlan& plan) {
  const auto request = std::find_if(plan.outputs.begin(), plan.outputs.end(),
                                    [](const OutputRequest& output) { return output.kind == "kafka"; });
  RACESIM_CHECK(request != plan.outputs.end());
  KafkaKeeperOptions options{request->kafka, plan.source.group + " " + state_name(plan), options_text(plan),
                             request->entries};
  plan.outputs.erase(request);
  return open_kafka_keeper(std::move(options), system_clock());
}

Result<std::unique_ptr<ResultKeeper>> make_keeper(AggregatePlan& plan, const SignalWatch& signals) {
  if (plan.txn) return make_transactions(plan);
  if (!plan.checkpoint.empty())
    return open_checkpoint_keeper({plan.checkpoint, options_text(plan), plan.resume});
  if (plan.store == nullptr) return std::unique_ptr<ResultKeeper>();
  auto store = open_results_store(plan, signals);
  if (!store) return tl::make_unexpected(store.error());
  return make_store_keeper(std::move(*store), state_name(plan), options_text(plan));
}

}  // namespace

std::string options_text(const AggregatePlan& plan) {
  std::string text;
  for (const ChosenAggregation& one : plan.aggregations) text += chosen_text(one) + "; ";
  text += "watermark " + format_duration(plan.frame.watermark_delay_us * 1000) + "; allowed lateness " +
          format_duration(plan.frame.allowed_lateness_us * 1000) + "; emit " +
          (plan.frame.emit == Emit::update ? "update" : "final");
  return text;
}

Result<MadeAggregate> make_aggregate(AggregatePlan plan, const SignalWatch& signals) {
  MadeAggregate made;
  auto names = load_names(plan);
  if (!names) return tl::make_unexpected(names.error());
  made.master = std::move(*names);
  auto decoder = BlockDecoder::make(plan.decoder);
  auto second_decoder = BlockDecoder::make(plan.decoder);
  if (!decoder) return tl::make_unexpected(decoder.error());
  if (!second_decoder) return tl::make_unexpected(second_decoder.error());
  AggregateTargetConfig config;
  if (made.master) plan.frame.master = made.master->tables();
  config.make_engine = [chosen = plan.aggregations, frame = plan.frame] {
    return make_engine(chosen, frame);
  };
  auto keeper = make_keeper(plan, signals);
  if (!keeper) return tl::make_unexpected(keeper.error());
  config.keeper = std::move(*keeper);
  for (const OutputRequest& request : plan.outputs) {
    auto output = make_result_output(request);
    if (!output) return tl::make_unexpected(output.error());
    config.outputs.push_back(std::move(*output));
  }
  if (!plan.late_output.empty()) config.late = std::make_unique<DeadLetter>(plan.late_output);
  config.dead = std::make_unique<DeadLetter>(plan.dead_letter);
  config.idle_timeout_ns = plan.idle_timeout_ns;
  config.clock = &system_clock();
  // Without a state nothing goes on later: what is open is given out.
  config.final_at_stop = config.keeper == nullptr;
  // Nobody goes on from what this process read: the next one begins anew, in a group of its own.
  if (config.keeper == nullptr && plan.source.kind == "kafka" && !plan.group_is_named)
    plan.source.group += fmt::format("-{}-{:x}", ::getpid(), system_clock().now_ns());
  auto source = make_source(plan.source);
  if (!source) return tl::make_unexpected(source.error());
  config.has_positions = (*source)->has_positions();
  config.lag = [from = source->get()] { return from->lag(); };
  auto target = std::make_unique<AggregateTarget>(std::move(config));
  if (Done ok = target->open(); !ok) return tl::make_unexpected(ok.error());
  made.target = target.get();
  made.pipeline = std::make_unique<Ingest>(plan.config, std::move(*source),
                                           std::unique_ptr<WorkTarget>(std::move(target)),
                                           std::move(*decoder), system_clock());
  // Results are little work beside reading events.
  made.pipeline->share_decoding(std::move(*second_decoder));
  return made;
}

}  // namespace racesim::cli
