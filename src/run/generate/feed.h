// What a run sends, in order: the generator's slices with the faults that were asked for. Sending, verifying
// and resuming all read this one sequence; an event's place in it is its ordinal.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "run/config.h"
#include "run/generate/disturber.h"
#include "run/generate/event_feed.h"
#include "run/generate/generator.h"

namespace racesim {

class Feed final : public EventFeed {
 public:
  /// The parts of a Generator, and the rules of faults, which may be empty. Reading begins at `start`, a
  /// place() of the same feed; what faults have held back until there is found by making the slices before
  /// once more. The feed ends behind `limit`.
  Feed(const Scenario& scenario, std::vector<const Encoder*> encoders, ShardRange shards, std::uint32_t run,
       unsigned threads, const FaultRules& faults, std::uint64_t seed, FeedPlace start = {},
       EventLimit limit = {});

  Done start() override { return generator_.start(); }
  SharedBatch next() override;
  MadePlaces made() const override { return disturber_ ? disturber_->made() : MadePlaces{last_first_, {}}; }
  bool at_end() const override { return sends_left_ == 0 || (disturber_ ? flushed_ : !has_slices()); }
  /// Where the slice of the last batch ends; where the limit cut it, its last event.
  std::int64_t read_until_ns() const override { return cut_at_ns_.value_or(generator_.read_until_ns()); }
  /// The reader's: whether there are slices to come.
  bool has_slices() const { return made_left_ > 0 && sends_left_ > 0 && !generator_.at_end(); }
  /// The reader's: of the next batch. Not behind the last slice.
  FeedPlace place() const {
    // Slices before the first one are made only for what they hold back.
    return {std::max(generator_.next_slice(), start_slice_), next_ordinal_, next_made_};
  }
  std::optional<FeedPlace> next_place() const override {
    return has_slices() ? std::optional(place()) : std::nullopt;
  }
  void cancel() override { generator_.cancel(); }
  std::optional<Error> error() const override { return generator_.error(); }

 private:
  static std::uint64_t first_slice(const Scenario& scenario, const FaultRules& faults, FeedPlace start);
  std::shared_ptr<WireBatch> next_of_slices();
  void cut(WireBatch& batch, std::uint64_t& left);

  Generator generator_;
  std::optional<Disturber> disturber_;
  const std::uint64_t start_slice_;
  // UINT64_MAX: no limit. One of the two at most is limited.
  std::uint64_t made_left_ = UINT64_MAX, sends_left_ = UINT64_MAX;
  std::optional<std::int64_t> cut_at_ns_;
  bool flushed_ = false;
  std::uint64_t last_first_ = 0, next_ordinal_ = 0;
  std::uint64_t next_made_ = 0;
};

}  // namespace racesim
