// The listeners: who they are, drawn once per seed from the users and locations of the master data.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "model/batch.h"
#include "model/play.h"
#include "sim/plays/plan/activity.h"
#include "sim/plays/plan/place_time.h"

namespace racesim::plays {

/// One device habit of a listener.
struct Habit {
  Device device;
  float share;  ///< of the listener's sessions
};

struct Listener {
  std::int64_t registered_ms;  ///< start of the registration day, UTC
  std::uint32_t home;          ///< location
  std::uint16_t rule;          ///< index into Audience::rules()
  Chronotype chronotype;
  std::uint32_t phase;  ///< where the listener's cells begin against those of others, of 2^32
  float weight;         ///< sessions, against an average of 1
  float patience;       ///< 1 / (how much more often than the average the listener skips)
  Habit habits[2];      ///< main and other device
};

/// Immutable. Listeners stand in a keyed order of their ids, so that a block of neighbours is a fair sample;
/// all indices below mean that order.
class Audience {
 public:
  Audience(const RowBatch& users, const RowBatch& locations, std::uint64_t seed);

  std::uint32_t size() const { return static_cast<std::uint32_t>(listeners_.size()); }
  const Listener& operator[](std::uint32_t listener) const { return listeners_[listener]; }
  const Uuid& id(std::uint32_t listener) const { return ids_[listener]; }
  const Uuid& location_id(std::uint32_t location) const { return location_ids_[location]; }
  /// One of the places near `location`, in the same country if it has another one.
  std::uint32_t near_by(std::uint32_t location, std::uint64_t bits) const {
    return neighbours_[location][below(bits, kNeighbours)];
  }
  const std::vector<OffsetRule>& rules() const { return rules_; }
  /// Share of all weight that listeners registered by `epoch_ms` have, 0..1.
  double registered_share(std::int64_t epoch_ms) const;
  std::uint32_t registered_count(std::int64_t epoch_ms) const;
  std::int64_t first_registration_ms() const { return by_registration_.front().epoch_ms; }
  std::int64_t last_registration_ms() const { return by_registration_.back().epoch_ms; }

 private:
  struct Growth {
    std::int64_t epoch_ms;
    double share;
  };
  static constexpr std::size_t kNeighbours = 2;
  using Neighbours = std::array<std::uint32_t, kNeighbours>;
  void find_neighbours(const RowBatch& locations);
  void read_locations(const RowBatch& locations);
  Listener make_listener(const RowBatch& users, std::uint32_t row, std::uint64_t seed) const;
  std::uint32_t home_of(std::string_view country, std::uint64_t bits) const;
  void add_up_growth();

  std::vector<Listener> listeners_;
  std::vector<Uuid> ids_;
  std::vector<Uuid> location_ids_;
  std::vector<std::uint16_t> location_rules_;
  std::vector<Neighbours> neighbours_;  ///< of each location
  std::vector<OffsetRule> rules_;
  /// (country, location), sorted: the locations of a country are a range.
  std::vector<std::pair<std::string, std::uint32_t>> by_country_;
  std::vector<Growth> by_registration_;
};

}  // namespace racesim::plays
