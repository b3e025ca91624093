#include "run/aggregate/aggregate_target.h"

#include <algorithm>
#include <cstring>

#include "agg/state.h"
#include "base/check.h"

namespace racesim {
namespace {

constexpr std::int64_t kTickPause_ns = 100'000'000;
constexpr std::uint32_t kTargetState = 1;  ///< version of what save() writes

std::string lane_key(const LanePosition& position) {
  return position.source + '\n' + position.lane;
}

void save_rows(const RowBatch& rows, StateWriter& out) {
  out.text({reinterpret_cast<const char*>(rows.row_bytes(0)), rows.size() * rows.schema().row_size});
  out.text(rows.arena);
}

Done load_rows(StateReader& in, RowBatch& rows) {
  const std::string_view bytes = in.text();
  if (bytes.size() % rows.schema().row_size != 0)
    return fail(ErrorKind::runtime, "the saved state is damaged: results of another size",
                "start over: remove the checkpoint");
  rows.resize(bytes.size() / rows.schema().row_size);
  if (!bytes.empty()) std::memcpy(rows.row_bytes(0), bytes.data(), bytes.size());
  rows.arena = in.text();
  return {};
}

}  // namespace

AggregateTarget::AggregateTarget(AggregateTargetConfig config)
    : config_(std::move(config)), clock_(*config_.clock) {}

Done AggregateTarget::open() {
  Result<AggregationEngine> engine = config_.make_engine();
  if (!engine) return tl::make_unexpected(engine.error());
  engine_.emplace(std::move(*engine));
  results_ = engine_->make_results();
  undelivered_ = engine_->make_results();
  lanes_.clear();
  asked_lanes_.clear();
  counts_ = {};
  counts_.results.assign(results_.size(), 0);
  if (config_.keeper) {
    const Result<std::optional<std::string>> state = config_.keeper->state();
    if (!state) return tl::make_unexpected(state.error());
    if (*state)
      if (Done ok = load(**state); !ok) return ok;
  }
  stale_ = false;
  publish_counts();
  return deliver();
}

std::string AggregateTarget::name() const {
  std::string all = config_.keeper && config_.keeper->keeps_results() ? config_.keeper->name() : "";
  for (const auto& output : config_.outputs) all += (all.empty() ? "" : ", ") + output->name();
  return all;
}

Result<std::vector<LanePosition>> AggregateTarget::positions(std::string_view source) {
  if (config_.keeper) return config_.keeper->positions(source);
  std::vector<LanePosition> of;
  for (const LanePosition& position : reached_)
    if (position.source == source) of.push_back(position);
  return of;
}

/// What nobody keeps is known as long as this process lives: the source asks for it.
void AggregateTarget::note_reached() {
  for (const LaneStep& step : steps_) {
    const auto known = std::find_if(reached_.begin(), reached_.end(), [&](const LanePosition& position) {
      return position.source == step.after.source && position.lane == step.after.lane;
    });
    if (known == reached_.end())
      reached_.push_back(step.after);
    else
      *known = step.after;
  }
}

Done AggregateTarget::begin_lanes(std::span<const LanePosition> lanes) {
  if (stale_)
    if (Done ok = open(); !ok) return ok;
  const auto is_kafka = [](std::string_view key) { return key.starts_with("kafka"); };
  const bool all_partitions = !lanes.empty() && is_kafka(lanes.front().source);
  for (const Lane& lane : lanes_) {
    // Files come in one by one; partitions are always told all together.
    const bool is_there = !all_partitions || !is_kafka(lane.key) ||
                          std::any_of(lanes.begin(), lanes.end(), [&](const LanePosition& position) {
                            return lane_key(position) == lane.key;
                          });
    if (is_there) continue;
    return fail(ErrorKind::busy,
                "another process has joined the consumer group: a partition that this one has begun is not "
                "its own any more",
                "give each aggregate a group of its own: --group NAME");
  }
  for (const LanePosition& position : lanes) {
    const Lane& lane = lane_of(position);
    if (std::find(asked_lanes_.begin(), asked_lanes_.end(), lane.number) == asked_lanes_.end())
      asked_lanes_.push_back(lane.number);
  }
  return {};
}

AggregateTarget::Lane& AggregateTarget::lane_of(const LanePosition& position) {
  const std::string key = lane_key(position);
  for (Lane& lane : lanes_)
    if (lane.key == key) return lane;
  return lanes_.emplace_back(Lane{engine_->lane(key), key, clock_.now_ns(), false});
}

Result<bool> AggregateTarget::write() {
  // Again behind an error: the engine has taken them already.
  for (; fed_ < works_.size(); ++fed_) feed(*works_[fed_]);
  note_steps();
  note_idle_lanes();
  engine_->advance(results_);
  keep_state();
  return commit();
}

void AggregateTarget::feed(Work& work) {
  Lane& lane = lane_of(work.block.after);
  lane.heard_ns = clock_.now_ns();
  const std::size_t ended = std::min<std::size_t>(work.block.lanes_ended, asked_lanes_.size());
  for (std::size_t i = 0; i < ended; ++i) engine_->end_lane(asked_lanes_[i]);
  const std::uint64_t consumed = work.block.size() - work.decoded.blank;
  counts_.consumed += consumed;
  counts_.gaps += work.block.gap;
  work.outcome = {};
  work.outcome.blank = work.decoded.blank;
  note_dead(work);
  feed_parts(work, lane);
  work.outcome.stored = consumed - work.decoded.rejects.size();
}

void AggregateTarget::feed_parts(Work& work, Lane& lane) {
  arrived_.clear();
  std::uint64_t rows = 0;
  for (const auto& part : work.decoded.parts) {
    arrived_.push_back({&part->rows, part->records});
    rows += part->rows.size();
    if (engine_->input_of(part->rows.schema()) < 0) {
      counts_.ignored += part->rows.size();
      rows -= part->rows.size();
    }
  }
  if (rows > 0) lane.idle = false;
  engine_->add(lane.number, arrived_, refused_);
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    rows -= refused_[i].size();
    note_refused(work, i, refused_[i]);
  }
  counts_.taken += rows;
}

