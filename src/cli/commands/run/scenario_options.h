// The options that scenarios declare (model/option.h) as options of racesim run: a group per scenario. Two
// scenarios may share a name; the command then has it once for each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "run/config.h"

namespace racesim::cli {

std::vector<OptionSpec> scenario_options();

/// "NAME: TEXT; NAME: TEXT" of what each scenario says; those that say nothing are left out.
std::string of_each(const std::function<std::string(const ScenarioEntry&)>& text);

/// The examples of all scenarios; `first_only`: one of each.
std::vector<Example> scenario_examples(bool first_only);

/// Sets what the settings give of the options of content.scenario. Refuses (usage) an option that was typed
/// and belongs to other scenarios; from the environment and from files it may be meant for another run.
Done fill_values(const Settings& settings, ContentOptions& content);

}  // namespace racesim::cli
