#include "agg/violations/recent_packets.h"

#include <algorithm>

#include "base/random.h"

namespace racesim::violations {

bool RecentPackets::Span::insert(const PacketId& id) {
  const auto new_vehicle = static_cast<std::uint32_t>(vehicles.size());
  const std::uint32_t vehicle =
      vehicle_index.find_or_add(mix64(topic_hash(id.vehicle_id)), new_vehicle,
                                [&](std::uint32_t i) { return vehicles[i] == id.vehicle_id; });
  if (vehicle == new_vehicle) vehicles.emplace_back(id.vehicle_id);
  const Packet packet{id.run, vehicle, id.number};
  const auto next = static_cast<std::uint32_t>(packets.size());
  const std::uint64_t hash = mix64(mix64(id.number) + (std::uint64_t{id.run} << 32 | vehicle));
  if (packet_index.find_or_add(hash, next, [&](std::uint32_t i) { return packets[i] == packet; }) != next)
    return false;
  packets.push_back(packet);
  return true;
}

bool RecentPackets::insert(std::int64_t time_us, const PacketId& id) {
  const std::int64_t end_us = span_end_us(time_us);
  auto at = std::lower_bound(spans_.begin(), spans_.end(), end_us,
                             [](const Span& span, std::int64_t us) { return span.end_us < us; });
  if (at == spans_.end() || at->end_us != end_us) {
    at = spans_.emplace(at);
    at->end_us = end_us;
  }
  return at->insert(id);
}

void RecentPackets::forget_until(std::int64_t end_us) {
  while (!spans_.empty() && spans_.front().end_us <= end_us) spans_.pop_front();
}

void RecentPackets::save(StateWriter& out) const {
  out.put(static_cast<std::uint64_t>(spans_.size()));
  for (const Span& span : spans_) {
    out.put(span.end_us);
    out.put(static_cast<std::uint64_t>(span.packets.size()));
    for (const Packet& packet : span.packets) {
      out.put(packet.run);
      out.text(span.vehicles[packet.vehicle]);
      out.put(packet.number);
    }
  }
}

void RecentPackets::load(StateReader& in) {
  const std::uint64_t spans = in.count(16);
  for (std::uint64_t s = 0; s < spans; ++s) {
    Span& span = spans_.emplace_back();
    span.end_us = in.get<std::int64_t>();
    const std::uint64_t packets = in.count(20);
    for (std::uint64_t i = 0; i < packets; ++i) {
      PacketId id;
      id.run = in.get<std::uint32_t>();
      id.vehicle_id = in.text();
      id.number = in.get<std::uint64_t>();
      span.insert(id);
    }
  }
}

}  // namespace racesim::violations
