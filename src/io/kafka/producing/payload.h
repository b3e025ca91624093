// What of an encoded event is a record's value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "model/batch.h"

namespace racesim::kafka {

/// The line without its line end.
inline std::string_view payload_of(const WireBatch& batch, std::size_t event) {
  std::string_view line = batch.line(event);
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  return line;
}

/// Which event of the batch has its payload there; mostly `guess`.
inline std::uint32_t event_at(const WireBatch& batch, const void* payload, std::uint32_t guess = 0) {
  const auto at = static_cast<std::uint32_t>(static_cast<const char*>(payload) - batch.text.data());
  if (guess < batch.size() && batch.begin_of(guess) == at) return guess;
  const auto end = std::upper_bound(batch.ends.begin(), batch.ends.end(), at);
  return static_cast<std::uint32_t>(end - batch.ends.begin());
}

}  // namespace racesim::kafka
