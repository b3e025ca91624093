// The stores that `--to` can name. A new one is one source file, one line in registry.cpp, one test and one
// section in docs/formats/store.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stores/history_reader.h"
#include "io/stores/reading.h"
#include "io/stores/store.h"

namespace racesim {

struct StoreInfo {
  std::string_view name;            ///< "sqlite"
  std::string_view target;          ///< what follows "name:", in capitals
  std::string_view fallback;        ///< of the target; empty: it must be given
  bool target_is_optional = false;  ///< nothing behind "name:" is a target too
  std::string_view summary;         ///< one line for the help
  /// Opens for writing, makes or migrates tables. Errors: usage (not a database, a newer schema), runtime,
  /// busy.
  Result<std::unique_ptr<Store>> (*open)(const StoreOptions& options);
  /// What open() would refuse, as far as can be told without making anything, and the tables that it would
  /// make.
  Result<std::string> (*plan)(const StoreOptions& options);
  /// Opens for reading only. Null: it cannot be read.
  Result<std::unique_ptr<StoreReader>> (*open_reader)(const StoreOptions& options);
  /// Answers for history; connects with the first begin(). Null: it cannot.
  std::unique_ptr<HistoryReader> (*make_history)(const StoreOptions& options);
};

std::span<const StoreInfo> store_registry();

struct StoreText {
  const StoreInfo* store = nullptr;
  std::string target;
};
/// "sqlite:racesim.db", "postgres:host=…". Errors (usage) name the known stores and the nearest one.
Result<StoreText> parse_store(std::string_view text);

}  // namespace racesim
