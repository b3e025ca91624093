// What was sent, as verify makes it again: of a scenario, or of a recording that was replayed.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "run/content.h"
#include "run/generate/event_feed.h"
#include "run/record/manifest.h"
#include "run/replay/source_requests.h"
#include "sim/scenario.h"

namespace racesim {

/// One thread; but what it returns lives as long as it.
class Truth {
 public:
  virtual ~Truth() = default;
  virtual std::span<const StreamInfo> streams() const = 0;
  virtual const Owners& owners() const = 0;
  virtual std::uint32_t run() const = 0;
  /// That a file begins with; empty: with an event.
  virtual std::string header() const = 0;
  /// The stream with its faults, from its first event on; not started. `instead` encodes its lines, where it
  /// is not null. Once.
  virtual std::unique_ptr<EventFeed> feed(unsigned threads, const Encoder* instead) = 0;
  /// Of a scenario; null: of a recording, whose lines are told apart by their bytes only.
  virtual const Content* content() const = 0;
};

/// Both outlive it.
std::unique_ptr<Truth> truth_of(const Manifest& manifest, const Content& content);

/// Plans the run of the manifest again, which outlives the truth, or opens the recording again. Errors: those
/// of open_truth(); usage for a recording that is not what it was.
Result<std::unique_ptr<Truth>> open_whole_truth(const Manifest& manifest, const SourceAccess& access);

}  // namespace racesim
