#include "cli/commands/query/query_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quantity.h"
#include "cli/commands/store_target.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

OptionSpec what_option(QueryCommand& c) {
  OptionSpec what;
  what.name = "what";
  what.metavar = "WHAT";
  what.group = "Arguments";
  what.help = "One SELECT, or a name:";
  const auto all = named_queries();
  for (const NamedQuery& query : all) {
    // Two with the same name are one to the user: which it is hangs on what is stored.
    if (std::find(what.suggestions.begin(), what.suggestions.end(), query.name) != what.suggestions.end())
      continue;
    const auto same_name = [&](const NamedQuery& other) { return other.name == query.name; };
    const bool two = std::count_if(all.begin(), all.end(), same_name) > 1;
    const NamedQuery& last = *std::find_if(all.rbegin(), all.rend(), same_name);
    what.help += fmt::format(" {} ({}{}),", query.name, last.summary,
                             two ? "; where results of racesim aggregate are stored, those" : "");
    what.suggestions.emplace_back(query.name);
  }
  what.help.pop_back();
  what.default_value = "tables";
  what.positional = true;
  what.configurable = false;
  what.set = set_text(c.what);
  return what;
}

Setter set_store(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (Done ok = check_readable_store(text); !ok) return ok;
    target = text;
    return {};
  };
}

Setter set_run(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (text.size() != 8 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
      return fail(ErrorKind::usage, "'" + text + "' is not the name of a run",
                  "8 hexadecimal digits; racesim query runs lists those that are stored");
    target = text;
    return {};
  };
}

Setter set_car(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos)
      return fail(ErrorKind::usage, "'" + text + "' is not the number of a car", "example: --car 63");
    target = text;
    return {};
  };
}

}  // namespace

std::vector<OptionSpec> query_options(QueryCommand& c) {
  OptionSpec db =
      option_of("What", {"db", "STORE", "sqlite:racesim.db", "Store to read: sqlite:PATH or postgres:DSN"},
                set_store(c.db));
  db.suggestions = {"sqlite:", "postgres:"};
  return {
      what_option(c),
      db,
      file(option_of("What", {"password-file", "FILE", "", "File with the password for postgres:"},
                     set_text(c.password_file))),
      noted(
          option_of("What", {"run", "RUN", "", "Of laps, standings, results: the run, 8 hexadecimal digits"},
                    set_run(c.filter.run)),
          "the one stored last"),
      option_of("What", {"car", "N", "", "Of laps, standings, results: only this car's"},
                set_car(c.filter.car)),
      option_of("What", {"at", "TIME", "", "Of laps, standings, results: as they were at this moment"},
                set_text(c.filter.at)),
      option_of("What", {"timeout", "DURATION", "30s", "How long the query may take; 0: as long as it does"},
                set_parsed(c.timeout_ns, &parse_duration_ns)),
      noted(chosen(option_of("Output", {"format", "FORM", "", "table, csv, or json: one object a line"},
                             nullptr),
                   c.format, {"table", "csv", "json"}),
            "table on a terminal, else csv"),
      noted(option_of("Output", {"limit", "N", "", "Rows to show at most; 0: all"},
                      set_number(c.limit, std::uint64_t{0}, UINT64_MAX)),
            "1000 in a table, else all"),
  };
}

}  // namespace racesim::cli
