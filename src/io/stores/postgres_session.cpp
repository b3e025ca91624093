#include "io/stores/postgres_session.h"

#include <algorithm>
#include <utility>

#include "io/stores/postgres_columns.h"

namespace racesim::postgres {
namespace {

constexpr const char* kMigrationLock = "7021788530215219813";  // any number, the same for all who migrate

// Whether there is a table, index or view of that name in the search path.
Result<bool> has_relation(Connection& connection, const std::string& name) {
  const std::string values[] = {name};
  return connection.run("SELECT to_regclass($1) IS NOT NULL", values).map([](const Answer& a) {
    return a.value(0, 0) == "t";
  });
}

std::string without_collation(const std::string& type) {
  return type.substr(0, type.find(" COLLATE"));
}

bool is_of_key(const TablePlan& plan, const std::string& column) {
  const TableKey& key = plan.of.table->key;
  return column == column_name(key.number) ||
         std::any_of(key.scope.begin(), key.scope.end(),
                     [&](std::string_view path) { return column_name(path) == column; });
}

// Those of the plan that a table of an earlier racesim lacks, as numbers. A table of somebody else may have
// the name of one of ours: it has no such key, or other types.
Result<std::vector<std::size_t>> lacking_columns(Connection& connection, const Target& target,
                                                 const TablePlan& plan) {
  const std::string values[] = {plan.name};
  const Result<Answer> found = connection.run(
      "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass($1) "
      "AND attnum > 0 AND NOT attisdropped",
      values);
  if (!found) return tl::make_unexpected(found.error());
  std::vector<std::size_t> lacking;
  for (std::size_t c = 0; c < plan.columns.size(); ++c) {
    int row = 0;
    while (row < found->rows() && found->value(row, 0) != plan.columns[c]) ++row;
    const std::string wanted = without_collation(plan.types[c]);
    if (row < found->rows() && found->value(row, 1) == wanted) continue;
    if (row == found->rows() && !is_of_key(plan, plan.columns[c])) {
      lacking.push_back(c);
      continue;
    }
    const std::string has = row == found->rows() ? "has no column " + sql_name(plan.columns[c])
                                                 : "has a column " + sql_name(plan.columns[c]) + " of type " +
                                                       std::string(found->value(row, 1));
    return fail(ErrorKind::usage,
                target.shown + ": its table " + plan.name + " is not racesim's: it " + has +
                    ", not one of type " + wanted,
                "name another database, or a schema of its own: options=-csearch_path=racesim");
  }
  return lacking;
}

Done complete_table(Connection& connection, const Target& target, const TablePlan& plan) {
  const Result<std::vector<std::size_t>> lacking = lacking_columns(connection, target, plan);
  if (!lacking) return tl::make_unexpected(lacking.error());
  if (lacking->empty()) return {};
  std::string sql = "ALTER TABLE " + plan.name;
  for (const std::size_t c : *lacking)
    sql += std::string(c == lacking->front() ? "" : ",") + " ADD COLUMN " + sql_name(plan.columns[c]) + " " +
           plan.types[c];
  return connection.run(sql).map([](const Answer&) {});
}

// 0: there are no tables yet.
Result<int> stored_version(Connection& connection, const Target& target) {
  const Result<bool> there = has_relation(connection, "schema_version");
  if (!there) return tl::make_unexpected(there.error());
  if (!*there) return 0;
  const Result<Answer> found =
      connection.run("SELECT coalesce(max(version), 0)::integer FROM schema_version");
  if (!found)
    return fail(ErrorKind::usage, found.error().what,
                "its table schema_version is not racesim's: name another database or a schema of its own");
  const int version = std::stoi(std::string(found->value(0, 0)));
  if (version > kSchemaVersion)
    return fail(ErrorKind::usage,
                target.shown + ": its tables are of version " + std::to_string(version) +
                    ", this racesim knows version " + std::to_string(kSchemaVersion),
                "use the newer racesim, or another database");
  return version;
}

Done make_missing(Connection& connection, const Target& target, const std::vector<TablePlan>& plans,
                  bool with_retention) {
  const Result<int> version = stored_version(connection, target);
  if (!version) return tl::make_unexpected(version.error());
  std::string sql;
  // Whoever may write rows need not be allowed to make tables: nothing is asked for that is there.
  if (*version < kSchemaVersion)
    sql =
        "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied timestamp with time "
        "zone "
        "NOT NULL DEFAULT now());\n" +
        bookkeeping_tables() + "INSERT INTO schema_version (version) VALUES (" +
        std::to_string(kSchemaVersion) + ");\n";
  for (const TablePlan& plan : plans) {
    const std::string last = with_retention && plan.time_field >= 0
                                 ? sql_name(std::string(plan.of.table->name) + "_retention")
                                 : plan.name;
    const Result<bool> there = has_relation(connection, last);
    if (!there) return tl::make_unexpected(there.error());
    if (!*there) sql += plan.create;
  }
  if (!sql.empty())
    if (const Result<Answer> made = connection.run(sql); !made) return tl::make_unexpected(made.error());
  for (const TablePlan& plan : plans)
    if (Done ok = complete_table(connection, target, plan); !ok) return ok;
  return {};
}

}  // namespace

std::string why_unusable(int server_version, const std::string& encoding) {
  if (server_version < kOldestServer)
    return "the server is PostgreSQL " + std::to_string(server_version / 10000) +
           ", which is too old: racesim needs " + std::to_string(kOldestServer / 10000) + " or newer";
  if (encoding != "UTF8") return "the database has the encoding " + encoding + ", racesim needs UTF8";
  return {};
}

Result<std::unique_ptr<Connection>> open_session(const Target& target, const SessionOptions& options,
                                                 Trouble& trouble) {
  Result<std::unique_ptr<Connection>> opened = Connection::open(target, options.application, trouble);
  if (!opened) return opened;
  Connection& connection = **opened;
  if (const std::string why =
          why_unusable(connection.server_version(), connection.setting("server_encoding"));
      !why.empty())
    return fail(ErrorKind::usage, target.shown + ": " + why, "name another server or database");
  // A stronger guarantee that the server is set to stays.
  const std::string synchronous = options.durability == Durability::normal
                                      ? "SET synchronous_commit = off"
                                      : "SELECT set_config('synchronous_commit', 'on', false) WHERE "
                                        "current_setting('synchronous_commit') IN ('off', 'local')";
  const std::string lock_wait = std::to_string(options.lock_wait_ms);
  Result<Answer> done = connection.run(
      "SET standard_conforming_strings = on; SET client_min_messages = error; SET TimeZone = 'UTC'; SET "
      "DateStyle = 'ISO'; "
      "SET extra_float_digits = 1; SET bytea_output = 'hex'; SET statement_timeout = 0; SET lock_timeout = " +
      lock_wait + "; " + synchronous);
  // What is left of a connection that broke off may still hold locks, or be about to commit.
  if (done && options.is_alone)
    done = connection.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = " +
                          sql_text(options.application) +
                          " AND pid <> pg_backend_pid() AND usesysid = "
                          "(SELECT oid FROM pg_roles WHERE rolname = session_user)");
  if (done) return opened;
  trouble = connection.trouble();
  return tl::make_unexpected(done.error());
}

Done make_tables(Connection& connection, const Target& target, const std::vector<TablePlan>& plans,
                 bool with_retention) {
  Result<Answer> begun =
      connection.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(" +
                     std::string(kMigrationLock) + ")");
  if (!begun) return tl::make_unexpected(begun.error());
  if (Done made = make_missing(connection, target, plans, with_retention); !made) {
    if (!connection.is_lost()) (void)connection.run("ROLLBACK");
    return made;
  }
  return connection.run("COMMIT").map([](const Answer&) {});
}

Result<std::vector<std::string>> missing_tables(Connection& connection, const Target& target,
                                                const std::vector<TablePlan>& plans) {
  const Result<int> version = stored_version(connection, target);
  if (!version) return tl::make_unexpected(version.error());
  std::vector<std::string> missing;
  for (const TablePlan& plan : plans) {
    const Result<bool> there = has_relation(connection, plan.name);
    if (!there) return tl::make_unexpected(there.error());
    if (!*there) {
      missing.emplace_back(plan.of.table->name);
    } else if (const auto lacking = lacking_columns(connection, target, plan); !lacking) {
      return tl::make_unexpected(lacking.error());
    }
  }
  return missing;
}

}  // namespace racesim::postgres