void AggregateTarget::note_refused(const Work& work, std::size_t part, const std::vector<Refused>& refused) {
  const TableRows& rows = *work.decoded.parts[part];
  for (const Refused& one : refused) {
    switch (one.why) {
      case Refusal::late:
        ++counts_.late;
        break;
      case Refusal::late_idle:
        ++counts_.late_idle;
        break;
      case Refusal::duplicate:
        ++counts_.duplicates;
        continue;
      case Refusal::unusable:
        ++counts_.unusable;
        continue;
    }
    if (!config_.late) continue;
    late_lines_ += work.block.record(rows.records[one.row]);
    late_lines_ += '\n';
    ++late_count_;
  }
}

void AggregateTarget::note_dead(const Work& work) {
  counts_.dead_lettered += work.decoded.rejects.size();
  for (const RecordFate& reject : work.decoded.rejects)
    dead_.push_back({work.block.after.source, work.block.after.lane, work.block.offsets[reject.index],
                     reject.reason, work.block.record(reject.index)});
}

/// Once per lane, from where its first block began to where its last one ended.
void AggregateTarget::note_steps() {
  steps_.clear();
  if (!config_.has_positions) return;
  for (const auto& work : works_) {
    const auto known = std::find_if(steps_.begin(), steps_.end(), [&](const LaneStep& step) {
      return step.after.source == work->block.after.source && step.after.lane == work->block.after.lane;
    });
    if (known == steps_.end())
      steps_.push_back({work->block.before, work->block.after});
    else
      known->after = work->block.after;
  }
}

bool AggregateTarget::has_results() const {
  return std::any_of(results_.begin(), results_.end(), [](const RowBatch& rows) { return !rows.empty(); });
}

/// State and results become durable, then outputs get them.
Result<bool> AggregateTarget::commit() {
  retrying_ = false;
  if (late_count_ > 0) {
    config_.late->add_lines(late_lines_, late_count_);
    if (Done ok = config_.late->sync(); !ok) return tl::make_unexpected(ok.error());
    late_lines_.clear();
    late_count_ = 0;
  }
  const bool dead_elsewhere = !config_.keeper || !config_.keeper->keeps_dead_records();
  if (dead_elsewhere && !dead_.empty() && config_.dead) {
    std::string lines;
    for (const DeadRecord& record : dead_) append_dead_record(record, lines);
    config_.dead->add_lines(lines, dead_.size());
    if (Done ok = config_.dead->sync(); !ok) return tl::make_unexpected(ok.error());
  }
  if (dead_elsewhere) dead_.clear();
  if (config_.keeper) {
    std::string state;
    StateWriter out(state);
    out.put(kTargetState);
    out.text(engine_state_);
    // What outputs may not have got when it ends right behind.
    for (const RowBatch& rows : results_)
      save_rows(config_.outputs.empty() ? RowBatch(rows.schema()) : rows, out);
    std::vector<ResultPart> parts;
    for (std::size_t i = 0; i < results_.size(); ++i)
      parts.push_back({engine_->parts()[i].entry, &results_[i]});
    const Result<bool> kept = config_.keeper->commit({parts, steps_, state, dead_});
    retrying_ = !kept && config_.keeper->worth_retrying();
    if (kept && !*kept) stale_ = true;
    if (!kept || !*kept) {
      if (kept) fed_ = 0;
      return kept;
    }
  } else {
    note_reached();
  }
  dead_.clear();
  fed_ = 0;
  ++counts_.commits;
  for (std::size_t i = 0; i < results_.size(); ++i) counts_.results[i] += results_[i].size();
  std::swap(results_, undelivered_);
  for (RowBatch& rows : results_) rows.clear();
  publish_counts();
  if (Done ok = deliver(); !ok) return tl::make_unexpected(ok.error());
  return true;
}

