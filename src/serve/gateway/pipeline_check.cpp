#include "serve/gateway/pipeline_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace racesim::serve {
namespace {

using CheckJson = nlohmann::ordered_json;

CheckedStage unknown_stage(std::string name, std::string note) {
  return {std::move(name), CheckStatus::unknown, {}, {}, {}, std::move(note)};
}

CheckedStage counted_stage(std::string name, std::uint64_t expected, std::uint64_t found) {
  CheckedStage stage{std::move(name), CheckStatus::ok, expected, found, {}, {}};
  if (found < expected) stage.status = CheckStatus::missing;
  if (found > expected) stage.status = CheckStatus::extra;
  return stage;
}

/// An event that was damaged on purpose may still be one, or another one, or none.
void excuse_damage(std::uint64_t damaged, CheckedStage& stage) {
  if (damaged == 0 || stage.status == CheckStatus::ok || !stage.missing() || *stage.missing() > damaged ||
      *stage.extra() > damaged)
    return;
  stage.status = CheckStatus::unknown;
  stage.note = fmt::format("{} events were damaged on purpose; racesim verify tells them apart", damaged);
}

std::uint64_t sends_of(const ManifestTotals& totals) {
  std::uint64_t sends = 0;
  for (const auto& [stream, count] : totals.streams) sends += count;
  return sends;
}

std::uint64_t sends_of(const ManifestTotals& totals, const std::vector<std::string>& streams) {
  std::uint64_t sends = 0;
  for (const auto& [stream, count] : totals.streams)
    if (std::find(streams.begin(), streams.end(), stream) != streams.end()) sends += count;
  return sends;
}

class Checker {
 public:
  Checker(const Resolvers& resolvers, const ListedRun& run, const ManifestTotals& totals)
      : resolvers_(resolvers), run_(run), totals_(totals), number_(run_number(run.run)) {}

  Result<std::vector<CheckedStage>> stages() {
    add_simulation();
    add_sinks();
    if (resolvers_.parts().store != nullptr)
      if (Done ok = add_rows(); !ok) return tl::make_unexpected(ok.error());
    const std::optional<RunReading> reading =
        resolvers_.parts().processing.of(*run_.scenario).reading_of(number_);
    // What other processes read is not known, and what no aggregation takes nobody reads.
    if (reading && !reading->streams.empty()) {
      add_processing(*reading);
      if (resolvers_.parts().store != nullptr) add_results(*reading);
    }
    return std::move(stages_);
  }

 private:
  void add_simulation() {
    CheckedStage stage = counted_stage("simulation", totals_.released, sends_of(totals_));
    if (totals_.digest) stage.digest = totals_.digest->text();
    if (!totals_.shed.empty()) stage.note = "the rest was left out: --on-overload drop";
    stages_.push_back(std::move(stage));
  }

  void add_sinks() {
    for (const SinkStatus& sink : totals_.sinks) {
      CheckedStage stage = counted_stage(sink.name, sends_of(totals_), sink.acked);
      if (sink.dead_lettered > 0) stage.note = fmt::format("{} are dead letters", sink.dead_lettered);
      stages_.push_back(std::move(stage));
    }
  }

  Done add_rows() {
    const Result<std::optional<StoredRun>> stored = resolvers_.stored_run(run_);
    if (!stored) return tl::make_unexpected(stored.error());
    if (!*stored) {
      stages_.push_back(unknown_stage("rows", "the store knows no events of this run"));
      return {};
    }
    const Result<std::optional<StoredEvents>> read = resolvers_.stored_events(run_);
    if (!read) return tl::make_unexpected(read.error());
    // Of copies that faults made one is stored.
    const std::uint64_t expected = sends_of(totals_) - std::min(sends_of(totals_), totals_.faults.duplicate);
    if (!*read) {
      CheckedStage counted = counted_stage("rows", expected, (*stored)->events);
      counted.note = "counted when they were stored; so many rows are not read again";
      stages_.push_back(std::move(counted));
      return {};
    }
    CheckedStage stage = counted_stage("rows", expected, (*read)->events);
    stage.digest = (*read)->digest.text();
    const bool same_lines = totals_.faults.duplicate == 0 && totals_.faults.corrupt == 0;
    if (same_lines && totals_.digest && stage.status == CheckStatus::ok &&
        *stage.digest != totals_.digest->text())
      stage.status = CheckStatus::altered;
    excuse_damage(totals_.faults.corrupt, stage);
    stages_.push_back(std::move(stage));
    return {};
  }

