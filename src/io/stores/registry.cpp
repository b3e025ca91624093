#include "io/stores/registry.h"

#include <string>
#include <utility>
#include <vector>

#include "io/stores/influx.h"
#include "io/stores/postgres.h"
#include "io/stores/sqlite/store.h"

namespace racesim {
namespace {

// A new store is its file and a line here.
const std::vector<StoreInfo> kStores{
    {.name = "sqlite",
     .target = "PATH",
     .fallback = "racesim.db",
     .summary = "an SQLite database, readable while it is written; each event once",
     .open = open_sqlite_store,
     .plan = plan_sqlite_store,
     .open_reader = open_sqlite_reader,
     .make_history = make_sqlite_history},
    {.name = "postgres",
     .target = "DSN",
     .fallback = "",
     .target_is_optional = true,
     .summary = "PostgreSQL 12 or newer, each event once; DSN and PG* variables as libpq has them",
     .open = open_postgres,
     .plan = plan_postgres,
     .open_reader = open_postgres_reader,
     .make_history = make_postgres_history},
    {.name = "influx",
     .target = "URL",
     .fallback = "http://localhost:8086",
     .summary = "InfluxDB's v2 write API, at least once onto the same point; with --org and --bucket",
     .open = open_influx,
     .plan = plan_influx,
     .open_reader = nullptr,
     .make_history = nullptr},
};

}  // namespace

std::span<const StoreInfo> store_registry() {
  return kStores;
}

Result<StoreText> parse_store(std::string_view text) {
  // The two ways to write an address of PostgreSQL are names too.
  if (text.starts_with("postgresql://")) return parse_store("postgres:" + std::string(text));
  const std::string_view name = text.substr(0, text.find(':'));
  std::string known;
  for (const StoreInfo& store : kStores) {
    if (store.name == name) {
      std::string target(text.size() > name.size() ? text.substr(name.size() + 1) : store.fallback);
      if (target.empty()) target = store.fallback;
      if (target.empty() && !store.target_is_optional)
        return fail(ErrorKind::usage, "'" + std::string(text) + "' names no " + std::string(store.target),
                    "write " + std::string(store.name) + ":" + std::string(store.target));
      return StoreText{&store, std::move(target)};
    }
    known += (known.empty() ? "" : ", ") + std::string(store.name) + ":" + std::string(store.target);
  }
  // What stands behind the name may hold a password.
  return fail(ErrorKind::usage, "'" + std::string(name) + "' is not a store", "one of: " + known);
}

}  // namespace racesim
