// Turns the stream as it was made into the stream as it is sent: faults hold events back, repeat, damage and
// drop them. A pure function of the events that go in, whatever the borders of their batches.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/batch.h"
#include "run/generate/batch_pool.h"
#include "run/generate/made_places.h"
#include "sim/faults/faults.h"

namespace racesim {

/// What is held back is in memory: at most what the faults choose of late_delay_ns of event time. One thread.
class Disturber {
 public:
  Disturber(const FaultRules& rules, std::uint64_t seed) : faults_(rules, seed) {}

  /// Batches in the order of their events. Returns what is sent up to the last event of `in`; it is `in`
  /// itself where nothing is disturbed.
  std::shared_ptr<WireBatch> pass(std::shared_ptr<WireBatch> in);
  /// Behind the last batch: all that is still held back, in order of time. Null if there is nothing.
  std::shared_ptr<WireBatch> flush();
  /// Of the batch that was returned last.
  const MadePlaces& made() const { return made_; }

 private:
  /// When it is sent, and the order in which it was held back: ties keep it.
  using Turn = std::pair<std::int64_t, std::uint64_t>;
  struct Held {
    std::uint32_t stream = 0;
    EventHead head;
    std::uint64_t made = 0;
    std::uint8_t faults = 0;
    std::string line;
  };
  /// A reordered event: it goes after so many further events of its entity, or when its turn has come.
  struct Waiting {
    Turn turn;
    std::uint32_t events = 0;
  };
  struct Decided {
    std::uint64_t key = 0;  ///< of the event
    std::uint32_t stream = 0;
    Disturbance what;
  };

  bool decide(const WireBatch& in);
  bool is_quiet(const WireBatch& in) const;
  bool is_waited_for(const EventHead& head, std::uint32_t stream) const;
  void send(const WireBatch& in, std::size_t i, const Decided& decided);
  void copy(const WireBatch& in, std::size_t first, std::size_t last);
  void emit(const Held& held);
  void hold(std::int64_t emit_time_ns, Held held);
  void hold_behind(std::uint64_t entity, std::uint32_t events, std::int64_t deadline_ns, Held held);
  void send_due(std::int64_t until_ns);
  void send_waiting(std::uint64_t entity, std::int64_t now_ns);
  void stop_waiting(const Held& held, const Turn& turn);
  static std::uint64_t entity_of(std::uint32_t stream, const EventHead& head) {
    return static_cast<std::uint64_t>(stream) << 32 | head.entity;
  }

  Faults faults_;
  std::shared_ptr<BatchPool> pool_ = std::make_shared<BatchPool>();
  std::shared_ptr<WireBatch> out_;
  std::vector<Decided> decided_;  ///< parallel to the batch
  std::vector<std::uint64_t> stream_keys_;
  std::map<Turn, Held> held_;
  std::unordered_map<std::uint64_t, std::vector<Waiting>> waiting_;  ///< by entity; looked up only
  std::uint64_t held_so_far_ = 0;
  std::uint64_t made_first_ = 0, made_next_ = 0;  ///< of the batch at hand, and of the next
  MadePlaces made_;
  std::string line_;
  // Of the last batch, for what is sent behind the end.
  std::uint32_t run_ = 0;
  std::shared_ptr<const std::vector<StreamTag>> streams_;
};

}  // namespace racesim
