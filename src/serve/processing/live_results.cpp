#include "serve/processing/live_results.h"

#include <algorithm>
#include <utility>

#include "serve/processing/bounded_aggregation.h"
#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

/// Windows in which top songs are counted. They slide, so that one that is nearly whole is always open.
struct ChartWindow {
  const char* window;
  const char* slide;
  std::int64_t length_s;
};
constexpr ChartWindow kChartWindows[] = {{"1m", "30s", 60}, {"5m", "150s", 300}, {"1h", "30m", 3600}};
constexpr std::uint64_t kChartRows = 20;
/// Of all windows of a chart that rows are kept of.
constexpr std::size_t kChartTable = 20'000;
constexpr std::int64_t kChartPause_ns = kNsPerSecond;

/// Windows by the clock are for stores: they have no end here, and no page asks for them.
constexpr std::string_view kLeftOut = "window";

bool takes_rows_of(const AggregationEntry& entry, const ScenarioEntry& scenario) {
  return std::any_of(entry.inputs.begin(), entry.inputs.end(), [&](const AggregationInput& input) {
    return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                       [&](const RowForm& form) { return &form.schema() == &input.schema(); });
  });
}

bool has_option(const AggregationEntry& entry, std::string_view name) {
  return std::any_of(entry.options.begin(), entry.options.end(),
                     [&](const ContentOption& option) { return option.name == name; });
}

}  // namespace

LiveResults::LiveResults(const ScenarioEntry& scenario, const EventRing& ring, const RunBook& book,
                         Clock& clock, const ProcessingLimits& limits)
    : scenario_(scenario), ring_(ring), book_(book), clock_(clock), limits_(limits) {
  for (const AggregationEntry* entry : aggregations()) {
    if (entry->name == kLeftOut || !takes_rows_of(*entry, scenario)) continue;
    if (has_option(*entry, "top-by"))
      add_charts(*entry);
    else
      views_.push_back({std::string(entry->name), OptionValues(entry->options),
                        std::make_unique<ResultTable>(*entry, limits_.rows_most)});
  }
}

void LiveResults::add_charts(const AggregationEntry& entry) {
  for (const ChartWindow& chart : kChartWindows) {
    View view{std::string(entry.name) + " " + chart.window, OptionValues(entry.options),
              std::make_unique<ResultTable>(entry, std::min(limits_.rows_most, kChartTable)),
              chart.length_s * 1'000'000};
    view.values.set("window", std::string(chart.window));
    view.values.set("slide", std::string(chart.slide));
    view.values.set("top", kChartRows);
    views_.push_back(std::move(view));
  }
}

std::int64_t LiveResults::pause_ns() const {
  const bool has_charts =
      std::any_of(views_.begin(), views_.end(), [](const View& view) { return view.window_us > 0; });
  return has_charts ? std::max(limits_.pause_ns, kChartPause_ns) : limits_.pause_ns;
}

bool LiveResults::is_suspended(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(views_.begin(), views_.end(),
                     [&](const View& view) { return view.name == name && view.shown_suspended; });
}

std::int64_t LiveResults::newest_us() const {
  const std::lock_guard lock(mutex_);
  return shown_.newest_us;
}

const ResultTable* LiveResults::table(std::string_view name) const {
  for (const View& view : views_)
    if (view.name == name) return view.table.get();
  return nullptr;
}

ProcessingCounts LiveResults::counts() const {
  ProcessingCounts counts;
  {
    const std::lock_guard lock(mutex_);
    counts = shown_;
  }
  counts.lag = summarise(lag_);
  return counts;
}

Result<AggregationEngine> LiveResults::make_engine(const MasterTables& master) const {
  AggregationFrame frame;
  frame.emit = Emit::update;
  frame.watermark_delay_us = limits_.watermark_delay_us;
  frame.master = master;
  std::vector<AggregationEngine::Part> parts;
  for (const View& view : views_) {
    const AggregationEntry& entry = view.table->entry();
    OptionValues values = view.values;
    const bool has_master = std::all_of(entry.master_entities.begin(), entry.master_entities.end(),
                                        [&](std::string_view name) { return master.find(name) != nullptr; });
    if (has_option(entry, "top-by") && has_master)
      values.set("top-by", std::vector<std::string>{"all", "country", "genre"});
    Result<std::unique_ptr<Aggregation>> made = entry.make(values, frame);
    if (!made) return tl::make_unexpected(made.error());
    *view.suspended = false;
    if (view.window_us > 0)
      *made = std::make_unique<BoundedAggregation>(std::move(*made), view.window_us,
                                                   limits_.charted_rows_most, view.suspended);
    parts.push_back({&entry, std::move(*made)});
  }
  return AggregationEngine(std::move(parts), EngineOptions{limits_.watermark_delay_us});
}

