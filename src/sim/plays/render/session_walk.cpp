#include "sim/plays/render/session_walk.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "model/event_id.h"

namespace racesim::plays {
namespace {

constexpr std::size_t kRowsPerCall = 512;  // rows and their text stay in the second-level cache
constexpr int kPassBits = 11;              // of each of the two passes that sort a slice
constexpr std::uint64_t kPassSize = 1 << kPassBits;
// A play with its pause takes 100 to 200 s. One drawn too many is drawn again in the next slice, one too few
// costs another round.
constexpr std::int64_t kUsualPlay_ms = 160'000;
constexpr std::int64_t kMostAhead = 16;

std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  const std::int64_t q = value / divisor;
  return q - (value % divisor < 0 ? 1 : 0);
}

/// Whether one of `count` keys has the same upper half as the one before it.
bool any_tie(const std::uint64_t* keys, std::size_t count) {
  std::uint64_t ties = 0;
  for (std::size_t i = 0; i < count; ++i) ties |= ((keys[i] ^ keys[i - 1]) >> 32) == 0;
  return ties != 0;
}

/// The cell that holds `t_ms` or one next to it.
std::int64_t cell_near(const Geometry& g, std::int64_t t_ms) {
  if (g.endless) return floor_div(t_ms + g.cell_ms / 2, g.cell_ms);
  return static_cast<std::int64_t>(static_cast<__int128>(t_ms) * g.cell_count / g.span_ms);
}

}  // namespace

ShardCalendar::ShardCalendar(const WalkContext& context, std::uint32_t shard, std::uint64_t first_slice)
    : context_(&context), shard_(shard), planner_(context.plan) {
  const Geometry& g = context.plan.geometry;
  // A session waits in the ring from its cell's opening to its start, before the class's next turn, then from
  // play to play.
  const std::int64_t turn_ms = g.last_limit(0) - g.first_start(0) + g.classes;
  const std::int64_t play_ms = context.plan.longest_play_ms;
  const auto horizon = static_cast<std::uint64_t>((std::max(turn_ms, play_ms) >> g.slice_shift) + 3);
  ring_.resize(std::bit_ceil(horizon));
  const std::int64_t begin_ms = static_cast<std::int64_t>(first_slice) << g.slice_shift;
  // Sessions that may still be under way.
  next_cell_ = std::max(cell_near(g, begin_ms) - g.classes - 1, -static_cast<std::int64_t>(g.classes));
  while (g.last_limit(next_cell_) <= begin_ms) ++next_cell_;
  while (has_cell(next_cell_) && g.first_start(next_cell_) < begin_ms) open_cell(next_cell_++, begin_ms);
}

PlayQuery ShardCalendar::query(const Cursor& c) const {
  const Geometry& g = context_->plan.geometry;
  // Before the run's start: the end of the window seen once more, or the days before an endless run, which
  // choose from what is out at its start.
  std::int64_t lived_ms = c.next_ms;
  if (lived_ms < 0) lived_ms = g.endless ? 0 : lived_ms + g.span_ms;
  const std::uint32_t released = context_->model->released_at(context_->plan.start_epoch_ms + lived_ms);
  return {c.cell, c.seq, 1, c.listener, released, c.patience};
}

/// Plays silently up to `until_ms`; false if the session is over by then.
bool ShardCalendar::skip(Cursor& cursor, std::int64_t until_ms) const {
  while (cursor.next_ms < until_ms) {
    if (cursor.left == 1) return false;
    const PlayQuery question = query(cursor);
    PlayBlock play;
    context_->model->draw_plays({&question, 1}, play);
    cursor.pass(play[0]);
  }
  return true;
}

void ShardCalendar::park(const Cursor& cursor) {
  const auto slice = static_cast<std::uint64_t>(cursor.next_ms >> context_->plan.geometry.slice_shift);
  ring_[slice & (ring_.size() - 1)].push_back(cursor);
}

