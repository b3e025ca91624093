// The hash of master data by content.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "model/batch.h"

namespace racesim {

/// XXH3-128 over rows in a form that no file format leaks into. Feed entities one after the other.
class MasterHash {
 public:
  MasterHash();
  ~MasterHash();

  void add(const RowBatch& rows);
  /// High half first.
  std::array<std::uint64_t, 2> value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace racesim
