// The songs as the scenario chooses among them: in order of release, with popularity and skip profile.
#pragma once

#include <cstdint>
#include <vector>

#include "model/batch.h"
#include "sim/plays/popularity.h"

namespace racesim::plays {

/// Immutable. Songs are numbered in order of release (ties in file order), so that what is out by a day is a
/// prefix.
class Catalog {
 public:
  Catalog(const RowBatch& songs, const PopularityLaw& law, std::uint64_t seed);

  std::size_t size() const { return ids_.size(); }
  const Uuid& id(std::uint32_t song) const { return ids_[song]; }
  std::uint32_t duration_ms(std::uint32_t song) const { return traits_[song].duration_ms; }
  /// 1 / (how much more often than the average this song is skipped).
  float patience(std::uint32_t song) const { return traits_[song].patience; }
  std::uint32_t longest_ms() const { return longest_ms_; }

  /// How many songs are out on a day (days since the epoch).
  std::uint32_t released_by(std::int64_t day) const;
  std::int64_t first_release_day() const { return release_days_.front(); }
  std::int64_t last_release_day() const { return release_days_.back(); }

  /// A song among the first `released` ones, by popularity; `uniform` from 0 to 1 - 2^-52, so that its product
  /// with the total stays below the total.
  std::uint32_t pick(double uniform, std::uint32_t released) const {
    return locate(uniform * cumulative_[released]);
  }
  /// A song among all by popularity; the answer may not be out yet.
  std::uint32_t pick_any(double uniform) const { return locate(uniform * cumulative_.back()); }

 private:
  struct Traits {
    std::uint32_t duration_ms;
    float patience;
  };

  /// The song whose share of the cumulative weight holds `position`: a table leads near it, a short walk ends
  /// at it (Chen and Asau's guide table, 1974).
  std::uint32_t locate(double position) const {
    std::uint32_t song = guide_[static_cast<std::size_t>(position * guide_scale_)];
    while (cumulative_[song + 1] <= position) ++song;
    return song;
  }

  std::vector<Uuid> ids_;
  std::vector<Traits> traits_;
  std::vector<std::int32_t> release_days_;
  std::vector<double> cumulative_;  ///< size() + 1 entries from 0
  std::vector<std::uint32_t> guide_;
  double guide_scale_ = 0;
  std::uint32_t longest_ms_ = 0;
};

}  // namespace racesim::plays
