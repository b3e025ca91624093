// The laws of the scenarios, on rows as they come by.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "run/rows/numbering.h"
#include "run/rows/row_kinds.h"
#include "run/rows/row_reader.h"
#include "sim/laws.h"

namespace racesim {

/// Judges what one process sees, in the order of arrival. One thread.
class LawCheck {
 public:
  /// Both outlive it. `master`: what laws may know; may be empty.
  LawCheck(std::span<const RowKind> kinds, const MasterTables& master);

  /// The first law that row `i` breaks, in words; empty: it breaks none, or came before. `kind` is an index
  /// into the kinds.
  std::string check(std::size_t kind, const RowBatch& rows, std::size_t i);
  /// What was remembered of earlier rows does not hold any more.
  void forget();

 private:
  Laws* laws_of(const ScenarioEntry& scenario);

  std::span<const RowKind> kinds_;
  const MasterTables& master_;
  std::vector<std::unique_ptr<RowReader>> readers_;  ///< by kind; null: master data
  std::map<const ScenarioEntry*, std::unique_ptr<Laws>> laws_;
  Numbering numbering_;
  std::vector<Breach> breaches_;
};

}  // namespace racesim