void ShardCalendar::open_cell(std::int64_t cell, std::int64_t skip_to_ms) {
  const Geometry& g = context_->plan.geometry;
  // A closed window repeats: what runs past its end was under way at its start, and those of the first cell
  // who start before the window do so before its end.
  const std::int64_t period = g.endless || (cell >= 0 && cell < g.cell_count) ? 0 : cell < 0 ? -1 : 1;
  const std::int64_t planned = cell - period * g.cell_count;
  const std::int64_t shift_ms = period * g.span_ms;
  planner_.plan(planned, shard_, sessions_);
  const std::uint32_t ordinal = CellPlanner::ordinal(g, planned, shard_);
  const std::uint32_t usual_ms = context_->plan.usual_play_ms;
  for (const Session& s : sessions_) {
    const std::int64_t spare_ms = s.limit_ms - s.start_ms - static_cast<std::int64_t>(s.plays - 1) * usual_ms;
    Cursor c{s.start_ms + shift_ms,
             spare_ms,
             ordinal,
             s.first_seq,
             s.listener,
             s.location,
             usual_ms,
             s.patience,
             s.plays,
             s.device};
    if (skip(c, skip_to_ms) && c.next_ms < run_end_ms()) park(c);
  }
}

/// How many of the session's next plays are worth drawing at once: those that will likely fall into the
/// slice. What may be chosen must not depend on the time of a play that is not known yet.
std::uint32_t ShardCalendar::plays_ahead(const Cursor& c, const SliceSpan& slice) const {
  if (!slice.same_songs) return 1;
  const std::int64_t fitting = 1 + (slice.end_ms - c.next_ms) / kUsualPlay_ms;
  return static_cast<std::uint32_t>(std::min({fitting, std::int64_t{c.left}, kMostAhead}));
}

/// Turns the drawn plays from `first` to `last` that fall into the slice into records.
void ShardCalendar::write(Cursor& cursor, const PlayBlock& plays, std::size_t first, std::size_t last,
                          const SliceSpan& slice, RecordBuffer& out) {
  Cursor c = cursor;  // a copy that nothing else points to stays in registers
  Record* const begin = out.room_for(last - first);
  Record* record = begin;
  do {
    const Play play = plays[first];
    record->in_slice_ms = static_cast<std::uint32_t>(c.next_ms - slice.begin_ms);
    record->song = play.song;
    record->listener = c.listener;
    record->location = c.location;
    record->cell = c.cell;
    record->seq = c.seq;
    record->device_and_tie = static_cast<std::uint32_t>(c.device) | (play.tie << 8);
    record->listened_ms = c.pass(play);
    ++record;
    ++first;
  } while (first != last && c.next_ms < slice.end_ms);
  out.grow(static_cast<std::size_t>(record - begin));
  cursor = c;
}

/// The next plays of each session in due_; keeps those sessions that have more within the slice.
void ShardCalendar::play_round(const SliceSpan& slice, RecordBuffer& out) {
  PlayQuery queries[PlayBlock::kMost];
  PlayBlock plays;
  std::size_t kept = 0;
  for (std::size_t first = 0, next = 0; first < due_.size(); first = next) {
    std::size_t count = 0;
    for (; next < due_.size(); ++next) {
      const std::uint32_t wanted = plays_ahead(due_[next], slice);
      if (count + wanted > PlayBlock::kMost) break;
      queries[next - first] = query(due_[next]);
      queries[next - first].count = wanted;
      count += wanted;
    }
    context_->model->draw_plays({queries, next - first}, plays);
    std::size_t play = 0;
    for (std::size_t i = first; i < next; ++i) {
      Cursor& c = due_[i];
      const std::uint32_t drawn = queries[i - first].count;
      write(c, plays, play, play + drawn, slice, out);
      play += drawn;
      if (c.left == 0) continue;
      if (c.next_ms < slice.end_ms)
        due_[kept++] = c;
      else if (c.next_ms < run_end_ms())
        park(c);
    }
  }
  due_.resize(kept);
}

