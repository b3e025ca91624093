// What the store knows of runs that an earlier process made: their manifests, read and remembered.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "serve/control/run_book.h"
#include "serve/history/history.h"

namespace racesim::serve {

/// One thread.
class StoredRuns {
 public:
  /// `history`: null without a store.
  explicit StoredRuns(History* history) : history_(history) {}

  /// Those of the named runs (8 hex digits) of which the store has a manifest that this program can read, by
  /// name. Errors: those of the store.
  Result<std::map<std::string, std::shared_ptr<const BegunRun>>> find(std::span<const std::string> runs);

 private:
  static constexpr std::size_t kRememberedMost = 100;
  static std::shared_ptr<const BegunRun> read(const std::string& text);

  History* const history_;
  std::map<std::string, std::shared_ptr<const BegunRun>> remembered_;  // that have ended
};

}  // namespace racesim::serve
