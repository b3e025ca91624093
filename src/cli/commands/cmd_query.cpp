// racesim query
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/quantity.h"
#include "base/suggest.h"
#include "cli/commands/commands.h"
#include "cli/commands/query/query_options.h"
#include "cli/commands/query/result_writer.h"
#include "cli/commands/query/watchdog.h"
#include "cli/commands/store_target.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/terminal.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kGrace_ns = 1'000'000'000;  ///< for the database to end a query itself
constexpr std::uint64_t kTableRows = 1000;         ///< that a table shows if no --limit is given

ResultForm form_of(const Context& context, const QueryCommand& command) {
  if (context.globals->json || command.format == "json") return ResultForm::json;
  if (command.format == "csv") return ResultForm::csv;
  return command.format == "table" || context.out.tty ? ResultForm::table : ResultForm::csv;
}

/// One word without a blank is the name of a query, or a mistake.
Result<std::string> sql_of(const QueryCommand& command, const NamedQuery* named, StoreReader& reader) {
  if (named != nullptr) return fill_named_query(*named, command.filter, reader);
  if (command.what.find_first_of(" \t\n") == std::string::npos) {
    std::vector<std::string> names;
    for (const NamedQuery& query : named_queries())
      if (std::find(names.begin(), names.end(), query.name) == names.end()) names.emplace_back(query.name);
    Error error = unknown_choice(command.what, names);
    error.hint += "\nor SQL as one argument: racesim query 'SELECT …'";
    return tl::make_unexpected(std::move(error));
  }
  if (command.filter.any())
    return fail(ErrorKind::usage, "--run, --car and --at narrow named queries, not SQL",
                "write them into the SQL: WHERE car = 63");
  return command.what;
}

/// Commands that a hint names ask the same store.
void add_store(std::string& hint, const std::string& db) {
  constexpr std::string_view kTables = "racesim query tables";
  if (const std::size_t at = hint.find(kTables); at != hint.npos) hint.insert(at + kTables.size(), db);
}

/// A name that is not there is best answered with those that are. `db`: the option that names the store, with
/// a blank before it; empty: it is the usual one.
Error explained(Error error, StoreReader& reader, const std::string& db) {
  const bool no_table = error.what.find("no such table") != std::string::npos ||
                        (error.what.find("relation") != std::string::npos &&
                         error.what.find("does not exist") != std::string::npos);
  if (!no_table) {
    add_store(error.hint, db);
    return error;
  }
  const Result<std::vector<std::string>> tables = reader.tables();
  std::string names;
  if (tables)
    for (const std::string& table : *tables) names += (names.empty() ? "" : ", ") + table;
  error.hint = names.empty() ? "no events are stored there yet: racesim ingest --to " + reader.name()
                             : "tables with rows: " + names + " (racesim query tables)";
  add_store(error.hint, db);
  return error;
}

struct Written {
  std::uint64_t rows = 0;
  bool more = false;  ///< there are more than --limit
};

/// A reader that goes away ends it well.
Result<Written> write_result(ResultRows& rows, ResultWriter& writer, std::uint64_t limit) {
  Written written;
  std::vector<Cell> cells;
  Done ok;
  while (ok) {
    const Result<bool> more = rows.next(cells);
    if (!more) {
      // What has come is shown, as far as it goes.
      static_cast<void>(writer.finish());
      return tl::make_unexpected(more.error());
    }
    if (!*more) break;
    if (limit > 0 && written.rows == limit) {
      written.more = true;
      break;
    }
    ok = writer.add(cells);
    ++written.rows;
  }
  if (ok) ok = writer.finish();
  if (!ok && ok.error().kind != ErrorKind::reader_gone) return tl::make_unexpected(ok.error());
  return written;
}

std::string count_text(const Written& written) {
  const std::string rows = fmt::format("{} row{}", format_count(written.rows), written.rows == 1 ? "" : "s");
  return written.more ? rows + " shown, there are more: --limit 0 shows all\n" : rows + "\n";
}

Result<int> run(Context& context, const QueryCommand& command) {
  auto reader = open_store_reader(command.db, command.password_file);
  if (!reader) return tl::make_unexpected(reader.error());
  const Result<std::vector<std::string>> tables = (*reader)->tables();
  if (!tables) return tl::make_unexpected(tables.error());
  const NamedQuery* const named = find_named_query(command.what, *tables);
  const Result<std::string> sql = sql_of(command, named, **reader);
  if (!sql) return tl::make_unexpected(sql.error());
  if (context.globals->dry_run) return write_stdout(*sql + "\n").map([] { return kExitOk; });
  // Above 0, which would mean no limit.
  const std::int64_t limit_ms =
      command.timeout_ns == 0 ? 0 : std::max<std::int64_t>(command.timeout_ns / 1'000'000, 1);
  // A moment later than the database itself, which has more to say.
  std::optional<Watchdog> watchdog;
  if (limit_ms > 0)
    watchdog.emplace(limit_ms * 1'000'000 + kGrace_ns, [&context] {
      show_error(context,
                 {ErrorKind::usage, "the query took longer than its limit, in one step that nothing ends",
                  "search in shorter texts, or allow more: --timeout 5m"});
      std::_Exit(kExitUsage);
    });
  const std::string db = context.is_set("db") ? " --db " + (*reader)->name() : "";
  auto rows = (*reader)->query(*sql, limit_ms);
  if (!rows) return tl::make_unexpected(explained(rows.error(), **reader, db));
  const ResultForm form = form_of(context, command);
  const bool given = context.is_set("limit");
  const auto width = context.out.tty ? static_cast<std::size_t>(context.out.line_columns) : 0;
  const auto writer = make_result_writer(form, (*rows)->columns(), width, &write_rows);
  const Result<Written> written = write_result(**rows, *writer,
                                               given                       ? command.limit
                                               : form == ResultForm::table ? kTableRows
                                                                           : 0);
  if (!written) return tl::make_unexpected(explained(written.error(), **reader, db));
  if (form == ResultForm::table && !context.globals->quiet) {
    write_stderr(count_text(*written));
    if (written->rows == 0 && named != nullptr && !named->empty_hint.empty())
      write_stderr(std::string(named->empty_hint) + "\n");
  }
  return kExitOk;
}

}  // namespace

CommandSpec query_command() {
  const auto options = std::make_shared<QueryCommand>();
  CommandSpec command;
  command.name = "query";
  command.summary = "Ask a store that ingest filled, in SQL or by the name of a question";
  command.details =
      "query runs one SELECT and can change nothing: the store is opened for reading, what would write or "
      "reach "
      "files and the system is refused, and a time limit ends what takes too long.\n\nA terminal shows a "
      "table, "
      "a pipe gets CSV. Rows that are too wide for the terminal are shown one value a line.";
  command.options = query_options(*options);
  mark_common(command.options, {"what", "db", "format", "limit", "run", "car"});
  command.examples = {
      {"racesim query standings", "the order of the cars in the run stored last"},
      {"racesim query laps --car 63 --format csv", "the laps of a car, as CSV"},
      {"racesim query 'SELECT driver, max(speed_kmh) FROM telemetry GROUP BY driver ORDER BY 2 DESC'",
       "any question in SQL"},
      {"racesim query dead-letters --db postgres:dbname=racing --limit 10",
       "the last records that were no rows"},
  };
  command.run = [options](Context& context) { return run(context, *options); };
  return command;
}

}  // namespace racesim::cli
