// What a run sent, in the terms of its manifest: counts per stream, what was shed, a digest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/batch.h"
#include "run/record/manifest.h"

namespace racesim {

/// Written by the conductor for every range that it releases; read when the run has ended.
class ReleaseLog {
 public:
  /// `begin`: the ordinal from which on this process sends; what went before it was sent by another one, so a
  /// digest would not be of all.
  ReleaseLog(bool digest, std::uint64_t begin) : end_(begin) {
    if (digest && begin == 0) digest_.emplace();
  }

  void note(const WireBatch& batch, std::size_t first, std::size_t last, bool shed);
  /// Adds what it knows.
  void fill(ManifestTotals& totals) const;

 private:
  std::vector<std::uint64_t> counts_;  ///< by stream
  std::shared_ptr<const std::vector<StreamTag>> streams_;
  std::vector<OrdinalRange> shed_;
  std::uint64_t end_;  ///< one behind the last ordinal released
  std::optional<LineDigest> digest_;
};

}  // namespace racesim
