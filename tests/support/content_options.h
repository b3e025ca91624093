// Options of scenarios as tests give them: by name and text, as a user would.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "run/config.h"

namespace racesim::test {

/// All options of the scenario at their fallbacks.
inline ContentOptions options_of(std::string_view scenario) {
  const ScenarioEntry* entry = find_scenario(scenario);
  EXPECT_NE(entry, nullptr) << scenario;
  return entry == nullptr ? ContentOptions() : ContentOptions(*entry);
}

/// `text` as on the command line.
inline void set_option(ContentOptions& content, std::string_view name, std::string_view text) {
  const ContentOption* option = find_option(*content.scenario, name);
  ASSERT_NE(option, nullptr) << name;
  auto value = parse_value(*option, text);
  ASSERT_TRUE(value) << name << ": " << value.error().what;
  content.values.set(name, std::move(*value));
}

}  // namespace racesim::test
