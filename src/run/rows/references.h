// Whether what a row refers to is in the master data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "run/master/load.h"
#include "run/rows/row_kinds.h"

namespace racesim {

/// Ids, each once; 32 to 64 bytes per id.
class UuidSet {
 public:
  /// The first column of `rows`, which holds UUIDs.
  explicit UuidSet(const RowBatch& rows);
  bool contains(const Uuid& id) const;

 private:
  std::size_t slot_of(const Uuid& id) const;

  std::vector<Uuid> slots_;  ///< a power of two; the nil id stands for a free one
  bool has_nil_ = false;
};

/// May be used by several threads at once.
class References {
 public:
  /// The entities that rows of these kinds refer to.
  static std::vector<std::string_view> entities(std::span<const RowKind> kinds);

  /// `master` has them all; it is not kept. `folder`: for messages.
  References(std::span<const RowKind> kinds, const MasterData& master, std::string folder);

  /// Which value of row `i` is not in the master data; empty: all are. `kind` is an index into the kinds.
  std::string check(std::size_t kind, const RowBatch& rows, std::size_t i) const;

 private:
  struct Check {
    const FieldInfo* field;
    const UuidSet* ids;
    std::string_view entity;
  };
  std::map<std::string_view, UuidSet> sets_;
  std::vector<std::vector<Check>> checks_;  ///< by kind
  std::string folder_;
};

}  // namespace racesim
