// Plans the sessions of one cell: whose, how long, from when. Pure in (seed, cell).
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "sim/plays/plan/demand.h"
#include "sim/plays/plan/geometry.h"

namespace racesim::plays {

/// A planned session. Times are ms since the run's start, as the cell itself has them (not its repetition).
struct Session {
  std::int64_t start_ms;
  std::int64_t limit_ms;  ///< the last play has ended by then
  std::uint32_t listener;
  std::uint32_t first_seq;  ///< of the cell, of the session's first play
  std::uint32_t location;
  float patience;  ///< 1 / (how much more often than the average is skipped in this session)
  std::uint16_t plays;
  Device device;
};

/// Everything a plan depends on; all const and outliving the planner.
struct PlanContext {
  std::uint64_t seed;
  std::int64_t start_epoch_ms;
  std::int64_t earliest_epoch_ms;  ///< nothing can be played before: the first release
  std::int64_t longest_play_ms;    ///< with the pause behind it
  std::uint32_t usual_play_ms;     ///< as well
  const Audience* audience;
  const Courses* courses;
  const Demand* demand;
  Geometry geometry;
};

/// One per thread: it keeps scratch memory between cells.
class CellPlanner {
 public:
  explicit CellPlanner(const PlanContext& context);

  /// The number that names (cell, shard) in event ids and keys; `cell` is not negative in a closed window.
  static std::uint32_t ordinal(const Geometry& geometry, std::int64_t cell, std::uint32_t shard);

  /// Replaces `out` by the sessions of the cell in seq order.
  void plan(std::int64_t cell, std::uint32_t shard, std::vector<Session>& out);

  /// Plays of the cell.
  std::uint64_t quota(std::int64_t cell, std::uint32_t shard) const;

 private:
  struct Span {
    std::int64_t begin_ms;
    std::int64_t end_ms;
  };

  struct StartDraw {
    std::int64_t start_ms;
    Device device;
  };

  /// Sessions that stand close to one another, and what they start later than they could, summed up.
  struct Block {
    std::int64_t sum_ms;
    std::int64_t sessions;
    std::int64_t mean_ms() const { return sum_ms / sessions; }
  };
  /// What a listener is like in one week: all that planning needs to know, side by side.
  struct Mood {
    double pull[2];  ///< weight of the sessions on each of the two devices × 0.5 to 1.5
    const WeeklyCourse* course[2];
    double phase_bins;      ///< phase_ms in half-hours, modulo a week
    double length;          ///< of the sessions, × the mean
    float week_z;           ///< the same, standard normal
    float patience;         ///< 1 / (how much more often than the average the listener skips)
    std::int64_t phase_ms;  ///< how much later the listener's own cells begin
    std::int64_t from_ms;   ///< epoch; when the listener comes, far back for who was there at the run's start
    std::int64_t trip_from_ms;  ///< epoch; of two days away, far ahead if there are none
    std::uint32_t home;         ///< location
    std::uint32_t trip_to;      ///< location
    std::uint16_t rule;
    Device device[2];
  };

  void read_clocks(Span span);
  void read_moods(Span span, std::uint32_t shard);
  Mood mood_of(std::uint32_t listener, StreamKey key, std::int64_t week) const;
  Span own_span(const Mood& mood, Span span) const;
  double begin_of(const Mood& mood) const;
  Stretch stretch_of(const Mood& mood, Span span) const;
  void weigh(Span span, std::uint32_t first, std::uint32_t last);
  void level_weights(double fitting, std::uint64_t quota);
  void draw_sessions(StreamKey key, Span span, std::uint64_t quota, std::vector<Session>& out);
  void sort_by_listener(const std::vector<Session>& sessions);
  void place_in_time(std::int64_t cell, Span span, std::vector<Session>& out);
  void settle_listener(Span span, std::int64_t turn_ms, std::vector<Session>& sessions,
                       const std::uint32_t* order, std::size_t count);
  StartDraw draw_start(const Mood& mood, double device_share, Span span, double uniform) const;
  void complete(Session& session) const;

  const PlanContext* context_;
  std::uint32_t most_plays_;                     ///< of a session
  double mean_plays_;                            ///< of a session
  std::vector<std::int64_t> needs_by_plays_ms_;  ///< time for a session of so many plays, rarely hurried
  std::int64_t clocks_from_ms_ = 0;              ///< epoch; offsets_ms_ hold from here
  std::int64_t clocks_until_ms_ = INT64_MIN;     ///< until here
  std::vector<std::int64_t> offsets_ms_;         ///< of each rule's clock at the cell's begin
  std::vector<double> begin_bins_;               ///< local time of the week at the cell's begin, per rule
  double cell_bins_ = 0;                         ///< length of the cell
  std::int64_t week_ = INT64_MIN;                ///< of moods_
  std::uint32_t shard_ = 0;                      ///< of moods_
  std::vector<Mood> moods_;                      ///< per listener; those of the shard are filled in
  std::uint32_t first_ = 0;                      ///< listener of the class
  std::vector<double> weight_ends_;              ///< cumulative, per listener from first_ on
  double plays_weight_ = 0;                      ///< sum of the weights in plays, not sessions
  double most_weight_ = 0;                       ///< the largest of one listener in plays
  std::vector<double> scratch_;
  std::vector<std::size_t> laps_;  ///< where draw_sessions() came round: sessions stand by listener between
  std::vector<std::uint32_t> order_;
  std::vector<Block> blocks_;
  std::vector<std::int64_t> needs_ms_;  ///< of the sessions of one listener
};

}  // namespace racesim::plays
