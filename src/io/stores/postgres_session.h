// A connection that is fit for racesim: right version and encoding, settings of the session, tables.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_tables.h"
#include "io/stores/store.h"

namespace racesim::postgres {

inline constexpr int kOldestServer = 120000;

/// Why a server of that version and encoding cannot be used; empty: it can.
std::string why_unusable(int server_version, const std::string& encoding);

struct SessionOptions {
  std::string application;  ///< the name that the server shows
  bool is_alone = false;    ///< nobody else has this name: what still runs under it is ended first
  Durability durability = Durability::full;
  std::int64_t lock_wait_ms = 10'000;
};

/// Connects and sets the session up. Errors: runtime, usage (too old, encoding); `trouble` says whether it is
/// worth another try.
Result<std::unique_ptr<Connection>> open_session(const Target& target, const SessionOptions& options,
                                                 Trouble& trouble);

/// Makes or migrates the tables, with the columns that those of an earlier racesim lack; several may do so at
/// the same time. Errors: usage (a newer schema, a table
/// of that name that is not racesim's), runtime.
Done make_tables(Connection& connection, const Target& target, const std::vector<TablePlan>& plans,
                 bool with_retention);

/// What make_tables() would refuse; else the names of the tables that it would make.
Result<std::vector<std::string>> missing_tables(Connection& connection, const Target& target,
                                                const std::vector<TablePlan>& plans);

}  // namespace racesim::postgres
