// Whose windows they are, and what is known of each open one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "agg/hash_index.h"
#include "agg/number_set.h"
#include "agg/state.h"
#include "model/aggregates/window.h"

namespace racesim::windows {

/// What one event adds to its windows. Of plays only `listened_ms` counts, of others all else.
struct Sample {
  std::uint16_t speed_dkmh = 0;
  std::uint16_t engine_rpm = 0;
  std::uint32_t listened_ms = 0;
};

struct Tally {
  std::uint64_t samples = 0, late = 0;
  std::int64_t speed_sum_dkmh = 0, rpm_sum = 0, listened_ms = 0;
  std::uint16_t min_speed_dkmh = UINT16_MAX, max_speed_dkmh = 0, max_rpm = 0;

  void add(const Sample& sample, bool is_late) {
    ++samples;
    late += is_late ? 1 : 0;
    speed_sum_dkmh += sample.speed_dkmh;
    rpm_sum += sample.engine_rpm;
    listened_ms += sample.listened_ms;
    min_speed_dkmh = std::min(min_speed_dkmh, sample.speed_dkmh);
    max_speed_dkmh = std::max(max_speed_dkmh, sample.speed_dkmh);
    max_rpm = std::max(max_rpm, sample.engine_rpm);
  }
  void add(const Tally& other);
};

/// Numbers (seq, or the time where there is none) or ids of the events that it holds. Of sliding windows only
/// the last one that covers an event notes it: that one is open for as long as any of them.
struct Seen {
  NumberSet numbers;
  std::unique_ptr<UuidSet> ids;

  bool insert(std::uint64_t number) { return numbers.insert(number); }
  bool insert(const Uuid& id) {
    if (!ids) ids = std::make_unique<UuidSet>();
    return ids->insert(id);
  }
  void merge(const Seen& other);
};

struct Window {
  std::int64_t start_us = 0, end_us = 0;
  Tally tally;
  Seen seen;
  bool changed = false;  ///< since it was given out; only kept with Emit::update

  void save(StateWriter& out) const;
  void load(StateReader& in);
};

/// Rows that were dropped while the newest event of their lane lay before that time.
struct Dropped {
  std::int64_t until_us;
  std::uint64_t rows;
  bool operator==(const Dropped&) const = default;
};

struct Key {
  WindowStream stream = WindowStream::telemetry;
  std::uint32_t run = 0;
  std::uint16_t car = 0;         ///< of telemetry
  std::string text;              ///< of the others
  std::vector<Window> open;      ///< ascending
  std::vector<Dropped> dropped;  ///< ascending; of no window yet that was given out as final
  std::size_t last = 0;          ///< index of the window that was used last; a guess
  bool changed = false;          ///< one of its windows is

  bool unused() const { return open.empty() && dropped.empty(); }
  std::string name() const { return stream == WindowStream::telemetry ? std::to_string(car) : text; }
  bool operator<(const Key& other) const {
    return std::tie(stream, run, car, text) < std::tie(other.stream, other.run, other.car, other.text);
  }

  void note_dropped(std::int64_t until_us);
  /// Dropped rows that count for the window that ends then, the first one to end behind `after_us`.
  std::uint64_t dropped_between(std::int64_t after_us, std::int64_t end_us) const;
  /// They are in a result.
  void forget_dropped_until(std::int64_t end_us);

  void save(StateWriter& out) const;
  void load(StateReader& in);
};

/// All keys that have windows. Indices hold until compact().
class Keys {
 public:
  std::uint32_t car(std::uint32_t run, std::uint16_t car);
  std::uint32_t named(WindowStream stream, std::uint32_t run, std::string_view name);

  Key& operator[](std::uint32_t index) { return keys_[index]; }
  const Key& operator[](std::uint32_t index) const { return keys_[index]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }
  /// Forgets keys without windows once they are many.
  void compact();

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  void index_all();

  std::vector<Key> keys_;
  HashIndex index_;
};

}  // namespace racesim::windows
