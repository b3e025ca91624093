// The songs as the scenario chooses among them: in order of release, with popularity and skip profile.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "model/batch.h"
#include "sim/plays/plan/popularity.h"

namespace racesim::plays {

/// Immutable. Songs are numbered in order of release (ties in file order), so that what is out by a day is a
/// prefix.
class Catalog {
 public:
  struct Traits {
    std::int32_t duration_ms;  ///< below 2^24
    float patience;            ///< 1 / (how much more often than the average this song is skipped)
  };

  Catalog(const RowBatch& songs, const PopularityLaw& law, std::uint64_t seed);

  std::size_t size() const { return ids_.size(); }
  const Uuid& id(std::uint32_t song) const { return ids_[song]; }
  const Traits& traits(std::uint32_t song) const { return traits_[song]; }
  std::uint32_t longest_ms() const { return longest_ms_; }
  /// Mean length, by popularity.
  double mean_ms() const { return mean_ms_; }

  /// How many songs are out on a day (days since the epoch).
  std::uint32_t released_by(std::int64_t day) const;
  std::int64_t first_release_day() const { return release_days_.front(); }
  std::int64_t last_release_day() const { return release_days_.back(); }

  /// A song among all, by popularity; the answer may not be out yet. One look-up without a branch (Walker's
  /// alias method, 1977). `bits`: 64 random ones.
  std::uint32_t pick_any(std::uint64_t bits) const {
    const auto place = static_cast<std::uint32_t>(below(bits, aliases_.size()));
    const Alias& alias = aliases_[place];
    // The low bits are as good as independent of the place, which the high ones decide.
    return static_cast<std::uint32_t>(choose((bits & 0xffffffff) < alias.own, place, alias.other));
  }
  /// A song among the first `released` ones (at least one) by popularity, by search.
  std::uint32_t pick(std::uint64_t bits, std::uint32_t released) const;

 private:
  struct Alias {
    std::uint32_t own;    ///< share of the place that is the song's own, of 2^32
    std::uint32_t other;  ///< the song that has the rest
  };
  void make_aliases();

  std::vector<Uuid> ids_;
  std::vector<Traits> traits_;
  std::vector<std::int32_t> release_days_;
  std::vector<double> cumulative_;  ///< size() + 1 entries from 0
  std::vector<Alias> aliases_;
  std::uint32_t longest_ms_ = 0;
  double mean_ms_ = 0;
};

}  // namespace racesim::plays