/// The same results may come again if it fails in the middle.
Done AggregateTarget::deliver() {
  for (const auto& output : config_.outputs) {
    for (std::size_t i = 0; i < undelivered_.size(); ++i)
      if (!undelivered_[i].empty())
        if (Done ok = output->put(*engine_->parts()[i].entry, undelivered_[i]); !ok) return ok;
    if (Done ok = output->flush(); !ok) return ok;
  }
  for (RowBatch& rows : undelivered_) rows.clear();
  return {};
}

void AggregateTarget::keep_state() {
  engine_state_.clear();
  if (config_.keeper) engine_->save(engine_state_);
}

Done AggregateTarget::load(std::string_view state) {
  StateReader in(state);
  if (in.get<std::uint32_t>() != kTargetState)
    return fail(ErrorKind::usage, "the saved state is of another version of racesim",
                "start over: remove the checkpoint");
  engine_state_ = in.text();
  if (Done ok = engine_->load(engine_state_); !ok) return ok;
  for (const std::string& key : engine_->lane_names())
    lanes_.push_back({engine_->lane(key), key, clock_.now_ns(), false});
  for (RowBatch& rows : undelivered_)
    if (Done ok = load_rows(in, rows); !ok) return ok;
  return in.done();
}

void AggregateTarget::publish_counts() {
  counts_.watermark_us = engine_->watermark_us();
  counts_.newest_us = engine_->newest_us();
  const std::scoped_lock lock(mutex_);
  shown_ = counts_;
}

AggregateCounts AggregateTarget::counts() const {
  const std::scoped_lock lock(mutex_);
  return shown_;
}

void AggregateTarget::count(IngestCounts& counts) const {
  const AggregateCounts now = this->counts();
  counts.consumed = now.consumed;
  counts.stored = now.taken;
  counts.duplicates = now.duplicates;
  counts.dead_lettered = now.dead_lettered;
  counts.gaps = now.gaps;
  counts.commits = now.commits;
}

bool AggregateTarget::worth_retrying() const {
  return retrying_;
}

/// The state is kept as it was before: if more comes another time, open results go on and replace what is
/// given out now.
Result<bool> AggregateTarget::finish(bool reached_end) {
  if (finished_) return true;
  if (!flushed_) {
    keep_state();
    if (reached_end || config_.final_at_stop) engine_->finish(results_);
    flushed_ = true;
  }
  steps_.clear();
  if (!has_results()) return finished_ = true;
  Result<bool> done = commit();
  finished_ = done.has_value();
  return done;
}

void AggregateTarget::note_idle_lanes() {
  if (config_.idle_timeout_ns == 0 || (config_.lag && config_.lag().value_or(0) > 0)) return;
  const std::int64_t now_ns = clock_.now_ns();
  for (Lane& lane : lanes_) {
    if (lane.idle || lane.heard_ns + config_.idle_timeout_ns > now_ns) continue;
    lane.idle = true;
    engine_->set_idle(lane.number);
  }
}

std::optional<std::int64_t> AggregateTarget::next_tick_ns() const {
  if (config_.idle_timeout_ns == 0) return std::nullopt;
  std::optional<std::int64_t> next_ns;
  for (const Lane& lane : lanes_)
    if (!lane.idle) next_ns = std::min(next_ns.value_or(INT64_MAX), lane.heard_ns + config_.idle_timeout_ns);
  // Records that are still under way put it off.
  if (next_ns) next_ns = std::max(*next_ns, clock_.now_ns() + kTickPause_ns);
  return next_ns;
}

Result<bool> AggregateTarget::tick() {
  note_idle_lanes();
  steps_.clear();
  engine_->advance(results_);
  if (!has_results()) return true;
  keep_state();
  return commit();
}

void AggregateTarget::abandon() {
  if (config_.keeper) config_.keeper->abandon();
  for (const auto& output : config_.outputs) output->abandon();
}

Done AggregateTarget::close() {
  Done first;
  const auto note = [&](Done done) {
    if (first && !done) first = std::move(done);
  };
  for (const auto& output : config_.outputs) note(output->close());
  if (config_.keeper) note(config_.keeper->close());
  if (config_.late) note(config_.late->close());
  if (config_.dead) note(config_.dead->close());
  return first;
}

const WaitNote* AggregateTarget::wait() const {
  if (config_.keeper && config_.keeper->wait() != nullptr) return config_.keeper->wait();
  for (const auto& output : config_.outputs)
    if (output->wait() != nullptr) return output->wait();
  return nullptr;
}

}  // namespace racesim