  void add_processing(const RunReading& reading) {
    if (!reading.has_ended) return stages_.push_back(unknown_stage("processing", "it is still at work"));
    CheckedStage stage = counted_stage("processing", sends_of(totals_, reading.streams), reading.read);
    if (stage.status == CheckStatus::missing) stage.note = "overwritten in memory before they were read";
    stages_.push_back(std::move(stage));
  }

  /// Aggregations of stored events take the same streams as those of live ones.
  void add_results(const RunReading& reading) {
    const std::optional<ResultInput> input = resolvers_.parts().store->result_input(number_);
    if (!input) return stages_.push_back(unknown_stage("results", "nothing of the run was stored"));
    CheckedStage stage =
        counted_stage("results", sends_of(totals_, reading.streams), input->taken + input->refused);
    excuse_damage(totals_.faults.corrupt, stage);
    stages_.push_back(std::move(stage));
  }

  const Resolvers& resolvers_;
  const ListedRun& run_;
  const ManifestTotals& totals_;
  const std::uint32_t number_;
  std::vector<CheckedStage> stages_;
};

template <class T>
CheckJson checked(const std::optional<T>& value) {
  return value ? CheckJson(*value) : CheckJson();
}

CheckJson object_of(const CheckedStage& stage) {
  return {{"name", stage.name},
          {"status", to_string(stage.status)},
          {"expected", checked(stage.expected)},
          {"found", checked(stage.found)},
          {"missing", checked(stage.missing())},
          {"extra", checked(stage.extra())},
          {"digest", checked(stage.digest)},
          {"note", stage.note.empty() ? CheckJson() : CheckJson(stage.note)}};
}

/// Nothing can be said of a run of which it is not known what it sent.
PipelineCheck check_without_totals(const ListedRun& run, std::string note) {
  PipelineCheck check;
  check.run = run.run;
  check.scenario = run.scenario->name;
  check.state = run.is_live ? "running" : "unknown";
  check.stages.push_back(unknown_stage("simulation", std::move(note)));
  return check;
}

}  // namespace

const char* to_string(CheckStatus status) {
  constexpr const char* kNames[] = {"ok", "unknown", "altered", "extra", "missing"};
  return kNames[static_cast<std::size_t>(status)];
}

std::optional<std::uint64_t> CheckedStage::missing() const {
  if (!expected || !found) return std::nullopt;
  return *expected - std::min(*expected, *found);
}

std::optional<std::uint64_t> CheckedStage::extra() const {
  if (!expected || !found) return std::nullopt;
  return *found - std::min(*expected, *found);
}

Result<PipelineCheck> check_pipeline(const Resolvers& resolvers, const ListedRun& run) {
  if (run.is_live) return check_without_totals(run, "the run goes on: ask when it has ended");
  const Result<std::shared_ptr<const Manifest>> manifest = resolvers.manifest(run);
  if (!manifest) return tl::make_unexpected(manifest.error());
  if (*manifest == nullptr) return check_without_totals(run, "no service has kept what this run was told");
  if (!(*manifest)->totals)
    return check_without_totals(run,
                                "its process ended before the run did; racesim verify knows what it sent");
  const ManifestTotals& totals = *(*manifest)->totals;
  PipelineCheck check;
  check.run = run.run;
  check.scenario = run.scenario->name;
  check.state = "stopped";
  check.events = sends_of(totals);
  if (totals.digest) check.digest = totals.digest->text();
  Result<std::vector<CheckedStage>> stages = Checker(resolvers, run, totals).stages();
  if (!stages) return tl::make_unexpected(stages.error());
  check.stages = std::move(*stages);
  check.status = CheckStatus::ok;
  for (const CheckedStage& stage : check.stages) check.status = std::max(check.status, stage.status);
  return check;
}

std::string check_json(const PipelineCheck& check) {
  CheckJson stages = CheckJson::array();
  for (const CheckedStage& stage : check.stages) stages.push_back(object_of(stage));
  const CheckJson object{{"run", check.run},
                         {"scenario", check.scenario},
                         {"state", check.state},
                         {"status", to_string(check.status)},
                         {"events", checked(check.events)},
                         {"digest", checked(check.digest)},
                         {"stages", stages}};
  return object.dump(-1, ' ', false, CheckJson::error_handler_t::replace) + "\n";
}

}  // namespace racesim::serve
