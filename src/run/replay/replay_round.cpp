#include "run/replay/replay_round.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace racesim {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{1} << 20;
constexpr std::int64_t kMillisecond_ns = 1'000'000;

}  // namespace

ReplayRound::ReplayRound(const ReplayConfig& config, ReplayBook& book, const std::vector<RecordedLane>& lanes,
                         std::shared_ptr<BatchPool> pool)
    : config_(config), book_(book), lanes_(lanes), pool_(std::move(pool)) {
  late_before_ = book.counters->late.load();
  jumps_before_ = book.counters->jumps.load();
  begun_ = config.from.kind == SeekPoint::Kind::none;
}

bool ReplayRound::is_at(const SeekPoint& point, const RecordFact& fact, std::int64_t place_ns) const {
  switch (point.kind) {
    case SeekPoint::Kind::none:
      return false;
    case SeekPoint::Kind::time:
      return place_ns >= point.value;
    case SeekPoint::Kind::after:
      return place_ns - *origin_ns_ >= point.value;
    case SeekPoint::Kind::lap:
      return fact.lap >= point.value;
    case SeekPoint::Kind::offset:
      return static_cast<std::int64_t>(places_) >= point.value;
  }
  return false;
}

/// A longer wait would not be worth it; what comes behind it moves up.
std::int64_t ReplayRound::without_gaps(std::int64_t place_ns) {
  const std::int64_t gap_ns = place_ns - last_place_ns_.value_or(place_ns);
  if (config_.max_gap_ns > 0 && gap_ns > config_.max_gap_ns) {
    cut_ns_ += gap_ns - config_.max_gap_ns;
    book_.counters->cut_gaps.fetch_add(1);
  }
  last_place_ns_ = place_ns;
  return place_ns - cut_ns_;
}

void ReplayRound::add_head(const RecordFact& fact, std::int64_t emit_ns) {
  if (fact.entity >= book_.owners.size()) book_.owners.resize(fact.entity + 1);
  ReplayBook::Owner& owner = book_.owners[fact.entity];
  if (owner.next_seq == 0) owner.number = book_.next_owner++;
  const auto index = static_cast<std::uint32_t>(out_->heads.size());
  const std::uint32_t stream = out_->spans.empty() ? 0 : out_->spans.back().stream;
  if (fact.stream != stream) out_->spans.push_back({index, fact.stream});
  out_->heads.push_back({emit_ns, fact.entity, owner.number, owner.next_seq++});
}

/// Neighbours as they are. The bytes of a whole block change hands.
void ReplayRound::add_lines(MergedRun& run, std::size_t first, std::size_t last) {
  if (first == last) return;
  RecordBlock& records = run.block->records;
  const std::uint32_t begin = first == 0 ? 0 : records.ends[first - 1], end = records.ends[last - 1];
  if (out_->ends.empty() && first == 0 && last == records.size()) {
    records.text.set_size(end);
    std::swap(out_->text, records.text);
    out_->ends.assign(records.ends.begin(), records.ends.end());
    return;
  }
  const auto at = static_cast<std::uint32_t>(out_->text.size());
  out_->text.append(records.text.view().substr(begin, end - begin));
  for (std::size_t i = first; i < last; ++i) out_->ends.push_back(at + records.ends[i] - begin);
}

void ReplayRound::add_stamped(const MergedRun& run, std::size_t i, const RecordFact& fact) {
  if (!book_.first_time_ns) {
    book_.first_time_ns = fact.time_ns;
    book_.restamper->begin(fact.time_ns, config_.start_ns);
  }
  line_.clear();
  book_.restamper->append(run.block->records.record(i),
                          lanes_[run.lane].source->lane(run.block->records.lane), line_);
  line_ += '\n';
  out_->text.append(line_);
  out_->ends.push_back(static_cast<std::uint32_t>(out_->text.size()));
}

/// False: the place where the replay ends is among the records.
bool ReplayRound::take(const MergedRun& merged) {
  MergedRun run = merged;
  std::size_t begin = run.first;  // of records that go out as they are, up to the one at hand
  bool goes_on = true;
  std::size_t i = run.first;
  const auto pass_over = [&](std::atomic<std::uint64_t>* count) {
    add_lines(run, begin, i);
    begin = i + 1;
    if (count != nullptr) count->fetch_add(1, std::memory_order_relaxed);
  };
  for (; i < run.last; ++i) {
    const RecordFact& fact = run.block->facts[i];
    if (fact.kind == RecordFact::Kind::refused) {
      pass_over(nullptr);
      continue;
    }
    if (!origin_ns_) origin_ns_ = fact.place_ns;
    if (is_at(config_.to, fact, fact.place_ns)) {
      goes_on = false;
      break;
    }
    begun_ = begun_ || is_at(config_.from, fact, fact.place_ns);
    ++places_;
    if (!begun_) {
      pass_over(&book_.counters->outside);
      continue;
    }
    const std::int64_t emit_ns = without_gaps(fact.place_ns) + book_.behind_ns;
    if (fact.kind == RecordFact::Kind::filtered) {
      pass_over(&book_.counters->filtered);
      continue;
    }
    if (!first_emit_ns_) first_emit_ns_ = emit_ns;
    last_emit_ns_ = emit_ns;
    ++events_;
    add_head(fact, emit_ns);
    if (book_.restamper == nullptr) continue;
    add_stamped(run, i, fact);
    begin = i + 1;
  }
  book_.counters->read.fetch_add(i - run.first);
  if (book_.restamper == nullptr) add_lines(run, begin, i);
  return goes_on;
}

bool ReplayRound::flush(const BatchTaker& taker) {
  if (out_ == nullptr || out_->size() == 0) return true;
  return taker(std::exchange(out_, nullptr));
}

Done ReplayRound::play(LaneMerge& merge, const BatchTaker& taker) {
  MergedRun run;
  for (;;) {
    if (merge.would_wait() && !flush(taker)) return {};
    const Result<bool> more = merge.next(run);
    if (!more) {
      flush(taker);
      return tl::make_unexpected(more.error());
    }
    if (!*more) break;
    if (out_ == nullptr) {
      out_ = pool_->take();
      out_->run = book_.run;
      out_->streams = book_.streams;
    }
    const bool goes_on = take(run);
    const DisorderCounts disorder = merge.counts();
    book_.counters->late.store(late_before_ + disorder.late);
    book_.counters->jumps.store(jumps_before_ + disorder.jumps);
    if (out_->text.size() >= kBatchBytes && !flush(taker)) return {};
    if (!goes_on) break;
  }
  flush(taker);
  return {};
}

/// The space between two rounds is the usual one between two events.
std::int64_t ReplayRound::length_ns() const {
  if (events_ == 0) return 0;
  const std::int64_t span_ns = last_emit_ns_ - *first_emit_ns_;
  const std::int64_t step_ns =
      events_ > 1 ? span_ns / static_cast<std::int64_t>(events_ - 1) : kMillisecond_ns;
  return span_ns + std::max<std::int64_t>(step_ns, 1);
}

}  // namespace racesim
