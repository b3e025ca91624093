// A small tree of commands for tests of parsing, precedence and documents.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/globals.h"
#include "cli/values.h"

namespace racesim::cli::test {

/// What the options of `racesim brew` hold.
struct Brew {
  std::uint64_t cups = 0;
  bool strong = false;
  std::vector<std::string> extras;
  std::string kind;
};

inline OptionSpec option(const std::string& name, const std::string& metavar, const std::string& fallback,
                         Setter set) {
  OptionSpec spec;
  spec.name = name;
  spec.metavar = metavar;
  spec.group = "What";
  spec.help = "Sets " + name;
  spec.default_value = fallback;
  spec.set = std::move(set);
  return spec;
}

/// racesim {brew, jar {open}}, and the globals.
inline CommandSpec sample_root(const std::shared_ptr<Globals>& globals, const std::shared_ptr<Brew>& brew) {
  CommandSpec make;
  make.name = "brew";
  make.summary = "Make coffee";
  OptionSpec extra = option("extra", "NAME", "", add_text(brew->extras));
  extra.repeatable = true;
  OptionSpec kind = option("kind", "KIND", "filter", nullptr);
  kind.choices = {"filter", "mocha"};
  make.options = {option("cups", "N", "2", set_number(brew->cups, std::uint64_t{1}, std::uint64_t{12})),
                  option("strong", "", "", set_flag(brew->strong)), extra, choice_option(kind, brew->kind)};
  make.run = [brew](Context&) -> Result<int> { return 0; };
  CommandSpec open;
  open.name = "open";
  open.summary = "Open the jar";
  OptionSpec which = option("which", "JAR", "", nullptr);
  which.positional = true;
  which.configurable = false;
  open.options = {which};
  open.run = [](Context&) -> Result<int> { return 0; };
  CommandSpec jar;
  jar.name = "jar";
  jar.summary = "Look after the jar";
  jar.subcommands = {open};
  CommandSpec root;
  root.name = "racesim";
  root.summary = "A sample";
  root.options = global_options(globals);
  root.subcommands = {make, jar};
  return root;
}

}  // namespace racesim::cli::test
