#include "sim/plays/plan/cell_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "sim/plays/draws.h"
#include "sim/plays/render/session_length.h"

namespace racesim::plays {
namespace {

// Half an hour's silence behind a session, as in eventsim.
constexpr std::int64_t kBreakMs = 1'800'000;
// Time kept for a session beyond its usual plays, × the root of their number: some two deviations.
constexpr double kSpread = 1.6;
// A listener can fill this share of a turn with plays.
constexpr double kFullDay = 0.8;
// And nobody has more than this × the mean where all have too little time.
constexpr double kFairShare = 1.25;
// At most this share of an overfull turn is silent before its first play.
constexpr double kLead = 0.06;
// One listener in ten is away for two days of a week: one session in thirty-five.
constexpr std::uint64_t kTripOf65536 = 6'554;
constexpr std::int64_t kTripMs = 2 * kDayMs;

/// Skips against the hour and the day (Lamere 2014: more at weekends and off work); our own figures, mean 1.
constexpr auto kHourPatience = [] {
  std::array<float, kWeekBins> table{};
  for (std::size_t bin = 0; bin < kWeekBins; ++bin) {
    const std::size_t hour = bin % 48 / 2;
    const bool weekend = bin >= 5 * 48;
    table[bin] = weekend ? 0.952F : hour >= 9 && hour < 17 ? 1.075F : 0.985F;
  }
  return table;
}();

}  // namespace

CellPlanner::CellPlanner(const PlanContext& context) : context_(&context) {
  const Geometry& g = context.geometry;
  const auto fitting = static_cast<double>(g.cell_ms) * g.classes / context.usual_play_ms;
  most_plays_ = static_cast<std::uint32_t>(std::clamp(fitting, 1.0, static_cast<double>(kMostSessionPlays)));
  mean_plays_ = mean_session_length(most_plays_);
  for (std::uint32_t plays = 0; plays <= most_plays_; ++plays)
    needs_by_plays_ms_.push_back(
        static_cast<std::int64_t>((plays + kSpread * std::sqrt(plays)) * context.usual_play_ms));
}

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
  read_moods(span, shard);
  const std::uint64_t block = static_cast<std::uint64_t>(shard) * g.classes + g.class_of(cell);
  const std::uint64_t blocks = static_cast<std::uint64_t>(g.shards) * g.classes;
  const std::uint64_t listeners = context_->audience->size();
  const auto first = static_cast<std::uint32_t>(listeners * block / blocks);
  const auto last = static_cast<std::uint32_t>(listeners * (block + 1) / blocks);
  weigh(span, first, last);
  level_weights(kFullDay * static_cast<double>(g.cell_ms) * g.classes / context_->usual_play_ms, plays);
  const StreamKey key = stream_key(context_->seed, topic_hash("plays.cell"), ordinal(g, cell, shard));
  draw_sessions(key, span, plays, out);
  place_in_time(cell, span, out);
}

