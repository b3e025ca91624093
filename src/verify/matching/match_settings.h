// What all parts of a comparison are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_set>

#include "sim/scenario.h"
#include "verify/arrivals/arrived_lines.h"
#include "verify/comparison.h"
#include "verify/identity/line_form.h"
#include "verify/matching/expiry.h"
#include "verify/matching/refused_lines.h"

namespace racesim {

struct MatchSettings {
  Comparison comparison = Comparison::full;
  LineForm form = LineForm::json;
  bool judges_order = true;  ///< false: the run sent in no order (--unordered), or a table has none
  std::uint32_t run = 0;
  std::size_t window = 65'536;               ///< events that are looked ahead
  std::size_t window_bytes = 24u << 20;      ///< at most about so many bytes of them
  std::size_t history_bytes = 8u << 20;      ///< of events passed that are remembered by their bytes
  std::size_t most_missing = 1u << 18;       ///< events that may still come; of more the oldest are lost
  std::optional<std::int64_t> watermark_ns;  ///< a missing event that was sent later than that is late
  std::span<const StreamInfo> streams;
  const Owners* owners = nullptr;
  const std::unordered_set<std::uint64_t>* shed = nullptr;  ///< identity keys of events that were left out
  /// Identity keys that events which were damaged on purpose claim, and which are others'.
  const std::unordered_set<std::uint64_t>* claimed = nullptr;
  RefusedLines* refused = nullptr;  ///< of a store; null: there are none
  const Expiry* expiry = nullptr;   ///< of a store; null: all is kept
  LeaveOut leave_out;               ///< lines that are somebody else's

  bool is_csv() const { return form == LineForm::csv; }
  bool is_fast() const { return comparison == Comparison::fast; }
};

}  // namespace racesim
