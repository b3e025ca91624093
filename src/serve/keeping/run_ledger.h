// What runs tell the writer of the store beside their events, and what it tells of them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace racesim::serve {

struct KeptManifest {
  std::uint32_t run = 0;
  std::int64_t started_ms = 0;  ///< event time of its begin
  bool has_ended = false;
  std::string text;
};

/// What stored results of a run were made of: events of the kinds that aggregations take.
struct ResultInput {
  std::uint64_t taken = 0;    ///< by all aggregations that take such events
  std::uint64_t refused = 0;  ///< late, there before, or lacking a field
  std::uint64_t results = 0;  ///< rows stored, replaced ones among them
};

/// Any thread.
class RunLedger {
 public:
  static constexpr std::size_t kRunsMost = 100;  ///< whose input is remembered

  /// To be stored with the next transaction.
  void put(KeptManifest manifest);
  /// Those that are not stored yet; forget() drops the first `count` of them.
  std::vector<KeptManifest> manifests() const;
  void forget(std::size_t count);

  void note_input(std::uint32_t run, const ResultInput& input);
  std::optional<ResultInput> input_of(std::uint32_t run) const;

 private:
  mutable std::mutex mutex_;
  std::deque<KeptManifest> manifests_;
  std::map<std::uint32_t, ResultInput> inputs_;
  std::deque<std::uint32_t> order_;  // of inputs_, the oldest first
};

}  // namespace racesim::serve
