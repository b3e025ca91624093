#include "sim/plays/cell_plan.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/check.h"
#include "base/detmath.h"

namespace racesim::plays {
namespace {

// Lengths of sessions in plays: log-normal, so that most are short and some fill an evening; the Spotify
// sessions of Brost, Mehrotra and Jehan 2019 have 10 to 20 tracks, cut off at both ends.
constexpr double kMedianPlays = 7.0;
constexpr double kSigmaPlays = 0.8;
constexpr std::uint32_t kMostPlays = 150;
// Successive sessions of a listener are alike (Zhang et al. 2013): this share of the variance goes by the
// week, 0.45; here the square roots of both shares.
constexpr double kWeekPart = 0.6708203932499369;
constexpr double kSessionPart = 0.7416198487095663;

constexpr std::size_t kLengthSteps = 512;

/// Plays by standard normal z from -4 to 4.
const std::array<std::uint16_t, kLengthSteps>& session_lengths() {
  static const auto table = [] {
    std::array<std::uint16_t, kLengthSteps> lengths{};
    for (std::size_t i = 0; i < kLengthSteps; ++i) {
      const double z = (static_cast<double>(i) + 0.5) * 8.0 / kLengthSteps - 4.0;
      const double plays = kMedianPlays * detmath::exp(kSigmaPlays * z) + 0.5;
      lengths[i] = static_cast<std::uint16_t>(std::clamp(plays, 1.0, static_cast<double>(kMostPlays)));
    }
    return lengths;
  }();
  return table;
}

/// Roughly normal, mean 0, variance 1: the sum of four 16-bit uniforms.
double normal(std::uint64_t bits) {
  const double sum =
      static_cast<double>((bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48));
  return (sum * 0x1p-16 - 2.0) * 1.7320508075688772;
}

std::uint32_t session_length(double week_z, std::uint64_t bits) {
  const double z = kWeekPart * week_z + kSessionPart * normal(bits);
  const double step = (z + 4.0) * (static_cast<double>(kLengthSteps) / 8.0);
  return session_lengths()[static_cast<std::size_t>(
      std::clamp(step, 0.0, static_cast<double>(kLengthSteps - 1)))];
}

/// Skips against the hour and the day (Lamere 2014: more at weekends and off work); our own figures, mean 1.
float hour_patience(std::int64_t local_ms) {
  const std::size_t bin = week_bin(local_ms);
  const std::size_t hour = bin % 48 / 2;
  const bool working = bin < 5 * 48 && hour >= 9 && hour < 17;
  if (working) return 1.075F;
  return bin >= 5 * 48 ? 0.952F : 0.985F;
}

}  // namespace

std::uint32_t CellPlanner::ordinal(const Geometry& geometry, std::int64_t cell, std::uint32_t shard) {
  // Endless runs number the cells before the start too: those that can reach into the run come first.
  const std::int64_t number = geometry.endless ? cell + geometry.classes : cell;
  RACESIM_CHECK(number >= 0);
  return static_cast<std::uint32_t>(number * geometry.shards + shard);
}

std::uint64_t CellPlanner::quota(std::int64_t cell, std::uint32_t shard) const {
  const Geometry& g = context_->geometry;
  const std::int64_t begin_ms = g.cell_begin(cell);
  const std::int64_t end_ms = g.cell_begin(cell + 1);
  const auto before = [&](std::uint32_t s) {
    if (s == g.shards) return context_->demand->plays_before(end_ms, end_ms, 0);
    return context_->demand->plays_before(begin_ms, end_ms, static_cast<double>(s) / g.shards);
  };
  return static_cast<std::uint64_t>(before(shard + 1) - before(shard));
}

void CellPlanner::plan(std::int64_t cell, std::uint32_t shard, std::vector<Session>& out) {
  out.clear();
  const std::uint64_t plays = quota(cell, shard);
  if (plays == 0) return;
  const Geometry& g = context_->geometry;
  const Span span{g.cell_begin(cell), g.cell_begin(cell + 1)};
  read_clocks(span);
  read_moods(span);
  const std::uint64_t block = static_cast<std::uint64_t>(shard) * g.classes + g.class_of(cell);
  const std::uint64_t blocks = static_cast<std::uint64_t>(g.shards) * g.classes;
  const std::uint64_t listeners = context_->audience->size();
  weigh(span, static_cast<std::uint32_t>(listeners * block / blocks),
        static_cast<std::uint32_t>(listeners * (block + 1) / blocks));
  const StreamKey key = stream_key(context_->seed, topic_hash("plays.cell"), ordinal(g, cell, shard));
  draw_sessions(key, plays, out);
  place_in_time(key, cell, span, out);
}

void CellPlanner::read_clocks(Span span) {
  offsets_ms_.clear();
  busy_.clear();
  const std::int64_t begin = context_->start_epoch_ms + span.begin_ms;
  const std::int64_t end = context_->start_epoch_ms + span.end_ms;
  const auto& rules = context_->audience->rules();
  for (std::size_t r = 0; r < rules.size(); ++r) {
    const std::int64_t offset_ms = offset_minutes(rules[r], begin) * 60'000LL;
    offsets_ms_.push_back(offset_ms);
    for (std::size_t kind = 0; kind < Courses::kKinds; ++kind) {
      const WeeklyCourse& course = context_->courses->of(r, kind);
      const double before = course.integral(begin + offset_ms);
      busy_.push_back({before, course.integral(end + offset_ms) - before});
    }
  }
}

/// Heavy and light weeks alternate (Louail and Barthelemy 2017): each listener's weight × 0.5 to 1.5.
void CellPlanner::read_moods(Span span) {
  const std::int64_t week = (context_->start_epoch_ms + span.begin_ms) / kWeekMs;
  if (week == week_) return;
  week_ = week;
  const Audience& audience = *context_->audience;
  const StreamKey key =
      stream_key(context_->seed, topic_hash("plays.week"), static_cast<std::uint64_t>(week));
  moods_.resize(audience.size());
  for (std::uint32_t i = 0; i < audience.size(); ++i) {
    const Listener& person = audience[i];
    const std::uint64_t bits = draw(key, i);
    const double inclination = static_cast<double>(person.weight) * (0.5 + unit(bits));
    const std::int64_t possible = std::max(person.registered_ms, context_->earliest_epoch_ms);
    Mood& mood = moods_[i];
    mood.from_ms = possible <= context_->start_epoch_ms ? INT64_MIN : possible;
    mood.week_z = static_cast<float>(normal(mix64(bits)));
    for (std::size_t h = 0; h < 2; ++h) {
      mood.pull[h] = inclination * static_cast<double>(person.habits[h].share);
      mood.busy[h] = busy_index(person, person.habits[h].device);
    }
  }
}

std::uint32_t CellPlanner::busy_index(const Listener& person, Device device) const {
  return static_cast<std::uint32_t>(person.rule * Courses::kKinds + Courses::kind(person, device));
}

/// When the listener can begin in this span, epoch ms.
std::int64_t CellPlanner::first_moment(std::uint32_t listener, Span span) const {
  return std::max(context_->start_epoch_ms + span.begin_ms, moods_[listener].from_ms);
}

/// Cumulative weights of the class over the span: mood × habit × what is usual at the place and hour, counted
/// from when the listener is there.
void CellPlanner::weigh(Span span, std::uint32_t first, std::uint32_t last) {
  first_ = first;
  weight_ends_.resize(2 * static_cast<std::size_t>(last - first));
  const std::int64_t epoch_begin = context_->start_epoch_ms + span.begin_ms;
  const std::int64_t epoch_end = context_->start_epoch_ms + span.end_ms;
  double sum = 0;
  double* end = weight_ends_.data();
  for (std::uint32_t i = first; i < last; ++i, end += 2) {
    const Mood& mood = moods_[i];
    double there = 1;
    if (mood.from_ms > epoch_begin) [[unlikely]]
      there = static_cast<double>(std::max<std::int64_t>(0, epoch_end - mood.from_ms)) /
              static_cast<double>(epoch_end - epoch_begin);
    const double one = mood.pull[0] * busy_[mood.busy[0]].share * there;
    const double other = mood.pull[1] * busy_[mood.busy[1]].share * there;
    end[0] = sum + one;
    sum += one + other;
    end[1] = sum;
  }
  RACESIM_CHECK(sum > 0);
}

/// Walks once around the cumulative weights from a random place, in even strides with jitter, and takes
/// sessions until the quota is full.
void CellPlanner::draw_sessions(StreamKey key, std::uint64_t quota, std::vector<Session>& out) {
  const double total = weight_ends_.back();
  const double expected = std::max(1.0, static_cast<double>(quota) / kMeanSessionPlays);
  const double stride = total / expected;
  double lap = -total * unit(draw(key, 0));  // what the rounds so far have taken, less the random origin
  std::size_t at = 0;
  std::uint64_t filled = 0;
  laps_.clear();
  for (std::uint64_t j = 0; filled < quota; ++j) {
    const std::uint64_t bits = draw(key, 2 * j + 1);
    double position = (static_cast<double>(j) + unit(bits)) * stride - lap;
    while (position >= total) {
      position -= total;
      lap += total;
      at = 0;
      laps_.push_back(j);
    }
    // Rounding may lift the position to the last end, so the search stops at who is there last.
    while (at + 1 < weight_ends_.size() && weight_ends_[at] <= position) ++at;
    const std::uint32_t listener = first_ + static_cast<std::uint32_t>(at / 2);
    const std::uint64_t length =
        session_length(static_cast<double>(moods_[listener].week_z), draw(key, 2 * j + 2));
    Session session{};
    session.listener = listener;
    session.device = (*context_->audience)[listener].habits[at % 2].device;
    session.first_seq = static_cast<std::uint32_t>(filled);
    session.plays = static_cast<std::uint16_t>(std::min(quota - filled, length));
    filled += session.plays;
    out.push_back(session);
  }
}

std::int64_t CellPlanner::draw_start(const Session& session, Span span, double uniform) const {
  const Listener& person = (*context_->audience)[session.listener];
  const std::int64_t epoch_end = context_->start_epoch_ms + span.end_ms;
  const std::int64_t from = first_moment(session.listener, span);
  const std::int64_t offset_ms = offsets_ms_[person.rule];
  const WeeklyCourse& course = context_->courses->of(person, session.device);
  const Busy& busy = busy_[busy_index(person, session.device)];
  const bool all_along = from == context_->start_epoch_ms + span.begin_ms;
  const double before = all_along ? 0 : course.integral(from + offset_ms) - busy.begin;
  const double at = busy.begin + before + uniform * (busy.share - before);
  const std::int64_t start = course.inverse(at, from + offset_ms, epoch_end - 1 + offset_ms);
  return start - offset_ms - context_->start_epoch_ms;
}

/// Fills order_. Sessions are drawn lap by lap, each in the order of listeners, so laps are merged.
void CellPlanner::sort_by_listener(const std::vector<Session>& sessions) {
  order_.resize(sessions.size());
  std::iota(order_.begin(), order_.end(), 0U);
  for (const std::size_t lap : laps_) {
    const auto middle = order_.begin() + static_cast<std::ptrdiff_t>(lap);
    const auto next = std::upper_bound(laps_.begin(), laps_.end(), lap);
    const auto end = next == laps_.end() ? order_.end() : order_.begin() + static_cast<std::ptrdiff_t>(*next);
    std::inplace_merge(order_.begin(), middle, end, [&](std::uint32_t a, std::uint32_t b) {
      return sessions[a].listener < sessions[b].listener;
    });
  }
}

void CellPlanner::place_in_time(StreamKey key, std::int64_t cell, Span span, std::vector<Session>& out) {
  const StreamKey starts{key.b, key.a};
  for (std::uint64_t j = 0; j < out.size(); ++j)
    out[j].start_ms = draw_start(out[j], span, unit(draw(starts, j)));
  sort_by_listener(out);
  for (std::size_t i = 0; i < order_.size();) {
    std::size_t end = i + 1;
    while (end < order_.size() && out[order_[end]].listener == out[order_[i]].listener) ++end;
    if (end - i > 1)
      std::sort(order_.begin() + static_cast<std::ptrdiff_t>(i),
                order_.begin() + static_cast<std::ptrdiff_t>(end), [&](std::uint32_t a, std::uint32_t b) {
                  return out[a].start_ms != out[b].start_ms ? out[a].start_ms < out[b].start_ms : a < b;
                });
    settle_listener(cell, span, out, order_.data() + i, end - i);
    i = end;
  }
  for (std::uint64_t j = 0; j < out.size(); ++j) complete(starts, out[j], out.size() + j);
}

/// Gives each session of one listener, in order of start, the time up to the next one's start, the last the
/// time up to the class's next turn; leaves half an hour's break between sessions where there is room. A
/// session that would have less than a minute per play, or less than an even share where the day is too full
/// for that, starts earlier (or later, after those in front of it).
void CellPlanner::settle_listener(std::int64_t cell, Span span, std::vector<Session>& sessions,
                                  const std::uint32_t* order, std::size_t count) const {
  constexpr std::int64_t kBreakMs = 1'800'000;
  constexpr std::int64_t kPlayMs = 60'000;
  const Geometry& g = context_->geometry;
  std::int64_t limit_ms = g.cell_begin(cell + g.classes);
  // The last session ends as if the first one began again a turn later: with the cell bent to a circle, plays
  // are as dense at its seam as elsewhere.
  if (g.classes > 1) limit_ms -= span.end_ms - sessions[order[0]].start_ms;
  const std::uint32_t listener = sessions[order[0]].listener;
  // Past the window's end a session goes on as one that was under way at its start: only for those who were
  // registered then.
  const bool there_at_start = moods_[listener].from_ms == INT64_MIN;
  if (!g.endless && limit_ms > g.span_ms && !there_at_start) limit_ms = g.span_ms;
  std::int64_t plays = 0;
  for (std::size_t i = 0; i < count; ++i) plays += sessions[order[i]].plays;
  const std::int64_t begin_ms = first_moment(listener, span) - context_->start_epoch_ms;
  const std::int64_t slot_ms = std::min(kPlayMs, (limit_ms - begin_ms) / plays);
  for (std::size_t i = count; i-- > 0;) {
    Session& session = sessions[order[i]];
    plays -= session.plays;  // those of the sessions in front of this one, which need their slots too
    const std::int64_t needed_ms = session.plays * slot_ms;
    session.start_ms = std::max(begin_ms + plays * slot_ms, std::min(session.start_ms, limit_ms - needed_ms));
    const bool roomy = limit_ms - session.start_ms > needed_ms + 2 * kBreakMs;
    session.limit_ms = limit_ms - (roomy ? kBreakMs : 0);
    session.slot_ms = static_cast<std::uint32_t>(slot_ms);
    // More plays than milliseconds: all at once, none listened to. Their number stays exact.
    if (slot_ms == 0) session.start_ms = session.limit_ms = begin_ms;
    limit_ms = session.start_ms;
  }
}

void CellPlanner::complete(StreamKey key, Session& session, std::uint64_t index) const {
  const Audience& audience = *context_->audience;
  const Listener& person = audience[session.listener];
  const std::uint64_t bits = draw(key, index);
  // One session in thirty is played away from home.
  session.location = (bits & 0xffff) < 65536 / 30
                         ? static_cast<std::uint32_t>(below(mix64(bits), audience.location_count()))
                         : person.home;
  const std::int64_t epoch_ms = context_->start_epoch_ms + session.start_ms;
  session.patience = person.patience * hour_patience(epoch_ms + offsets_ms_[person.rule]);
}

}  // namespace racesim::plays
