// What an ingest counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace racesim {

/// Of all that is committed: consumed = stored + duplicates + dead_lettered + rejected + expired.
struct IngestCounts {
  std::uint64_t consumed = 0;       ///< records; blank ones and those without a value are none
  std::uint64_t stored = 0;         ///< rows that are new
  std::uint64_t duplicates = 0;     ///< rows that were there already
  std::uint64_t dead_lettered = 0;  ///< records that are no rows, or conflicts: kept with the reason
  std::uint64_t conflicts = 0;      ///< of those: rows whose key is there with other content
  std::uint64_t rejected = 0;       ///< records of requests that were refused
  std::uint64_t expired = 0;        ///< rows older than what is kept
  std::uint64_t gaps = 0;           ///< records that were gone before they could be read
  std::uint64_t fenced = 0;         ///< transactions given up because another process had moved a lane on
  std::uint64_t commits = 0;
  std::map<std::string, std::uint64_t> stored_by_table;
};

}  // namespace racesim
