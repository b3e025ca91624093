// What a replay sends: the lanes of its sources, where their events go, and the feed that reads them.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/dead_letter.h"
#include "run/config.h"
#include "run/outlets/event_forms.h"
#include "run/replay/replay_feed.h"

namespace racesim {

class Recording {
 public:
  /// Opens the sources and looks at their first records, from which topics and a header follow. Errors: those
  /// of the sources; usage for sources that do not go together.
  static Result<std::unique_ptr<Recording>> open(const RunConfig& config);
  /// What open() would refuse, as far as can be told without reading.
  static Done check(const RunConfig& config);

  const EventForms& forms() const { return forms_; }
  /// Once. Records that are no events go to the dead-letter file, which outlives the feed.
  std::unique_ptr<EventFeed> feed(DeadLetter& dead_letter);
  /// The same stream once more, of sources that are opened anew; nobody keeps, counts or remembers anything.
  std::unique_ptr<EventFeed> feed_again();

  /// Its streams, for messages and faults.
  const std::vector<StreamTag>& tags() const { return *tags_; }
  /// What the replay found; behind the feed's wait() also what it read. Not while it reads.
  FoundRecording found() const;
  /// The key of an entity of its events. Any thread.
  void append_key(std::uint32_t entity, std::string& out) const { keys_.append(entity, out); }

  /// Without its speeds. Any thread.
  ReplayStatus status() const;
  /// Nothing but records that are no events: what to tell. Behind the end.
  std::optional<Error> nothing_to_send() const;
  /// What the user should know; each once. One thread at a time.
  std::vector<Error> take_warnings();

 private:
  explicit Recording(const RunConfig& config) : config_(config) {}
  Done look();
  Done choose_streams();
  void note_lanes();
  std::unique_ptr<EventFeed> feed_with(RefuseRecord refuse, OpenLanes open, ReplayCounters& counters);
  Result<std::vector<RecordedLane>> open_again() const;
  void refuse(DeadLetter& to, const std::string& lane, std::int64_t offset, std::string_view record,
              const std::string& why);

  const RunConfig& config_;
  EventForms forms_;
  ReplayStreams streams_;
  std::shared_ptr<const std::vector<StreamTag>> tags_;
  EntityKeys keys_;
  ReplayCounters counters_, nobodys_counters_;
  std::vector<RecordedLane> lanes_;  ///< of the first round
  std::vector<LaneRecord> lane_records_;
  std::deque<LaneDigest> digests_;  ///< parallel to them; none: nobody asks
  mutable std::mutex mutex_;        ///< guards all below
  std::string first_refusal_;
  bool told_of_refusal_ = false, told_of_gap_ = false;
};

/// Number of the replay, where the configuration does not name it: a hash of its sources and of the options
/// that decide what is sent.
std::uint32_t replay_run(const RunConfig& config);

}  // namespace racesim