void CellPlanner::read_clocks(Span span) {
  const std::int64_t begin_ms = context_->start_epoch_ms + span.begin_ms;
  if (begin_ms < clocks_from_ms_ || begin_ms >= clocks_until_ms_) {
    offsets_ms_.clear();
    clocks_from_ms_ = begin_ms;
    clocks_until_ms_ = INT64_MAX;
    for (const OffsetRule& rule : context_->audience->rules()) {
      offsets_ms_.push_back(offset_minutes(rule, begin_ms) * 60'000LL);
      clocks_until_ms_ = std::min(clocks_until_ms_, next_offset_change_ms(rule, begin_ms));
    }
  }
  begin_bins_.clear();
  for (const std::int64_t offset_ms : offsets_ms_) begin_bins_.push_back(week_bins(begin_ms + offset_ms));
  cell_bins_ = static_cast<double>(span.end_ms - span.begin_ms) / static_cast<double>(kBinMs);
}

void CellPlanner::read_moods(Span span, std::uint32_t shard) {
  const std::int64_t week = (context_->start_epoch_ms + span.begin_ms) / kWeekMs;
  if (week == week_ && shard == shard_) return;
  week_ = week;
  shard_ = shard;
  const StreamKey key = stream_key(context_->seed, "plays.week", static_cast<std::uint64_t>(week));
  const std::uint64_t listeners = context_->audience->size();
  moods_.resize(listeners);
  const auto last = static_cast<std::uint32_t>(listeners * (shard + 1) / context_->geometry.shards);
  for (auto i = static_cast<std::uint32_t>(listeners * shard / context_->geometry.shards); i < last; ++i)
    moods_[i] = mood_of(i, key, week);
}

/// Heavy and light weeks alternate (Louail and Barthelemy 2017): each listener's weight × 0.5 to 1.5.
CellPlanner::Mood CellPlanner::mood_of(std::uint32_t listener, StreamKey key, std::int64_t week) const {
  const Listener& person = (*context_->audience)[listener];
  const Geometry& g = context_->geometry;
  const std::uint64_t bits = draw(key, listener);
  const double inclination = static_cast<double>(person.weight) * (0.5 + unit(bits));
  const std::int64_t possible = std::max(person.registered_ms, context_->earliest_epoch_ms);
  Mood mood{};
  mood.from_ms = possible <= context_->start_epoch_ms ? INT64_MIN : possible;
  // A window that has an end repeats, but not for those who come in its course: their cells must tile it.
  mood.phase_ms = !g.endless && mood.from_ms != INT64_MIN ? 0 : g.phase_ms(person.phase);
  const std::int64_t rest_ms = mood.phase_ms % kWeekMs;
  mood.phase_bins = static_cast<double>(rest_ms < 0 ? rest_ms + kWeekMs : rest_ms) / kBinMs;
  mood.week_z = static_cast<float>(roughly_normal(mix64(bits)));
  mood.length = week_length_factor(static_cast<double>(mood.week_z));
  mood.rule = person.rule;
  mood.home = person.home;
  mood.patience = person.patience;
  for (std::size_t h = 0; h < 2; ++h) {
    mood.device[h] = person.habits[h].device;
    mood.pull[h] = inclination * static_cast<double>(person.habits[h].share);
    mood.course[h] = &context_->courses->of(person, person.habits[h].device);
  }
  const std::uint64_t trip = draw({key.b, key.a}, listener);
  mood.trip_from_ms = INT64_MAX;
  if ((trip & 0xffff) < kTripOf65536) {
    mood.trip_from_ms = week * kWeekMs + static_cast<std::int64_t>(below(trip << 16, kWeekMs - kTripMs));
    mood.trip_to = context_->audience->near_by(person.home, mix64(trip));
  }
  return mood;
}

/// When the listener can begin a session of this cell, ms since the run's start.
inline CellPlanner::Span CellPlanner::own_span(const Mood& mood, Span span) const {
  const std::int64_t begin_ms = span.begin_ms + mood.phase_ms;
  if (mood.from_ms == INT64_MIN) return {begin_ms, span.end_ms + mood.phase_ms};
  return {std::max(begin_ms, mood.from_ms - context_->start_epoch_ms), span.end_ms + mood.phase_ms};
}

/// The begin of the listener's own cell as local time of the week.
inline double CellPlanner::begin_of(const Mood& mood) const {
  const double bins = begin_bins_[mood.rule] + mood.phase_bins;
  return bins >= static_cast<double>(kWeekBins) ? bins - static_cast<double>(kWeekBins) : bins;
}

/// own_span() as local time of the week.
inline Stretch CellPlanner::stretch_of(const Mood& mood, Span span) const {
  const std::int64_t begin_ms = context_->start_epoch_ms + span.begin_ms + mood.phase_ms;
  if (mood.from_ms <= begin_ms) [[likely]]
    return {begin_of(mood), cell_bins_};
  const double missed_bins = static_cast<double>(mood.from_ms - begin_ms) / static_cast<double>(kBinMs);
  return {week_bins(mood.from_ms + offsets_ms_[mood.rule]), std::max(0.0, cell_bins_ - missed_bins)};
}

/// Cumulative weights of the class over the span: mood × habit × what is usual at the place and hour, counted
/// from when the listener is there.
void CellPlanner::weigh(Span span, std::uint32_t first, std::uint32_t last) {
  first_ = first;
  weight_ends_.resize(last - first);
  double sum = 0, plays = 0, most = 0;
  double* end = weight_ends_.data();
  for (std::uint32_t i = first; i < last; ++i, ++end) {
    const Mood& mood = moods_[i];
    double weight = 0;
    if (mood.from_ms == INT64_MIN) [[likely]] {
      const Stretch::Moment begin(begin_of(mood));
      weight = mood.pull[0] * mood.course[0]->window(begin) + mood.pull[1] * mood.course[1]->window(begin);
    } else {
      const Stretch stretch = stretch_of(mood, span);
      weight =
          mood.pull[0] * mood.course[0]->integral(stretch) + mood.pull[1] * mood.course[1]->integral(stretch);
    }
    const double in_plays = weight * mood.length;
    sum += weight;
    *end = sum;
    plays += in_plays;
    most = std::max(most, in_plays);
  }
  RACESIM_CHECK(sum > 0);
  plays_weight_ = plays;
  most_weight_ = most;
}

/// Nobody can listen for longer than there is time: where that would be so for the keenest, the others
/// listen more. `fitting`: plays that a listener has time for, of `quota` of the cell.
void CellPlanner::level_weights(double fitting, std::uint64_t quota) {
  double most_share = fitting / static_cast<double>(quota);
  if (most_weight_ <= most_share * plays_weight_) return;
  const std::size_t count = weight_ends_.size();
  std::vector<double>& in_plays = scratch_;
  in_plays.resize(count);
  double before = 0, active = 0;
  for (std::size_t i = 0; i < count; ++i) {
    in_plays[i] = (weight_ends_[i] - before) * moods_[first_ + i].length;
    before = weight_ends_[i];
    active += in_plays[i] > 0 ? 1 : 0;
  }
  // Where there is no time for all, everybody has about as little.
  most_share = std::max(most_share, kFairShare / active);
  double cap = most_share * plays_weight_;
  // The cap is a share of a sum that falls with it: Newton's method, from above.
  for (int round = 0; round < 6; ++round) {
    double below_cap = 0, at_cap = 0;
    for (const double plays : in_plays) {
      below_cap += plays < cap ? plays : 0;
      at_cap += plays < cap ? 0 : 1;
    }
    if (most_share * at_cap >= 1) break;  // by rounding only
    cap = most_share * below_cap / (1 - most_share * at_cap);
  }
  before = 0;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = weight_ends_[i] - before;
    before = weight_ends_[i];
    sum += in_plays[i] > cap ? weight * (cap / in_plays[i]) : weight;
    weight_ends_[i] = sum;
  }
}

