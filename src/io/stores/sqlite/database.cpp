#include "io/stores/sqlite/database.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace racesim::sqlite {
namespace {

/// Measured in ADR 0014.
constexpr const char* kSettings =
    "PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 134217728; PRAGMA secure_delete = OFF; ";
constexpr std::int64_t kCheckpointBytes = std::int64_t{64} << 20;
/// Of new files. A commit writes whole pages, and 64 rows touch a hundred of them.
constexpr const char* kBulkPages = "PRAGMA page_size = 16384";
constexpr const char* kSmallPages = "PRAGMA page_size = 4096";

/// Migrations: element i leads from version i to i + 1.
constexpr const char* kMigrations[kSchemaVersion] = {R"sql(
CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied TEXT);
CREATE TABLE key_blocks (
  id INTEGER PRIMARY KEY,
  table_name TEXT NOT NULL,
  number TEXT NOT NULL,
  scope TEXT NOT NULL,
  high INTEGER NOT NULL,
  first_key INTEGER AS (id << 36),
  last_key INTEGER AS ((id << 36) + 68719476735),
  UNIQUE (table_name, scope, number, high)
);
CREATE TABLE ingest_offsets (
  source TEXT NOT NULL,
  lane TEXT NOT NULL,
  next_offset INTEGER NOT NULL,
  last_hash INTEGER NOT NULL,
  last_time_ms INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  consumed INTEGER NOT NULL,
  updated TEXT NOT NULL,
  PRIMARY KEY (source, lane)
) WITHOUT ROWID;
CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  lane TEXT NOT NULL,
  record_offset INTEGER NOT NULL,
  reason TEXT NOT NULL,
  raw BLOB NOT NULL,
  added TEXT NOT NULL
);
CREATE TABLE runs (
  run TEXT NOT NULL,
  scenario TEXT NOT NULL,
  events INTEGER NOT NULL,
  first_time TEXT,
  last_time TEXT,
  added TEXT NOT NULL,
  PRIMARY KEY (run, scenario)
) WITHOUT ROWID;
CREATE TABLE retention (
  table_name TEXT PRIMARY KEY,
  newest_us INTEGER,
  expired_before_us INTEGER
) WITHOUT ROWID;
)sql",
                                                     R"sql(
CREATE TABLE aggregation_state (
  name TEXT PRIMARY KEY,
  format INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  updated TEXT NOT NULL
);
)sql"};

constexpr const char* kOwnTables[] = {"schema_version", "key_blocks", "ingest_offsets",   "dead_letter",
                                      "runs",           "retention",  "aggregation_state"};

Result<std::set<std::string>> table_names(Connection& connection) {
  Result<Statement> select =
      connection.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  std::set<std::string> names;
  int code = SQLITE_ROW;
  while ((code = select->step()) == SQLITE_ROW) names.emplace(select->text(0));
  if (code != SQLITE_DONE) return tl::make_unexpected(connection.error("read"));
  return names;
}

Error foreign_table(const Connection& connection, const std::string& table) {
  return {ErrorKind::usage,
          "open " + connection.path() + ": its table " + table +
              " was not made by racesim, or was changed by hand",
          "choose another file, or rename that table: ALTER TABLE " + quote_name(table) + " RENAME TO …"};
}

/// 0: racesim has made nothing there yet.
Result<int> schema_version(Connection& connection, const std::set<std::string>& names) {
  if (!names.contains("schema_version")) return 0;
  const Result<std::vector<std::string>> columns = columns_of(connection, "schema_version");
  if (!columns) return tl::make_unexpected(columns.error());
  if (*columns != std::vector<std::string>{"version", "applied"})
    return tl::make_unexpected(foreign_table(connection, "schema_version"));
  const Result<std::optional<std::int64_t>> version =
      connection.number("SELECT max(version) FROM schema_version");
  if (!version) return tl::make_unexpected(version.error());
  return static_cast<int>(version->value_or(0));
}

Done check_version(const Connection& connection, int version) {
  if (version <= kSchemaVersion) return {};
  return fail(ErrorKind::usage,
              "open " + connection.path() + ": its schema is version " + std::to_string(version) +
                  ", this racesim knows versions up to " + std::to_string(kSchemaVersion),
              "use the newer racesim that made it, or choose another file");
}

/// Our names that stand in a database of somebody else.
Done check_names(const Connection& connection, const std::set<std::string>& names,
                 const std::vector<TableLayout>& layouts) {
  for (const char* own : kOwnTables)
    if (names.contains(own)) return tl::make_unexpected(foreign_table(connection, own));
  for (const TableLayout& layout : layouts)
    if (names.contains(layout.name)) return tl::make_unexpected(foreign_table(connection, layout.name));
  return {};
}

Done migrate(Connection& connection, int version) {
  for (int next = version + 1; next <= kSchemaVersion; ++next) {
    if (Done ok = connection.exec(kMigrations[next - 1]); !ok) return ok;
    if (Done ok = connection.exec("INSERT INTO schema_version VALUES (" + std::to_string(next) +
                                  ", strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))");
        !ok)
      return ok;
  }
  return {};
}

