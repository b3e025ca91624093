// What every window of a run must contain, worked out from what was sent, one event at a time and apart from
// src/agg: the referee of any engine's windows.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "run/rows/row_reader.h"
#include "verify/aggregates/sent_rows.h"

namespace racesim {

/// Windows aligned to the epoch, all in microseconds of event time.
struct Windowing {
  std::string text;  ///< "5s", "1m/10s"
  std::int64_t size_us = 0, slide_us = 0;
};
/// None: sessions, or what nobody wrote.
std::optional<Windowing> parse_windowing(std::string_view text);

/// What decides how late an event may come.
struct LatenessRules {
  std::int64_t delay_us = 10'000'000;  ///< of the watermark behind the newest event
  std::int64_t allowed_us = 0;         ///< behind the watermark
  /// An engine that works in batches: how much event time one may cover. Its watermark moves only between
  /// batches, and follows the newest event of all partitions. 0: the watermark is that of the event's own
  /// partition, event by event.
  std::int64_t batch_us = 0;
};

/// What must become of an event in a window.
enum class Due : std::uint8_t {
  keep,    ///< no watermark that an engine may have had has passed the window
  drop,    ///< every one has
  either,  ///< it hangs on how the engine cut its batches
};

/// The rules applied to events in their order of arrival.
class LatenessJudge {
 public:
  LatenessJudge(const LatenessRules& rules, std::uint32_t lanes) : rules_(rules), lanes_(lanes) {}

  /// The next event of that lane, sent at `emit_us`. Its windows are judged by due().
  void arrive(std::uint32_t lane, std::int64_t time_us, std::int64_t emit_us);
  /// Of the last event, for what ends at `end_us`.
  Due due(std::int64_t end_us) const;
  /// No engine's watermark is later at the end.
  std::int64_t newest_us() const { return newest_us_; }

 private:
  struct Sent {
    std::int64_t emit_us, newest_us;
  };
  struct Lane {
    std::int64_t newest_us = INT64_MIN, settled_us = INT64_MIN;
    std::deque<Sent> open;  ///< not longer ago than a batch
  };
  const LatenessRules rules_;
  std::vector<Lane> lanes_;
  std::int64_t newest_us_ = INT64_MIN;
  std::int64_t lowest_us_ = INT64_MIN, highest_us_ = INT64_MIN;  ///< watermarks that the last event may meet
};

/// Sums of events, exact.
struct WindowSum {
  std::uint64_t samples = 0;
  std::int64_t speed_sum = 0, speed_min = INT64_MAX, speed_max = INT64_MIN;  ///< as rows have them
  std::int64_t rpm_sum = 0, rpm_max = INT64_MIN, listened_ms = 0;
};

struct WindowKey {
  std::string stream, key, windowing;
  std::int64_t start_us = 0;
  auto operator<=>(const WindowKey&) const = default;
};

struct WindowContent {
  std::int64_t end_us = 0;
  WindowSum kept, either;
  std::uint64_t dropped = 0;
};

class WindowTruth {
 public:
  WindowTruth(std::vector<Windowing> windowings, const LatenessRules& rules, std::uint32_t lanes);
  ~WindowTruth();

  void add(const SentBlock& block);

  const std::map<WindowKey, WindowContent>& windows() const { return windows_; }
  /// Events by what must become of them in the first windowing, copies left out.
  std::uint64_t kept() const { return kept_; }
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t either() const { return either_; }
  std::int64_t newest_us() const { return judge_.newest_us(); }
  /// Rows of this schema have speeds, and not listening.
  bool has_speed(const std::string& stream) const;
  /// Its rows say of which run they are.
  bool names_run(const std::string& stream) const;

 private:
  struct Source;
  Source* source_of(const RowBatch& rows);
  bool is_copy(const Source& source, const RowBatch& rows, std::size_t i);
  void count(const Source& source, const RowBatch& rows, std::size_t i, std::int64_t time_us);

  const std::vector<Windowing> windowings_;
  LatenessJudge judge_;
  std::map<const SchemaInfo*, std::unique_ptr<Source>> sources_;
  std::map<WindowKey, WindowContent> windows_;
  std::unordered_map<std::string, std::vector<bool>> seen_;  ///< by owner: numbers that came
  std::uint64_t kept_ = 0, dropped_ = 0, either_ = 0;
};

}  // namespace racesim