/// Walks once around the cumulative weights from a random place, in even strides with jitter, and takes
/// sessions until the quota is full.
void CellPlanner::draw_sessions(StreamKey key, Span span, std::uint64_t quota, std::vector<Session>& out) {
  const double total = weight_ends_.back();
  const double expected = std::max(1.0, static_cast<double>(quota) / mean_plays_);
  const double stride = total / expected;
  const StreamKey starts{key.b, key.a};
  double lap = -total * unit(draw(key, 0));  // what the rounds so far have taken, less the random origin
  std::size_t at = 0;
  std::uint64_t filled = 0;
  laps_.clear();
  for (std::uint64_t j = 0; filled < quota; ++j) {
    double position = (static_cast<double>(j) + unit(draw(key, 2 * j + 1))) * stride - lap;
    while (position >= total) {
      position -= total;
      lap += total;
      at = 0;
      laps_.push_back(j);
    }
    // Rounding may lift the position to the last end, so the search stops at who is there last.
    while (at + 1 < weight_ends_.size() && weight_ends_[at] <= position) ++at;
    const Mood& mood = moods_[first_ + at];
    const std::uint64_t length =
        std::min(session_length(static_cast<double>(mood.week_z), draw(key, 2 * j + 2)), most_plays_);
    const std::uint64_t rest = quota - filled;
    // A last session that the quota would cut to less than half makes the one in front longer instead.
    if (2 * rest < length && !out.empty() && out.back().plays + rest <= most_plays_) {
      out.back().plays = static_cast<std::uint16_t>(out.back().plays + rest);
      return;
    }
    const double before = at == 0 ? 0 : weight_ends_[at - 1];
    const double share = (position - before) / (weight_ends_[at] - before);
    const StartDraw start = draw_start(mood, share, span, unit(draw(starts, j)));
    const auto plays = static_cast<std::uint16_t>(std::min(rest, length));
    out.push_back({start.start_ms, 0, first_ + static_cast<std::uint32_t>(at),
                   static_cast<std::uint32_t>(filled), mood.home, mood.patience, plays, start.device});
    filled += plays;
  }
}

