// The aggregations that run beside the runs of one scenario: a reader of its ring on another thread, which
// never holds up a run. What was overwritten before it came is counted as missed.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agg/engine.h"
#include "base/clock.h"
#include "base/histogram.h"
#include "codec/decoder.h"
#include "run/generate/status.h"
#include "serve/change_count.h"
#include "serve/control/run_book.h"
#include "serve/live/event_ring.h"
#include "serve/processing/result_table.h"
#include "serve/processing/run_views.h"

namespace racesim::serve {

struct ProcessingLimits {
  std::size_t rows_most = 65'536;  ///< of each table of results
  /// Of lines that wait here while the ring overwrites them; beyond it they are missed.
  std::size_t waiting_bytes = std::size_t{64} << 20;
  /// Results are made at most so often; those of charts, which are long, at most once a second.
  std::int64_t pause_ns = 100'000'000;
  std::uint64_t charted_rows_most =
      kChartedRowsMost;  ///< that the open windows of one length of chart may hold
  std::int64_t watermark_delay_us = kViewWatermark_us;
};

/// What was done with the events of a scenario's runs since the start. seen = taken + late + duplicates +
/// unusable + ignored + damaged.
struct ProcessingCounts {
  std::uint64_t seen = 0;
  std::uint64_t taken = 0;  ///< by at least one aggregation, and refused by none
  std::uint64_t late = 0, duplicates = 0;
  std::uint64_t unusable = 0;  ///< they lack what an aggregation needs
  std::uint64_t ignored = 0;   ///< no aggregation takes such rows
  std::uint64_t damaged = 0;   ///< no rows: --faults corrupt
  std::uint64_t missed = 0;    ///< overwritten before they were read
  std::uint64_t results = 0;   ///< rows made
  std::int64_t watermark_us = kNoWatermark_us, newest_us = kNoWatermark_us;  ///< of the run now, or the last
  LagSummary lag{};  ///< from when events could be read until they were
};

/// What was read of one run.
struct RunReading {
  std::uint64_t read = 0;  ///< events of the streams that aggregations take, damaged ones among them
  std::vector<std::string> streams;  ///< that aggregations take
  bool has_ended = false;            ///< its end was read too
};

/// step() by one thread, the rest by any.
class LiveResults {
 public:
  LiveResults(const ScenarioEntry& scenario, const EventRing& ring, const RunBook& book, Clock& clock,
              const ProcessingLimits& limits);

  /// Reads what is new. Errors say why the aggregations of a run could not be made; told once for each run.
  Done step();
  /// When step() has to be called again for what it has read; none: when something comes.
  std::optional<std::int64_t> due_ns() const { return due_ns_; }

  /// Null: the scenario has no such results. By the name of the aggregation; top songs by the window too:
  /// "top-songs 5m".
  const ResultTable* table(std::string_view name) const;
  /// Its windows held too many rows: there are no such results any more in this run.
  bool is_suspended(std::string_view name) const;
  /// Event time of the newest event of the run now, or the last one; kNoWatermark_us before the first.
  std::int64_t newest_us() const;
  /// Of what is_suspended() and newest_us() tell.
  const ChangeCount& progress() const { return progress_; }
  ProcessingCounts counts() const;
  /// None: it was not of this process, or long ago.
  std::optional<RunReading> reading_of(std::uint32_t run) const;
  /// Grows whenever a result changes.
  std::uint64_t version() const { return version_; }

 private:
  /// Rows of one stream while a chunk is read.
  struct Stream {
    std::unique_ptr<Decoder> decoder;
    RowBatch rows;
    std::vector<std::uint32_t> records;
    Rejects rejects;
  };

  std::int64_t pause_ns() const;
  Done begin_run(const std::shared_ptr<const LiveForms>& forms);
  void take_chunks();
  void read_chunk(const EventChunk& chunk);
  void advance(bool ended);
  void publish();

  const ScenarioEntry& scenario_;
  const EventRing& ring_;
  const RunBook& book_;
  Clock& clock_;
  const ProcessingLimits limits_;
  const std::vector<RunView> views_;                  // in the order of the engine's parts
  std::vector<std::unique_ptr<ResultTable>> tables_;  // parallel to views_

  // The thread of step() only.
  std::shared_ptr<const LiveForms> forms_;
  std::shared_ptr<const MasterData> master_;  // the aggregations refer to it
  std::optional<AggregationEngine> engine_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<RowBatch> results_;
  std::vector<ArrivedRows> arrived_;
  std::vector<std::vector<Refused>> refused_;
  std::deque<std::shared_ptr<const EventChunk>> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t taken_id_ = 1, next_id_ = 1;  // behind what waits; behind what was read
  bool has_news_ = false;
  std::int64_t advanced_ns_ = 0;
  std::optional<std::int64_t> due_ns_;
  ProcessingCounts counts_;
  RunReading reading_;  // of the run now
  Histogram lag_;

  mutable std::mutex mutex_;
  ProcessingCounts shown_;                                     // under mutex_
  std::deque<std::pair<std::uint32_t, RunReading>> readings_;  // under mutex_; of runs, the newest last
  std::vector<bool> shown_suspended_;                          // under mutex_; parallel to views_
  ChangeCount progress_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace racesim::serve
