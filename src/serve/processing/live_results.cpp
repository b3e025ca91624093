#include "serve/processing/live_results.h"

#include <algorithm>
#include <utility>

#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

/// Of all windows of a chart that rows are kept of.
constexpr std::size_t kChartTable = 20'000;
constexpr std::int64_t kChartPause_ns = kNsPerSecond;

}  // namespace

LiveResults::LiveResults(const ScenarioEntry& scenario, const EventRing& ring, const RunBook& book,
                         Clock& clock, const ProcessingLimits& limits)
    : scenario_(scenario),
      ring_(ring),
      book_(book),
      clock_(clock),
      limits_(limits),
      views_(views_of(scenario)),
      shown_suspended_(views_.size()) {
  for (const RunView& view : views_)
    tables_.push_back(std::make_unique<ResultTable>(
        *view.entry, view.window_us > 0 ? std::min(limits_.rows_most, kChartTable) : limits_.rows_most));
}

std::int64_t LiveResults::pause_ns() const {
  const bool has_charts =
      std::any_of(views_.begin(), views_.end(), [](const RunView& view) { return view.window_us > 0; });
  return has_charts ? std::max(limits_.pause_ns, kChartPause_ns) : limits_.pause_ns;
}

bool LiveResults::is_suspended(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < views_.size(); ++i)
    if (views_[i].name == name) return shown_suspended_[i];
  return false;
}

std::int64_t LiveResults::newest_us() const {
  const std::lock_guard lock(mutex_);
  return shown_.newest_us;
}

const ResultTable* LiveResults::table(std::string_view name) const {
  for (std::size_t i = 0; i < views_.size(); ++i)
    if (views_[i].name == name) return tables_[i].get();
  return nullptr;
}

std::optional<RunReading> LiveResults::reading_of(std::uint32_t run) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [known, reading] : readings_)
    if (known == run) return reading;
  return std::nullopt;
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

Done LiveResults::begin_run(const std::shared_ptr<const LiveForms>& forms) {
  if (engine_) advance(true);
  engine_.reset();
  streams_.clear();
  forms_ = forms;
  reading_ = {};
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(readings_, [&](const auto& known) { return known.first == forms->run; });
    readings_.emplace_back(forms->run, reading_);
    if (readings_.size() > RunBook::kRunsMost) readings_.pop_front();
  }
  const std::optional<BegunRun> begun = book_.find(forms->run);
  master_ = begun ? begun->master : nullptr;
  // Begun anew under the same name: what it made before is not of this run. Nor is what names no run (0).
  for (const auto& table : tables_) {
    const FieldInfo& run = field_of(table->entry().result(), "run");
    table->drop([&](const RowBatch& rows, std::size_t row) {
      const std::int64_t of = whole_at(rows, row, run);
      return of == 0 || of == static_cast<std::int64_t>(forms->run);
    });
  }
  if (views_.empty()) return {};
  ViewRules rules;
  rules.watermark_delay_us = limits_.watermark_delay_us;
  rules.charted_rows_most = limits_.charted_rows_most;
  Result<AggregationEngine> engine =
      make_view_engine(views_, master_ ? master_->tables() : MasterTables(), rules);
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
  for (std::size_t i = 0; i < forms->stream_names.size() && i < forms->schemas.size(); ++i)
    if (engine_->input_of(*forms->schemas[i]) >= 0) reading_.streams.push_back(forms->stream_names[i]);
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
  reading_.has_ended = ended;
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
    ++reading_.read;
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
    tables_[i]->put(results_[i]);
    results_[i].clear();
  }
  counts_.watermark_us = engine_->watermark_us();
  counts_.newest_us = engine_->newest_us();
  if (any) ++version_;
}

void LiveResults::publish() {
  const std::lock_guard lock(mutex_);
  bool is_news = shown_.newest_us != counts_.newest_us;
  for (std::size_t i = 0; i < views_.size(); ++i)
    is_news = is_news || shown_suspended_[i] != *views_[i].suspended;
  if (is_news) progress_.note();
  shown_ = counts_;
  for (std::size_t i = 0; i < views_.size(); ++i) shown_suspended_[i] = *views_[i].suspended;
  if (!readings_.empty()) readings_.back().second = reading_;
}

}  // namespace racesim::serve
