// Windows of event time per key. A row is late for a window that ends, with the allowed lateness, at or
// before the watermark of the row's own lane; it goes to all other windows that cover it, and is dropped
// where there is none. A session is what rows make whose own windows (their time and the gap) overlap, so
// which rows are taken never hangs on which came before them from other lanes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agg/aggregation.h"
#include "agg/entry.h"
#include "agg/window_shape.h"
#include "agg/windows/key.h"

namespace racesim::windows {

class Windows final : public Aggregation {
 public:
  Windows(const WindowShape& shape, const AggregationFrame& frame);

  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override;
  void advance(std::int64_t watermark_us, RowBatch& results) override;
  void finish(RowBatch& results) override;
  void save(StateWriter& out) const override;
  Done load(StateReader& in) override;

 private:
  /// When a row came, and when it happened.
  struct Moment {
    std::int64_t time_us, watermark_us;
  };
  /// A window that is to be given out.
  struct Due {
    std::int64_t end_us, start_us;
    std::uint32_t key, window;
    bool is_final;
  };

  template <class Events>
  void add_events(const Events& events, const RowBatch& rows, const LaneArrivals& arrivals,
                  std::vector<Refused>& refused);
  template <class Number>
  std::optional<Refusal> add_aligned(std::uint32_t key, const Moment& moment, const Number& number,
                                     const Sample& sample);
  void add_to_earlier(std::uint32_t key, std::int64_t last_start_us, const Moment& moment,
                      const Sample& sample);
  template <class Number>
  std::optional<Refusal> add_to_session(std::uint32_t key, const Moment& moment, const Number& number,
                                        const Sample& sample);

  /// Why no row comes into a window any more that ends then; none: it is open.
  std::optional<Refusal> closed(std::int64_t end_us, const Moment& moment) const;
  Refusal refuse(Key& key, Refusal why, const Moment& moment) const;
  Window& aligned_window(std::uint32_t key, std::int64_t start_us);
  Window& session_at(std::uint32_t key, std::int64_t time_us);
  void opened(const Window& window);
  void note_change(std::uint32_t key, Window& window);

  /// A session is open for a gap longer: until then rows may come that prolong it.
  std::int64_t closes_us(const Window& window) const { return window.end_us + lateness_us_ + shape_.gap_us; }
  /// Only a session may begin earlier than it seems, as long as its first row's own window is open.
  bool start_is_settled(const Window& window, std::int64_t watermark_us) const {
    return !shape_.sessions() || window.start_us + shape_.gap_us + lateness_us_ <= watermark_us;
  }
  void find_closed(std::int64_t watermark_us);
  void find_changed(std::int64_t watermark_us);
  void give_out(RowBatch& results);
  void append_row(const Due& due, RowBatch& results);
  void forget_given_out();
  void list_changed_keys();

  const WindowShape shape_;
  const std::string shape_text_;
  const bool updates_;
  const std::int64_t watermark_delay_us_, lateness_us_;

  Keys keys_;
  std::int64_t watermark_us_ = kNoWatermark_us;
  std::int64_t next_close_us_ = kEndOfTime_us;  // no window closes earlier
  std::vector<std::uint32_t> changed_keys_;
  std::vector<Due> due_;  // while results are given out
};

}  // namespace racesim::windows
