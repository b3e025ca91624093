// racesim schema list|show
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "agg/entry.h"
#include "base/suggest.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/values.h"
#include "codec/spark_schema.h"
#include "run/rows/event_tables.h"

namespace racesim::cli {
namespace {

struct KnownSchema {
  const SchemaInfo* schema;
  std::string of;  ///< what its rows are
};

/// Of events and of the results of aggregations; none is there twice.
std::vector<KnownSchema> known_schemas() {
  std::vector<KnownSchema> known;
  for (const StoreTable& table : event_tables())
    known.push_back({table.schema, "events of " + std::string(table.scenario)});
  for (const AggregationEntry* entry : aggregations())
    known.push_back({&entry->result(), "results of aggregate --by " + std::string(entry->name)});
  return known;
}

Result<int> list_schemas() {
  std::string text;
  for (const KnownSchema& one : known_schemas()) text += fmt::format("{:<18}{}\n", one.schema->name, one.of);
  if (const Done ok = write_stdout(text); !ok) return tl::make_unexpected(ok.error());
  return kExitOk;
}

Result<int> show_schemas(const std::vector<std::string>& names) {
  const std::vector<KnownSchema> known = known_schemas();
  std::string text;
  for (const std::string& name : names) {
    std::vector<std::string> known_names;
    const SchemaInfo* found = nullptr;
    for (const KnownSchema& one : known) {
      known_names.emplace_back(one.schema->name);
      if (one.schema->name == name && found == nullptr) found = one.schema;
    }
    if (found == nullptr) return tl::make_unexpected(unknown_choice(name, known_names));
    text += fmt::format("{}\n\"{}\":{}", text.empty() ? "{" : ",", name, spark_schema(*found));
  }
  if (const Done ok = write_stdout(text + "\n}\n"); !ok) return tl::make_unexpected(ok.error());
  return kExitOk;
}

CommandSpec list_command() {
  CommandSpec command;
  command.name = "list";
  command.summary = "List the schemas of events and of results";
  command.run = [](Context&) { return list_schemas(); };
  return command;
}

CommandSpec show_command() {
  struct ShowOptions {
    std::vector<std::string> names;
    std::string as;
  };
  const auto options = std::make_shared<ShowOptions>();
  OptionSpec name;
  name.name = "name";
  name.metavar = "NAME";
  name.group = "Arguments";
  name.help = "Name of a schema; several for several";
  name.positional = true;
  name.repeatable = true;
  name.configurable = false;
  for (const KnownSchema& one : known_schemas()) name.suggestions.emplace_back(one.schema->name);
  name.set = add_text(options->names);
  OptionSpec as;
  as.name = "as";
  as.metavar = "FORM";
  as.group = "Output";
  as.help = "spark: the JSON of Apache Spark's StructType, by name";
  as.default_value = "spark";
  as.choices = {"spark"};
  as.configurable = false;
  as.set = set_choice(options->as, as.choices);
  CommandSpec command;
  command.name = "show";
  command.summary = "Print schemas for other programs";
  command.options = {name, as};
  command.examples = {
      {"racesim schema show telemetry window", "what a Spark job reads of a topic, and what it makes"}};
  command.missing = [options](const Settings&) {
    return options->names.empty() ? std::vector<std::string>{"name"} : std::vector<std::string>{};
  };
  command.run = [options](Context&) { return show_schemas(options->names); };
  return command;
}

}  // namespace

CommandSpec schema_command() {
  CommandSpec command;
  command.name = "schema";
  command.summary = "List and print the schemas of events and results";
  command.subcommands = {list_command(), show_command()};
  return command;
}

}  // namespace racesim::cli
