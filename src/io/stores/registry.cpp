#include "io/stores/registry.h"

#include <string>
#include <utility>
#include <vector>

#include "io/stores/sqlite/store.h"

namespace racesim {
namespace {

// A new store is its file and a line here.
const std::vector<StoreInfo> kStores{
    {"sqlite", "PATH", "racesim.db", "an SQLite database, readable while it is written; each event once",
     &open_sqlite_store, &plan_sqlite_store, &open_sqlite_reader},
};

}  // namespace

std::span<const StoreInfo> store_registry() {
  return kStores;
}

Result<StoreText> parse_store(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(':'));
  std::string known;
  for (const StoreInfo& store : kStores) {
    if (store.name == name) {
      std::string target(text.size() > name.size() ? text.substr(name.size() + 1) : store.fallback);
      if (target.empty()) target = store.fallback;
      if (target.empty())
        return fail(ErrorKind::usage, "'" + std::string(text) + "' names no " + std::string(store.target),
                    "write " + std::string(store.name) + ":" + std::string(store.target));
      return StoreText{&store, std::move(target)};
    }
    known += (known.empty() ? "" : ", ") + std::string(store.name) + ":" + std::string(store.target);
  }
  return fail(ErrorKind::usage, "'" + std::string(text) + "' is not a store", "one of: " + known);
}

}  // namespace racesim
