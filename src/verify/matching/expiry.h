// Events that a store does not keep any more, by their own time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario.h"

namespace racesim {

class Expiry {
 public:
  /// `before_us`: by stream, event time in microseconds below which rows are removed; none: they are not.
  Expiry(std::span<const StreamInfo> streams, bool csv, std::vector<std::optional<std::int64_t>> before_us)
      : streams_(streams), csv_(csv), before_us_(std::move(before_us)) {}

  /// Of an event of that stream, with its line end; it is only looked at where rows are removed.
  bool is_expired(std::uint32_t stream, std::string_view line) const;

 private:
  std::span<const StreamInfo> streams_;
  const bool csv_;
  std::vector<std::optional<std::int64_t>> before_us_;
};

}  // namespace racesim