/// Adds columns that a table of an earlier racesim lacks.
Done complete_table(Connection& connection, const TableLayout& layout) {
  const Result<std::vector<std::string>> there = columns_of(connection, layout.name);
  if (!there) return tl::make_unexpected(there.error());
  if (there->empty() || there->front() != kRowKey)
    return tl::make_unexpected(foreign_table(connection, layout.name));
  for (const Column& column : layout.columns) {
    if (std::find(there->begin(), there->end(), column.name) != there->end()) continue;
    if (Done ok = connection.exec("ALTER TABLE " + quote_name(layout.name) + " ADD COLUMN " +
                                  quote_name(column.name) + " " + std::string(declared_type(column.storage)));
        !ok)
      return ok;
  }
  return {};
}

Done make_tables(Connection& connection, const std::vector<TableLayout>& layouts) {
  const Result<std::set<std::string>> names = table_names(connection);
  if (!names) return tl::make_unexpected(names.error());
  const Result<int> version = schema_version(connection, *names);
  if (!version) return tl::make_unexpected(version.error());
  if (Done ok = check_version(connection, *version); !ok) return ok;
  if (*version == 0)
    if (Done ok = check_names(connection, *names, layouts); !ok) return ok;
  if (Done ok = migrate(connection, *version); !ok) return ok;
  for (const TableLayout& layout : layouts) {
    Done ok = names->contains(layout.name) ? complete_table(connection, layout)
                                           : connection.exec(create_sql(layout));
    if (!ok) return ok;
  }
  return {};
}

int busy_ms(const StoreOptions& options) {
  return static_cast<int>(std::min<std::int64_t>(options.busy_wait_ns / 1'000'000, 86'400'000));
}

/// How much the log may hold before it goes into the file, whatever the size of its pages.
Done limit_log(Connection& connection) {
  const Result<std::optional<std::int64_t>> page_bytes = connection.number("PRAGMA page_size");
  if (!page_bytes) return tl::make_unexpected(page_bytes.error());
  return connection.exec("PRAGMA wal_autocheckpoint = " + std::to_string(kCheckpointBytes / **page_bytes));
}

}  // namespace

Result<std::vector<std::string>> columns_of(Connection& connection, const std::string& table) {
  Result<Statement> select =
      connection.prepare("SELECT name FROM pragma_table_info(" + quote_text(table) + ")");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  std::vector<std::string> names;
  int code = SQLITE_ROW;
  while ((code = select->step()) == SQLITE_ROW) names.emplace_back(select->text(0));
  if (code != SQLITE_DONE) return tl::make_unexpected(connection.error("read"));
  return names;
}

Result<Connection> open_database(const StoreOptions& options, const std::vector<TableLayout>& layouts) {
  Result<Connection> connection = Connection::open(options.target, OpenMode::write, busy_ms(options));
  if (!connection) return connection;
  const char* synchronous = options.durability == Durability::full ? "FULL" : "NORMAL";
  for (const std::string& sql :
       {std::string(kSettings) + (options.small_commits ? kSmallPages : kBulkPages),
        std::string("PRAGMA journal_mode = WAL"), std::string("PRAGMA synchronous = ") + synchronous,
        std::string("BEGIN IMMEDIATE")})
    if (Done ok = connection->exec(sql); !ok) {
      ok.error().what.replace(0, std::string_view("write").size(), "open");
      return tl::make_unexpected(std::move(ok.error()));
    }
  if (Done ok = make_tables(*connection, layouts); !ok) {
    sqlite3_exec(connection->get(), "ROLLBACK", nullptr, nullptr, nullptr);
    return tl::make_unexpected(std::move(ok.error()));
  }
  if (Done ok = connection->exec("COMMIT"); !ok) return tl::make_unexpected(std::move(ok.error()));
  if (Done ok = limit_log(*connection); !ok) return tl::make_unexpected(std::move(ok.error()));
  return connection;
}

Result<std::vector<std::string>> missing_tables(const StoreOptions& options,
                                                const std::vector<TableLayout>& layouts) {
  std::set<std::string> there;
  std::error_code ignored;
  if (std::filesystem::exists(options.target, ignored)) {
    Result<Connection> connection = Connection::open(options.target, OpenMode::read, busy_ms(options));
    if (!connection) return tl::make_unexpected(std::move(connection.error()));
    Result<std::set<std::string>> names = table_names(*connection);
    if (!names) return tl::make_unexpected(std::move(names.error()));
    const Result<int> version = schema_version(*connection, *names);
    if (!version) return tl::make_unexpected(version.error());
    if (Done ok = check_version(*connection, *version); !ok)
      return tl::make_unexpected(std::move(ok.error()));
    if (*version == 0)
      if (Done ok = check_names(*connection, *names, layouts); !ok)
        return tl::make_unexpected(std::move(ok.error()));
    there = std::move(*names);
  } else {
    const std::filesystem::path folder = std::filesystem::path(options.target).parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
      return fail(ErrorKind::runtime, "open " + options.target + ": there is no folder " + folder.string(),
                  "make the folder, or choose another path");
  }
  std::vector<std::string> missing;
  for (const TableLayout& layout : layouts)
    if (!there.contains(layout.name)) missing.push_back(layout.name);
  return missing;
}

Done check_is_ours(Connection& connection) {
  const Result<std::set<std::string>> names = table_names(connection);
  if (!names) return tl::make_unexpected(names.error());
  const Result<int> version = schema_version(connection, *names);
  if (!version) return tl::make_unexpected(version.error());
  if (*version == 0)
    return fail(ErrorKind::usage, "open " + connection.path() + ": racesim has stored nothing there",
                "fill it first: racesim ingest --to sqlite:" + connection.path());
  return check_version(connection, *version);
}

}  // namespace racesim::sqlite
