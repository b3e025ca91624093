#include "serve/keeping/run_results.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "serve/keeping/run_manifests.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

constexpr std::string_view kRunScope[] = {"run"};

StoreTable table_of(const AggregationEntry& entry) {
  return {&entry.result(), &entry.table, {}, {}};
}

}  // namespace

const StoreTable& manifests_table() {
  static const TableInfo info{.name = kManifestsTable, .key = {kRunScope, "started"}, .replaces = true};
  static const StoreTable table{&schema_info<RunManifestRow>(), &info, {}, {}};
  return table;
}

std::vector<StoreTable> result_tables() {
  std::vector<StoreTable> tables{manifests_table()};
  for (const ScenarioEntry* scenario : scenarios())
    for (const RunView& view : views_of(*scenario)) {
      const bool known = std::any_of(tables.begin(), tables.end(), [&](const StoreTable& table) {
        return table.table == &view.entry->table;
      });
      if (!known) tables.push_back(table_of(*view.entry));
    }
  return tables;
}

RunResults::OpenRun& RunResults::run_of(const std::string& lane) {
  if (const auto known = runs_.find(lane); known != runs_.end()) return known->second;
  OpenRun& run = runs_[lane];
  std::from_chars(lane.data(), lane.data() + lane.size(), run.run, 16);
  begin(run);
  return run;
}

void RunResults::begin(OpenRun& run) {
  const std::optional<BegunRun> begun = book_.find(run.run);
  if (!begun) return;
  run.scenario = begun->content.scenario;
  run.master = begun->master;
  // One that was cut off before it could tell its end.
  for (auto& [lane, other] : runs_)
    if (&other != &run && other.scenario == run.scenario) end(other);
  run.views = views_of(*run.scenario);
  if (run.views.empty()) return;
  ViewRules rules;
  // Charts are long, and each event changes some: they are stored when their window has ended.
  rules.emit_charts = Emit::final;
  Result<AggregationEngine> engine =
      make_view_engine(run.views, run.master ? run.master->tables() : MasterTables(), rules);
  if (!engine)
    return warn_({engine.error().kind,
                  std::string(run.scenario->name) + ": no results are stored: " + engine.error().what,
                  engine.error().hint});
  run.engine.emplace(std::move(*engine));
  run.engine->lane(kRunSource);
  run.results = run.engine->make_results();
}

void RunResults::feed(const Work& work) {
  if (work.block.after.source != kRunSource) return;
  OpenRun& run = run_of(work.block.after.lane);
  if (run.engine && !run.has_ended) add_rows(run, work);
  if (work.block.lanes_ended > 0) end(run);
}

void RunResults::add_rows(OpenRun& run, const Work& work) {
  arrived_.clear();
  for (const auto& part : work.decoded.parts) {
    if (part->rows.empty() || run.engine->input_of(part->rows.schema()) < 0) continue;
    arrived_.push_back({&part->rows, part->records});
    run.input.taken += part->rows.size();
  }
  run.engine->add(run.engine->lane(kRunSource), arrived_, refused_);
  for (const std::vector<Refused>& refused : refused_) {
    run.input.taken -= refused.size();
    run.input.refused += refused.size();
  }
}

void RunResults::end(OpenRun& run) {
  if (run.engine && !run.has_ended) {
    run.engine->advance(run.results);
    run.engine->finish(run.results);
  }
  run.has_ended = true;
}

Done RunResults::write(Store& store, std::span<const std::unique_ptr<Work>> works) {
  for (; fed_ < works.size(); ++fed_) feed(*works[fed_]);
  for (auto& [lane, run] : runs_)
    if (run.engine && !run.has_ended) run.engine->advance(run.results);
  if (Done ok = put_results(store); !ok) return ok;
  return put_manifests(store);
}

Done RunResults::put_results(Store& store) {
  for (auto& [lane, run] : runs_)
    for (std::size_t i = 0; i < run.results.size(); ++i) {
      if (run.results[i].empty()) continue;
      const Result<Appended> appended = store.append(table_of(*run.views[i].entry), run.results[i], {});
      if (!appended) return tl::make_unexpected(appended.error());
    }
  return {};
}

Done RunResults::put_manifests(Store& store) {
  const std::vector<KeptManifest> waiting = ledger_.manifests();
  manifests_ = waiting.size();
  if (waiting.empty()) return {};
  RowBatch rows(schema_info<RunManifestRow>());
  for (const KeptManifest& kept : waiting) {
    RunManifestRow row{};
    row.run = {kept.run};
    row.started.ms = kept.started_ms;
    row.has_ended = kept.has_ended;
    row.manifest = rows.add_text(kept.text);
    rows.resize(rows.size() + 1);
    rows.rows<RunManifestRow>().back() = row;
  }
  const Result<Appended> appended = store.append(manifests_table(), rows, {});
  if (!appended) return tl::make_unexpected(appended.error());
  return {};
}

void RunResults::committed() {
  fed_ = 0;
  ledger_.forget(std::exchange(manifests_, 0));
  for (auto run = runs_.begin(); run != runs_.end();) {
    for (RowBatch& rows : run->second.results) {
      run->second.input.results += rows.size();
      rows.clear();
    }
    ledger_.note_input(run->second.run, run->second.input);
    run = run->second.has_ended ? runs_.erase(run) : std::next(run);
  }
}

}  // namespace racesim::serve
