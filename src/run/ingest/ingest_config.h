// How an ingest goes about its work.
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace racesim {

/// What becomes of a record that is no row.
enum class OnInvalid : std::uint8_t {
  dead_letter,  ///< it is kept among the dead letters, the rest is stored
  reject,       ///< HTTP: nothing of its request is stored
  fail,         ///< the ingest ends; nothing of its block is stored
};

struct IngestConfig {
  std::uint32_t batch_records = 10'000;      ///< a transaction holds at least so many, if they come in time
  std::int64_t flush_ns = kNsPerSecond / 4;  ///< and no record waits longer for its transaction
  bool commit_at_once = false;               ///< as soon as nothing more is there, rather than after flush_ns
  OnInvalid on_invalid = OnInvalid::dead_letter;
  std::int64_t retry_max_ns = 300 * kNsPerSecond;  ///< a store that is away is waited for
  bool expires = false;                            ///< the store removes what is old
  /// Called after each commit with the records that it held, by the thread that writes. May be empty.
  std::function<void(std::uint64_t records)> on_commit;
};

}  // namespace racesim
