// Goal: help, man page, reference and completions name every option of every command: they are one walk over
// the same description. Hidden ones stay hidden. Method: a small tree; every visible name is looked for in
// every document.
#include "cli/docs/docs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/docs/help.h"
#include "sample_command.h"

namespace racesim::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class DocsTest : public testing::Test {
 protected:
  std::shared_ptr<Globals> globals_ = std::make_shared<Globals>();
  std::shared_ptr<test::Brew> brew_ = std::make_shared<test::Brew>();
  CommandSpec root_ = test::sample_root(globals_, brew_);
  CommandPath brew_path_{&root_, &root_.subcommands[0]};
};

TEST_F(DocsTest, EveryDocumentNamesEveryVisibleOption) {
  std::string man;
  for (const std::string& page : man_page_names(root_)) man += man_page(root_, page);
  const std::string all_help = help_text({&root_}, Screen{}, HelpLength::everything);
  for_each_command(root_, [&](const CommandPath& path) {
    for (const OptionSpec& option : path.back()->options) {
      if (option.hidden || option.positional) continue;
      std::string escaped = "--" + option.name;
      for (std::size_t at = 0; (at = escaped.find('-', at)) != std::string::npos; at += 2)
        escaped.insert(at, "\\");
      EXPECT_THAT(man, HasSubstr(escaped + "\\fR"));
      EXPECT_THAT(all_help, HasSubstr("--" + option.name));
      EXPECT_THAT(markdown_reference(root_), HasSubstr("--" + option.name));
      EXPECT_THAT(json_reference(root_), HasSubstr("\"--" + option.name + "\""));
      EXPECT_THAT(bash_completion(root_), HasSubstr("--" + option.name));
      EXPECT_THAT(zsh_completion(root_), HasSubstr("--" + option.name));
      EXPECT_THAT(fish_completion(root_), HasSubstr("-l " + option.name));
    }
  });
}

TEST_F(DocsTest, HiddenOptionsShowOnlyOnDemand) {
  EXPECT_THAT(help_text({&root_}, Screen{}, HelpLength::full), Not(HasSubstr("--help-json")));
  EXPECT_THAT(help_text({&root_}, Screen{}, HelpLength::everything), HasSubstr("--help-json"));
  EXPECT_THAT(man_page(root_, "racesim"), Not(HasSubstr("help\\-json")));
}

TEST_F(DocsTest, HelpShowsGroupsDefaultsAndVariables) {
  const std::string help = help_text(brew_path_, Screen{}, HelpLength::full);
  EXPECT_THAT(help, HasSubstr("Usage: racesim brew [OPTIONS]\n"));
  EXPECT_THAT(help, HasSubstr("\nWhat\n"));
  EXPECT_THAT(help, HasSubstr("\nGlobal\n"));
  EXPECT_THAT(help, HasSubstr("--cups N"));
  EXPECT_THAT(help, HasSubstr("[default 2; RACESIM_CUPS]"));
  EXPECT_THAT(help, HasSubstr("--kind filter|mocha"));
}

TEST_F(DocsTest, HelpIsPlainWithoutColourAndFitsTheScreen) {
  Screen screen;
  screen.columns = 60;
  const std::string help = help_text(brew_path_, screen, HelpLength::full);
  EXPECT_THAT(help, Not(HasSubstr("\x1b")));
  std::size_t start = 0;
  while (start < help.size()) {
    const std::size_t end = help.find('\n', start);
    EXPECT_LE(display_width(std::string_view(help).substr(start, end - start)), 60U);
    start = end + 1;
  }
}

TEST_F(DocsTest, BoxesLineUp) {
  Screen screen;
  screen.color = screen.utf8 = true;
  const std::string help = help_text(brew_path_, screen, HelpLength::full);
  EXPECT_THAT(help, HasSubstr("╭─"));
  std::size_t start = 0;
  while (start < help.size()) {
    const std::size_t end = help.find('\n', start);
    std::string line = help.substr(start, end - start);
    for (std::size_t at = 0; (at = line.find('\x1b')) != std::string::npos;)
      line.erase(at, line.find('m', at) - at + 1);
    if (line.find("│") != std::string::npos || line.find("╭") != std::string::npos) {
      EXPECT_EQ(display_width(line), 80U) << line;
    }
    start = end + 1;
  }
}

TEST_F(DocsTest, JsonNestsTheCommands) {
  const auto json = nlohmann::json::parse(json_reference(root_));
  EXPECT_EQ(json["name"], "racesim");
  EXPECT_EQ(json["commands"][0]["name"], "brew");
  EXPECT_EQ(json["commands"][0]["options"][0]["environment"], "RACESIM_CUPS");
  EXPECT_EQ(json["commands"][1]["commands"][0]["name"], "open");
}

TEST_F(DocsTest, RoffEscapesWhatItWouldTakeForItself) {
  root_.subcommands[0].summary = "-x\\y";
  root_.subcommands[0].details = ".TH is a request\n'so is this";
  const std::string page = man_page(root_, "racesim-brew");
  EXPECT_THAT(page, HasSubstr("\\-x\\ey"));
  EXPECT_THAT(page, HasSubstr("\\&.TH is"));
  EXPECT_THAT(page, HasSubstr("\\&'so is"));
}

}  // namespace
}  // namespace racesim::cli