void ShardCalendar::advance(std::uint64_t slice, RecordBuffer& out) {
  const Geometry& g = context_->plan.geometry;
  const std::int64_t begin_ms = static_cast<std::int64_t>(slice) << g.slice_shift;
  std::int64_t end_ms = begin_ms + (1LL << g.slice_shift);
  end_ms = std::min(end_ms, run_end_ms());
  // A cell is opened no earlier than the slice it begins in, so the ring need not reach further.
  while (has_cell(next_cell_) && g.first_start(next_cell_) < end_ms) open_cell(next_cell_++, INT64_MIN);
  due_.clear();
  due_.swap(ring_[slice & (ring_.size() - 1)]);
  const std::int64_t epoch_ms = context_->plan.start_epoch_ms;
  const PlayModel& model = *context_->model;
  const bool same_songs = model.released_at(epoch_ms + begin_ms) == model.released_at(epoch_ms + end_ms - 1);
  while (!due_.empty()) play_round({begin_ms, end_ms, same_songs}, out);
  // The memory goes back to the ring where it came from.
  due_.swap(ring_[slice & (ring_.size() - 1)]);
}

SessionWalk::SessionWalk(const WalkContext& context, const Catalog& catalog, std::uint32_t run,
                         ShardRange shards, std::uint64_t first_slice)
    : context_(context), catalog_(&catalog), run_(run) {
  for (std::uint32_t s = shards.first; s < shards.last; ++s)
    shards_.push_back(std::make_unique<Shard>(context_, s, first_slice));
}

std::unique_ptr<SessionWalk::Scratch> SessionWalk::take_scratch() {
  const std::scoped_lock lock(scratch_mutex_);
  if (free_scratch_.empty()) return std::make_unique<Scratch>();
  auto scratch = std::move(free_scratch_.back());
  free_scratch_.pop_back();
  return scratch;
}

void SessionWalk::give_back(std::unique_ptr<Scratch> scratch) {
  const std::scoped_lock lock(scratch_mutex_);
  free_scratch_.push_back(std::move(scratch));
}

/// Until the slices before have been taken from the shard. Throws if one of them never will be.
void SessionWalk::wait_for_turn(const Shard& shard, std::uint64_t index) {
  for (std::uint64_t at = shard.next_slice.load(); at != index; at = shard.next_slice.load()) {
    if (at == kBroken) throw std::runtime_error("another worker could not go on");
    shard.next_slice.wait(at);
  }
}

void SessionWalk::fill(std::uint64_t index, RowConsumer& out) {
  auto scratch = take_scratch();
  scratch->records.clear();
  // Threads follow one another through the shards; the costlier ordering and rendering run side by side.
  for (const auto& shard : shards_) {
    wait_for_turn(*shard, index);
    try {
      shard->calendar.advance(index, scratch->records);
    } catch (...) {
      // Out of memory, say: whoever waits for this shard would wait for ever.
      shard->next_slice.store(kBroken);
      shard->next_slice.notify_all();
      throw;
    }
    shard->next_slice.store(index + 1);
    shard->next_slice.notify_all();
  }
  order(*scratch);
  render(index, *scratch, out);
  give_back(std::move(scratch));
}

/// Sorts by time, then random bits, then identity: two stable counting passes over the upper bits of the
/// time, or all of it and random bits, and the few equal keys by hand.
void SessionWalk::order(Scratch& s) const {
  const int drop = context_.plan.geometry.slice_shift + 32 - 2 * kPassBits;
  const std::size_t count = s.records.size();
  s.keys.resize(count);
  s.sorted.resize(count);
  std::uint32_t low_counts[kPassSize + 1] = {};
  std::uint32_t high_counts[kPassSize + 1] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const Record& r = s.records[i];
    const std::uint64_t key = ((std::uint64_t{r.in_slice_ms} << 32) | r.device_and_tie) >> drop;
    ++low_counts[key % kPassSize + 1];
    ++high_counts[key / kPassSize + 1];
    s.keys[i] = (key << 32) | i;
  }
  for (std::size_t b = 1; b < kPassSize; ++b) {
    low_counts[b] += low_counts[b - 1];
    high_counts[b] += high_counts[b - 1];
  }
  std::uint64_t* const keys = s.keys.data();
  std::uint64_t* const sorted = s.sorted.data();
  for (std::size_t i = 0; i < count; ++i) sorted[low_counts[(keys[i] >> 32) % kPassSize]++] = keys[i];
  for (std::size_t i = 0; i < count; ++i) keys[high_counts[sorted[i] >> (32 + kPassBits)]++] = sorted[i];
  settle_ties(s);
}