Done LiveResults::begin_run(const std::shared_ptr<const LiveForms>& forms) {
  if (engine_) advance(true);
  engine_.reset();
  streams_.clear();
  forms_ = forms;
  const std::optional<BegunRun> begun = book_.find(forms->run);
  master_ = begun ? begun->master : nullptr;
  // Begun anew under the same name: what it made before is not of this run. Nor is what names no run (0).
  for (const View& view : views_) {
    const FieldInfo& run = field_of(view.table->entry().result(), "run");
    view.table->drop([&](const RowBatch& rows, std::size_t row) {
      const std::int64_t of = whole_at(rows, row, run);
      return of == 0 || of == static_cast<std::int64_t>(forms->run);
    });
  }
  if (views_.empty()) return {};
  Result<AggregationEngine> engine = make_engine(master_ ? master_->tables() : MasterTables());
  if (!engine)
    return fail(engine.error().kind,
                std::string(scenario_.name) + ": no live results: " + engine.error().what,
                engine.error().hint);
  for (const SchemaInfo* schema : forms->schemas) {
    auto decoder = make_decoder(*schema, "json");
    if (!decoder) return tl::make_unexpected(decoder.error());
    streams_.push_back(std::make_unique<Stream>(Stream{std::move(*decoder), RowBatch(*schema), {}, {}}));
  }
  engine_.emplace(std::move(*engine));
  results_ = engine_->make_results();
  engine_->lane("live");
  return {};
}

/// A burst (--backfill) is faster than it is read: the ring overwrites what waits here.
void LiveResults::take_chunks() {
  for (auto& chunk : ring_.chunks_from(taken_id_)) {
    if (waiting_bytes_ + chunk->bytes() > limits_.waiting_bytes && !waiting_.empty()) return;
    taken_id_ = chunk->end_id();
    waiting_bytes_ += chunk->bytes();
    waiting_.push_back(std::move(chunk));
  }
}

Done LiveResults::step() {
  Done done;
  for (take_chunks(); !waiting_.empty(); take_chunks()) {
    const std::shared_ptr<const EventChunk> chunk = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= chunk->bytes();
    if (chunk->first_id() > next_id_) counts_.missed += chunk->first_id() - next_id_;
    next_id_ = chunk->end_id();
    if (forms_.get() != &chunk->forms())
      if (Done ok = begin_run(chunk->shared_forms()); !ok) done = ok;
    counts_.seen += chunk->size();
    lag_.record(clock_.now_ns() - chunk->taken_ns(), chunk->size());
    if (engine_)
      read_chunk(*chunk);
    else
      counts_.ignored += chunk->size();
  }
  const bool ended = ring_.run_end_id() == next_id_;
  const std::int64_t now_ns = clock_.now_ns();
  due_ns_.reset();
  if (has_news_ && now_ns - advanced_ns_ < pause_ns() && !ended) {
    due_ns_ = advanced_ns_ + pause_ns();
  } else if (engine_ && (has_news_ || ended)) {
    advance(ended);
    if (ended) engine_.reset();
  }
  publish();
  return done;
}

void LiveResults::read_chunk(const EventChunk& chunk) {
  for (const auto& stream : streams_) {
    stream->rows.clear();
    stream->records.clear();
    stream->rejects.clear();
  }
  std::string line;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    // Of what is read from elsewhere than a run, not every stream's form is known.
    const std::size_t place = chunk.stream(i);
    if (place >= streams_.size() || engine_->input_of(streams_[place]->rows.schema()) < 0) {
      ++counts_.ignored;
      continue;
    }
    Stream& stream = *streams_[place];
    const std::size_t before = stream.rows.size();
    line.assign(chunk.line(i)).push_back('\n');
    stream.decoder->decode(line, stream.rows, stream.rejects);
    if (stream.rows.size() > before)
      stream.records.push_back(static_cast<std::uint32_t>(i));
    else
      ++counts_.damaged;
  }
  arrived_.clear();
  std::uint64_t rows = 0;
  for (const auto& stream : streams_) {
    rows += stream->rows.size();
    if (!stream->rows.empty()) arrived_.push_back({&stream->rows, stream->records});
  }
  engine_->add(engine_->lane("live"), arrived_, refused_);
  counts_.taken += rows;
  for (const std::vector<Refused>& refused : refused_)
    for (const Refused& one : refused) {
      --counts_.taken;
      ++(one.why == Refusal::duplicate  ? counts_.duplicates
         : one.why == Refusal::unusable ? counts_.unusable
                                        : counts_.late);
    }
  has_news_ = true;
}

void LiveResults::advance(bool ended) {
  advanced_ns_ = clock_.now_ns();
  has_news_ = false;
  engine_->advance(results_);
  if (ended) engine_->finish(results_);
  bool any = false;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    any = any || !results_[i].empty();
    counts_.results += results_[i].size();
    views_[i].table->put(results_[i]);
    results_[i].clear();
  }
  counts_.watermark_us = engine_->watermark_us();
  counts_.newest_us = engine_->newest_us();
  if (any) ++version_;
}

void LiveResults::publish() {
  const std::lock_guard lock(mutex_);
  bool is_news = shown_.newest_us != counts_.newest_us;
  for (const View& view : views_) is_news = is_news || view.shown_suspended != *view.suspended;
  if (is_news) progress_.note();
  shown_ = counts_;
  for (View& view : views_) view.shown_suspended = *view.suspended;
}

}  // namespace racesim::serve