/// `device_share`, uniform in 0 to 1, decides between the listener's devices, `uniform` about the time.
CellPlanner::StartDraw CellPlanner::draw_start(const Mood& mood, double device_share, Span span,
                                               double uniform) const {
  const Stretch stretch = stretch_of(mood, span);
  const double main = mood.pull[0] * mood.course[0]->integral(stretch);
  const double other = mood.pull[1] * mood.course[1]->integral(stretch);
  const std::size_t h = device_share * (main + other) < main ? 0 : 1;
  const Span own = own_span(mood, span);
  const double bins = mood.course[h]->reach(stretch, uniform);
  const std::int64_t start_ms = own.begin_ms + static_cast<std::int64_t>(bins * static_cast<double>(kBinMs));
  return {std::clamp(start_ms, own.begin_ms, own.end_ms - 1), mood.device[h]};
}

/// Fills order_. Sessions are drawn lap by lap, each in the order of listeners, so laps are merged.
void CellPlanner::sort_by_listener(const std::vector<Session>& sessions) {
  order_.resize(sessions.size());
  std::iota(order_.begin(), order_.end(), 0U);
  for (const std::size_t lap : laps_) {
    const auto next = std::upper_bound(laps_.begin(), laps_.end(), lap);
    const std::size_t end = next == laps_.end() ? order_.size() : *next;
    std::uint32_t* const order = order_.data();
    std::inplace_merge(order, order + lap, order + end, [&](std::uint32_t a, std::uint32_t b) {
      return sessions[a].listener < sessions[b].listener;
    });
  }
}

void CellPlanner::place_in_time(std::int64_t cell, Span span, std::vector<Session>& out) {
  sort_by_listener(out);
  const std::int64_t turn_ms = context_->geometry.cell_begin(cell + context_->geometry.classes);
  for (std::size_t i = 0; i < order_.size();) {
    std::size_t end = i + 1;
    while (end < order_.size() && out[order_[end]].listener == out[order_[i]].listener) ++end;
    if (end - i > 1)
      std::sort(order_.data() + i, order_.data() + end, [&](std::uint32_t a, std::uint32_t b) {
        return out[a].start_ms != out[b].start_ms ? out[a].start_ms < out[b].start_ms : a < b;
      });
    settle_listener(span, turn_ms, out, order_.data() + i, end - i);
    i = end;
  }
  for (Session& session : out) complete(session);
}

