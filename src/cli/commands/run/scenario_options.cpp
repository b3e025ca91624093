#include "cli/commands/run/scenario_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace racesim::cli {
namespace {

/// The scenarios that have an option of that name.
std::vector<const ScenarioEntry*> declarers(std::string_view option) {
  std::vector<const ScenarioEntry*> found;
  for (const ScenarioEntry* entry : scenarios())
    if (find_option(*entry, option) != nullptr) found.push_back(entry);
  return found;
}

/// Which scenario will run is known only later: what only one has is judged here, what several have by
/// fill_values().
Done check_value(const std::string& option, const std::string& text) {
  const std::vector<const ScenarioEntry*> entries = declarers(option);
  if (entries.size() > 1) return {};
  const auto value = parse_value(*find_option(*entries.front(), option), text);
  if (!value) return tl::make_unexpected(value.error());
  return {};
}

std::vector<std::string> texts(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

OptionSpec spec_of(const ScenarioEntry& entry, const ContentOption& option) {
  OptionSpec spec;
  spec.name = option.name;
  spec.metavar = option.metavar;
  spec.group = fmt::format("Scenario {}", entry.name);
  spec.help = option.help;
  // Of a shared name the fallback depends on the scenario, so that nothing can be set beforehand.
  const bool shared = declarers(option.name).size() > 1;
  (shared ? spec.default_note : spec.default_value) = option.fallback;
  if (option.kind == ValueKind::choice) spec.choices = texts(option.choices);
  if (option.kind == ValueKind::list) spec.suggestions = texts(option.choices);
  spec.list = option.kind == ValueKind::list;
  if (option.suggest != nullptr) spec.suggestions = option.suggest();
  if (option.kind == ValueKind::document) spec.complete = Complete::file;
  spec.alias_variable = option.env_alias;
  spec.common = option.common;
  spec.set = [name = spec.name](const std::string& text) { return check_value(name, text); };
  return spec;
}

/// "the scenario A", "the scenarios A and B".
std::string names_of(const std::vector<const ScenarioEntry*>& entries) {
  std::vector<std::string_view> names;
  for (const ScenarioEntry* entry : entries) names.push_back(entry->name);
  return fmt::format("the scenario{} {}", names.size() == 1 ? "" : "s", fmt::join(names, " and "));
}

Done refuse_others(const Settings& settings, const ScenarioEntry& scenario) {
  for (const ScenarioEntry* entry : scenarios())
    for (const ContentOption& option : entry->options) {
      const auto found = settings.find(std::string(option.name));
      const bool typed = found != settings.end() && found->second.source == Source::flag;
      if (!typed || find_option(scenario, option.name) != nullptr) continue;
      return fail(ErrorKind::usage,
                  fmt::format("--{} is for {}, not for {}", option.name, names_of(declarers(option.name)),
                              scenario.name),
                  fmt::format("add: --scenario {}   or leave it out", entry->name));
    }
  return {};
}

}  // namespace

std::vector<OptionSpec> scenario_options() {
  std::vector<OptionSpec> specs;
  for (const ScenarioEntry* entry : scenarios())
    for (const ContentOption& option : entry->options) specs.push_back(spec_of(*entry, option));
  return specs;
}

std::string of_each(const std::function<std::string(const ScenarioEntry&)>& text) {
  std::string all;
  for (const ScenarioEntry* entry : scenarios())
    if (const std::string one = text(*entry); !one.empty())
      all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", entry->name, one);
  return all;
}

std::vector<Example> scenario_examples(bool first_only) {
  std::vector<Example> examples;
  for (const ScenarioEntry* entry : scenarios())
    for (const ScenarioExample& example :
         first_only ? entry->examples.first(std::min<std::size_t>(1, entry->examples.size()))
                    : entry->examples)
      examples.push_back({std::string(example.command), std::string(example.text)});
  return examples;
}

Done fill_values(const Settings& settings, ContentOptions& content) {
  if (const Done ok = refuse_others(settings, *content.scenario); !ok) return ok;
  for (const ContentOption& option : content.scenario->options) {
    const auto found = settings.find(std::string(option.name));
    if (found == settings.end() || found->second.source == Source::builtin) continue;
    Result<OptionValue> value = parse_value(option, found->second.values.back());
    if (!value)
      return fail(value.error().kind, found->second.place + ": " + value.error().what, value.error().hint);
    content.values.set(option.name, std::move(*value),
                       found->second.source == Source::flag ? GivenBy::line : GivenBy::elsewhere);
  }
  return {};
}

}  // namespace racesim::cli
