// Which packets came lately, by spans of event time: a span is forgotten once the watermark has passed it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "agg/hash_index.h"
#include "agg/state.h"

namespace racesim::violations {

/// What tells a packet from all others.
struct PacketId {
  std::uint32_t run = 0;
  std::string_view vehicle_id;
  std::uint64_t number = 0;  ///< seq, or the time where there is none
};

class RecentPackets {
 public:
  static constexpr std::int64_t kSpan_us = 60'000'000;
  static std::int64_t span_end_us(std::int64_t time_us) {
    const std::int64_t into_us = time_us % kSpan_us;
    return time_us - (into_us < 0 ? into_us + kSpan_us : into_us) + kSpan_us;
  }

  /// False: it is there.
  bool insert(std::int64_t time_us, const PacketId& id);
  /// Spans that end at or before that time.
  void forget_until(std::int64_t end_us);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Packet {
    std::uint32_t run, vehicle;
    std::uint64_t number;
    bool operator==(const Packet&) const = default;
  };
  struct Span {
    std::int64_t end_us = 0;
    std::vector<std::string> vehicles;
    HashIndex vehicle_index;
    std::vector<Packet> packets;
    HashIndex packet_index;

    bool insert(const PacketId& id);
  };

  std::deque<Span> spans_;  // ascending
};

}  // namespace racesim::violations
