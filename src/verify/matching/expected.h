// The send stream of a manifest, cut to what was sent and dealt out to sequences.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "run/generate/event_feed.h"
#include "run/record/manifest.h"
#include "verify/findings.h"
#include "verify/values/respeller.h"

namespace racesim {

/// The expected events of one sequence that are kept, by position: the number of the event in the sequence.
class ExpectedSequence {
 public:
  struct Piece {
    SharedBatch batch;
    std::size_t first = 0, last = 0;      ///< of the batch
    std::uint64_t position = 0;           ///< of `first`
    std::vector<std::uint64_t> ordinals;  ///< by event of the batch; empty: they are those of the batch
    MadePlaces made;
  };
  struct Event {
    const Piece* piece = nullptr;
    std::size_t i = 0;  ///< in its batch
    const WireBatch& batch() const { return *piece->batch; }
    const EventHead& head() const { return batch().heads[i]; }
    std::uint32_t stream() const { return batch().stream_of(i); }
    std::uint8_t faults() const { return batch().faults.empty() ? std::uint8_t{0} : batch().faults[i]; }
    std::string_view line() const { return batch().line(i); }
    std::uint64_t ordinal() const {
      return piece->ordinals.empty() ? batch().first_ordinal + i : piece->ordinals[i];
    }
    /// Its place in the stream as it was made.
    std::uint64_t made() const { return piece->made.of(i); }
  };

  void add(SharedBatch batch, std::size_t first, std::size_t last, MadePlaces made,
           std::vector<std::uint64_t> ordinals = {});
  /// Positions that are kept: [begin, end).
  std::uint64_t begin() const { return pieces_.empty() ? end_ : pieces_.front().position; }
  std::uint64_t end() const { return end_; }
  Event at(std::uint64_t position) const;
  /// Forgets whole batches before `position` as long as more than the bytes allowed lie before it.
  void forget_before(std::uint64_t position, std::size_t most_bytes);
  std::size_t bytes_from(std::uint64_t position) const;

 private:
  std::deque<Piece> pieces_;
  std::uint64_t end_ = 0;
};

/// Sends of [0, released) that were not shed.
class SentRange {
 public:
  void set(const ManifestTotals& totals) {
    released_ = totals.released;
    shed_ = totals.shed;
  }
  std::uint64_t released() const { return released_; }
  bool holds(std::uint64_t ordinal) const;
  /// The parts of [first, last) that were sent, in order.
  template <class Visit>
  void each_part(std::uint64_t first, std::uint64_t last, Visit visit) const {
    last = std::min(last, released_);
    for (const auto& [begin, end] : shed_) {
      if (end <= first) continue;
      if (begin >= last) break;
      if (begin > first) visit(first, begin);
      first = end;
    }
    if (first < last) visit(first, last);
  }

 private:
  std::uint64_t released_ = UINT64_MAX;
  std::vector<OrdinalRange> shed_;
};

class ExpectedStream {
 public:
  using SequenceOf = std::function<std::uint32_t(std::uint32_t stream, std::string_view key)>;

  /// `feed` is started and outlives the stream. `range` is what was sent, as far as it is known.
  ExpectedStream(EventFeed& feed, SentRange range, std::size_t sequences, SequenceOf sequence_of);

  /// By value: what was damaged on purpose is expected as this spells it. Owned by the caller.
  void respell_damaged(Respeller& respeller) { respeller_ = &respeller; }
  /// By value: told of each event that was damaged on purpose, as it is spelled.
  using Damaged = std::function<void(std::uint32_t stream, const EventHead& head, std::string_view line)>;
  void watch_damaged(Damaged damaged) { damaged_ = std::move(damaged); }
  /// Makes further events and adds them to their sequences; false at the end. Errors: runtime.
  Result<bool> more();
  ExpectedSequence& sequence(std::size_t i) { return sequences_[i]; }
  const SentRange& range() const { return range_; }
  /// Learnt later, when the run has ended.
  void set_range(const ManifestTotals& totals) { range_.set(totals); }
  /// Identity keys of events that were shed, the first kMostShed of them.
  const std::unordered_set<std::uint64_t>& shed() const { return shed_; }
  /// What was done on purpose to the events so far.
  const FaultTotals& injected() const { return injected_; }

 private:
  SharedBatch respelled(const SharedBatch& batch) const;
  void note_shed(const WireBatch& batch, std::size_t first, std::size_t last);
  void count_faults(const WireBatch& batch, std::size_t first, std::size_t last);
  void deal(const SharedBatch& batch, const MadePlaces& made, std::size_t first, std::size_t last);
  std::uint32_t sequence_of(const WireBatch& batch, std::size_t i);

  EventFeed& feed_;
  SentRange range_;
  std::vector<ExpectedSequence> sequences_;
  SequenceOf sequence_of_;
  std::unordered_map<std::uint64_t, std::uint32_t> sequence_of_entity_;
  static constexpr std::size_t kMostShed = std::size_t{1} << 20;
  FaultTotals injected_;
  std::unordered_set<std::uint64_t> shed_;
  bool ended_ = false;
  Respeller* respeller_ = nullptr;
  Damaged damaged_;
};

}  // namespace racesim