/// Gives each session of one listener, in order of start, its time: as much as it needs, and half an hour's
/// break where there is room. Sessions that would run into one another, or into the class's next turn at
/// `turn_ms`, are moved apart. On a day too full for that all of them have less time in proportion.
void CellPlanner::settle_listener(Span span, std::int64_t turn_ms, std::vector<Session>& sessions,
                                  const std::uint32_t* order, std::size_t count) {
  const Geometry& g = context_->geometry;
  const Mood& mood = moods_[sessions[order[0]].listener];
  std::int64_t begin_ms = own_span(mood, span).begin_ms;
  std::int64_t limit_ms = turn_ms + mood.phase_ms;
  // Past the window's end a session goes on as one that was under way at its start: only for those who were
  // registered then. The last millisecond can still hold a play.
  if (!g.endless && mood.from_ms != INT64_MIN) limit_ms = std::min(limit_ms, g.span_ms - 1);
  needs_ms_.resize(count);
  std::int64_t all_ms = 0;
  for (std::size_t i = 0; i < count; ++i)
    all_ms += needs_ms_[i] = needs_by_plays_ms_[sessions[order[i]].plays];

  double part = 1;
  std::int64_t break_ms = 0;
  const std::int64_t room_ms = limit_ms - begin_ms;
  if (count == 1 && all_ms <= room_ms) {  // most listeners
    Session& session = sessions[order[0]];
    session.limit_ms = limit_ms - std::min(kBreakMs, room_ms - all_ms);
    session.start_ms = std::clamp(session.start_ms, begin_ms, session.limit_ms - all_ms);
    return;
  }
  if (all_ms <= room_ms) {
    break_ms = std::min(kBreakMs, (room_ms - all_ms) / static_cast<std::int64_t>(count));
  } else {
    // The day does not begin with its first moment even then.
    const double lead = kLead * unit(mix64(static_cast<std::uint64_t>(sessions[order[0]].start_ms)));
    part = static_cast<double>(room_ms) / static_cast<double>(all_ms) * (1 - lead);
    begin_ms += static_cast<std::int64_t>(lead * static_cast<double>(room_ms));
  }
  // More plays than milliseconds: those of a session all at once, none listened to. Their number stays exact.
  const bool at_once = part * context_->usual_play_ms < 1;
  if (at_once && room_ms > 0) --limit_ms;
  std::int64_t before_ms = 0;
  blocks_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    needs_ms_[i] = static_cast<std::int64_t>(static_cast<double>(needs_ms_[i]) * part) + break_ms;
    // Less the time of those in front, starts must not fall: neighbours that would are moved to their mean,
    // so that on the whole nobody is early or late.
    blocks_.push_back({sessions[order[i]].start_ms - begin_ms - before_ms, 1});
    before_ms += needs_ms_[i];
    while (blocks_.size() > 1 && blocks_.back().mean_ms() <= (blocks_.end() - 2)->mean_ms()) {
      const Block last = blocks_.back();
      blocks_.pop_back();
      blocks_.back().sum_ms += last.sum_ms;
      blocks_.back().sessions += last.sessions;
    }
  }
  const std::int64_t most_ms = std::max<std::int64_t>(0, limit_ms - begin_ms - before_ms);
  std::size_t i = 0;
  before_ms = begin_ms;
  for (const Block& block : blocks_) {
    const std::int64_t later_ms = std::clamp<std::int64_t>(block.mean_ms(), 0, most_ms);
    for (const std::size_t end = i + static_cast<std::size_t>(block.sessions); i < end; ++i) {
      sessions[order[i]].start_ms = before_ms + later_ms;
      before_ms += needs_ms_[i];
    }
  }
  for (i = count; i-- > 0;) {
    Session& session = sessions[order[i]];
    session.limit_ms = at_once ? session.start_ms : limit_ms - break_ms;
    limit_ms = session.start_ms;
  }
}

/// Where the session is, and how patient the listener at that hour.
void CellPlanner::complete(Session& session) const {
  const Mood& mood = moods_[session.listener];
  const std::int64_t epoch_ms = context_->start_epoch_ms + session.start_ms;
  if (epoch_ms >= mood.trip_from_ms && epoch_ms - mood.trip_from_ms < kTripMs) [[unlikely]]
    session.location = mood.trip_to;
  session.patience *= kHourPatience[week_bin(epoch_ms + offsets_ms_[mood.rule])];
}

}  // namespace racesim::plays
