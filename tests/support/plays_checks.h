// What every stream of plays must keep, told as counts of faults.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/plays_world.h"

namespace racesim::plays_test {

/// Fault → how often. Empty is good.
using Faults = std::map<std::string, std::size_t>;

/// Ids, times and lengths of each event for itself, and the order of all.
inline Faults event_faults(const World& world, const PlaysConfig& config, const std::vector<Event>& events) {
  Faults faults;
  const auto require = [&faults](bool good, const char* fault) {
    if (!good) ++faults[fault];
  };
  std::int64_t last_ms = INT64_MIN;
  std::map<std::uint32_t, Uuid> user_of_entity;
  for (const auto& [row, head] : events) {
    const bool known = world.song_index.count(row.song_id) == 1 && world.user_index.count(row.user_id) == 1 &&
                       world.location_index.count(row.location_id) == 1;
    require(known, "id is not in the master data");
    if (!known) continue;
    const std::optional<EventIdParts> parts = unpack_event_id(row.event_id);
    require(parts && *parts == EventIdParts{config.run, head.owner, static_cast<std::uint32_t>(head.seq)},
            "event_id is not (run, cell, seq)");
    require(head.emit_time_ns == row.played_at.ms * 1'000'000, "emit time is not played_at");
    require(user_of_entity.emplace(head.entity, row.user_id).first->second == row.user_id,
            "entity has two users");
    const SongRow& song = world.song(row.song_id);
    require(row.played_at.ms >= config.start_ms, "before the start");
    require(!config.end_ms || row.played_at.ms < *config.end_ms, "after the end");
    require(row.played_at.ms >= song.release_date.days * kDayMs, "before the release");
    require(row.played_at.ms >= world.user(row.user_id).registration_date.days * kDayMs,
            "before the registration");
    require(row.play_duration_ms <= song.duration_ms, "longer than the song");
    require(static_cast<std::size_t>(row.device_type) < kDeviceCount, "unknown device");
    require(row.played_at.ms >= last_ms, "out of order");
    last_ms = row.played_at.ms;
  }
  return faults;
}

/// Plays of a user that start before the one in front has ended.
inline std::size_t overlap_count(const World& world, const std::vector<Event>& events) {
  std::vector<std::int64_t> busy_until(world.users.size(), INT64_MIN);
  std::size_t count = 0;
  for (const auto& [row, head] : events) {
    std::int64_t& until = busy_until[world.user_index.at(row.user_id)];
    if (row.played_at.ms < until) ++count;
    until = row.played_at.ms + row.play_duration_ms;
  }
  return count;
}

/// Every cell's plays must be numbered 0, 1, 2 … without gap (`whole`: nothing is cut off) or repetition.
inline std::size_t seq_fault_count(const std::vector<Event>& events, bool whole) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> seqs;
  seqs.reserve(events.size());
  for (const Event& event : events) seqs.emplace_back(event.head.owner, event.head.seq);
  std::sort(seqs.begin(), seqs.end());
  std::size_t faults = 0;
  for (std::size_t i = 0; i < seqs.size(); ++i) {
    const bool new_cell = i == 0 || seqs[i].first != seqs[i - 1].first;
    if (whole) {
      if (seqs[i].second != (new_cell ? 0 : seqs[i - 1].second + 1)) ++faults;
    } else if (!new_cell && seqs[i].second == seqs[i - 1].second) {
      ++faults;
    }
  }
  return faults;
}

/// All of the above, for all events of a closed window or for the beginning of an endless run.
inline Faults faults_of(const World& world, const PlaysConfig& config, const std::vector<Event>& events) {
  Faults faults = event_faults(world, config, events);
  const bool whole = config.end_ms && !config.plays.volume_per_minute;
  if (!faults.count("id is not in the master data"))
    if (const std::size_t n = overlap_count(world, events); n > 0) faults["overlap"] = n;
  if (const std::size_t n = seq_fault_count(events, whole); n > 0) faults["seq"] = n;
  if (whole && events.size() != config.plays.volume) faults["events too few or too many"] = 1;
  return faults;
}

}  // namespace racesim::plays_test
