// The order of events judged straight from the definition, slowly: what the verifier is compared with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "support/verify_world.h"

namespace racesim::verify_test {

/// Stream, owner, seq.
using EventId = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;

inline EventId id_of(const SentLine& line) {
  return {line.stream, line.head.owner, line.head.seq};
}

/// `arrived` holds indices of run.sent in the order in which they came. An event is reordered when one of
/// its stream and entity that is later both as made and as sent came before it. First arrivals count; of an
/// event that was sent twice the places that excuse most.
inline std::set<EventId> reordered_events(const SmallRun& run, const std::vector<std::size_t>& arrived) {
  struct Sends {
    std::size_t first = 0, last = 0;
  };
  std::map<EventId, Sends> sends;
  for (std::size_t i = 0; i < run.sent.size(); ++i) {
    const auto [found, fresh] = sends.try_emplace(id_of(run.sent[i]), Sends{i, i});
    found->second.last = i;
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> by_entity;
  std::set<EventId> seen;
  for (const std::size_t i : arrived)
    if (seen.insert(id_of(run.sent[i])).second)
      by_entity[{run.sent[i].stream, run.sent[i].head.entity}].push_back(i);
  std::set<EventId> reordered;
  for (const auto& [entity, events] : by_entity)
    for (std::size_t b = 0; b < events.size(); ++b)
      for (std::size_t a = 0; a < b; ++a) {
        const SentLine& before = run.sent[events[a]];
        const SentLine& event = run.sent[events[b]];
        if (before.made > event.made && sends[id_of(before)].first > sends[id_of(event)].last)
          reordered.insert(id_of(event));
      }
  return reordered;
}

}  // namespace racesim::verify_test
