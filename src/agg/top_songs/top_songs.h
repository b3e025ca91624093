// Charts of windows. A play goes to every window that covers it and that the watermark of its lane has not
// closed; previous ranks are those of the window that began one slide earlier, of which all ranks are kept.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agg/aggregation.h"
#include "agg/entry.h"
#include "agg/top_songs/music.h"
#include "agg/top_songs/plays_window.h"
#include "agg/window_shape.h"
#include "model/play.h"

namespace racesim::top_songs {

struct TopSongsOptions {
  WindowShape shape;  ///< not sessions
  std::uint32_t top = 10;
  std::vector<Chart> charts{Chart::all};
};

class TopSongs final : public Aggregation {
 public:
  TopSongs(TopSongsOptions options, const AggregationFrame& frame);

  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override;
  void advance(std::int64_t watermark_us, RowBatch& results) override;
  void finish(RowBatch& results) override;
  void save(StateWriter& out) const override;
  Done load(StateReader& in) override;

 private:
  std::optional<Refusal> add_play(const PlayRow& play, std::int64_t time_us, std::int64_t lane_watermark_us);
  std::optional<Refusal> closed(std::int64_t end_us, std::int64_t lane_watermark_us) const;
  PlaysWindow& window_at(std::int64_t start_us);
  void find_charts(const PlayRow& play);

  void close_until(std::int64_t watermark_us, RowBatch& results);
  void give_changed(RowBatch& results);
  /// Null: nothing was played then.
  const PlaysWindow* before(std::size_t index) const;
  void append_charts(std::size_t index, bool is_final, RowBatch& results) const;
  void append_row(const PlaysWindow& window, const SongTally& song, std::uint32_t rank,
                  const PlaysWindow* previous, bool is_final, RowBatch& results) const;

  const TopSongsOptions options_;
  const std::string shape_text_;
  const bool updates_;
  const std::int64_t lateness_us_;
  const Music music_;

  Charts charts_;
  std::int64_t watermark_us_ = kNoWatermark_us;
  std::deque<PlaysWindow> open_;       // ascending
  std::optional<PlaysWindow> closed_;  // the last one that was given out as final
  std::vector<std::uint32_t> charts_of_play_;
};

}  // namespace racesim::top_songs