void SessionWalk::settle_ties(Scratch& s) const {
  const auto earlier = [&](std::uint64_t a, std::uint64_t b) {
    const Record& x = s.records[static_cast<std::uint32_t>(a)];
    const Record& y = s.records[static_cast<std::uint32_t>(b)];
    if (x.in_slice_ms != y.in_slice_ms) return x.in_slice_ms < y.in_slice_ms;
    if (x.device_and_tie != y.device_and_tie) return x.device_and_tie < y.device_and_tie;
    return x.cell != y.cell ? x.cell < y.cell : x.seq < y.seq;
  };
  const std::size_t count = s.keys.size();
  for (std::size_t i = 1; i < count; ++i) {
    // Whole blocks without a tie, the usual case, in vectors.
    constexpr std::size_t kBlock = 32;
    while (i + kBlock <= count && !any_tie(s.keys.data() + i, kBlock)) i += kBlock;
    if (i == count) break;
    if (s.keys[i] >> 32 != s.keys[i - 1] >> 32) continue;
    const auto first = s.keys.begin() + static_cast<std::ptrdiff_t>(i - 1);
    const auto last =
        std::find_if(first, s.keys.end(), [&](std::uint64_t key) { return key >> 32 != *first >> 32; });
    i = static_cast<std::size_t>(last - s.keys.begin());
    std::sort(first, last, earlier);
  }
}

/// Records lie in the order of sessions and are read in that of time: asks for those to come.
void SessionWalk::prefetch(const Scratch& s, std::size_t at) const {
  constexpr std::size_t kAhead = 24;
  constexpr std::size_t kIdAhead = 8;
  if (at + kAhead >= s.keys.size()) return;
  __builtin_prefetch(&s.records[static_cast<std::uint32_t>(s.keys[at + kAhead])]);
  const Record& soon = s.records[static_cast<std::uint32_t>(s.keys[at + kIdAhead])];
  __builtin_prefetch(&context_.plan.audience->id(soon.listener));
  __builtin_prefetch(&catalog_->id(soon.song));
}

void SessionWalk::render(std::uint64_t index, Scratch& s, RowConsumer& out) const {
  const Audience& audience = *context_.plan.audience;
  const std::int64_t begin_ms =
      context_.plan.start_epoch_ms + (static_cast<std::int64_t>(index) << context_.plan.geometry.slice_shift);
  for (std::size_t done = 0; done < s.keys.size(); done += kRowsPerCall) {
    const std::size_t count = std::min(kRowsPerCall, s.keys.size() - done);
    s.rows.resize(count);  // not cleared: every byte is written below
    s.rows.heads.resize(count);
    PlayRow* row = s.rows.rows<PlayRow>().data();
    EventHead* head = s.rows.heads.data();
    for (std::size_t i = 0; i < count; ++i, ++row, ++head) {
      prefetch(s, done + i);
      const Record& r = s.records[static_cast<std::uint32_t>(s.keys[done + i])];
      row->song_id = catalog_->id(r.song);
      row->user_id = audience.id(r.listener);
      row->location_id = audience.location_id(r.location);
      row->played_at.ms = begin_ms + r.in_slice_ms;
      row->play_duration_ms = r.listened_ms;
      row->device_type = static_cast<Device>(r.device_and_tie & 0xff);
      *head = {row->played_at.ms * 1'000'000, r.listener, r.cell, r.seq};
    }
    const auto rows = s.rows.rows<PlayRow>();
    for (std::size_t i = 0; i < count; ++i)
      rows[i].event_id =
          pack_event_id({run_, s.rows.heads[i].owner, static_cast<std::uint32_t>(s.rows.heads[i].seq)});
    out.take(0, s.rows);
  }
}

}  // namespace racesim::plays
