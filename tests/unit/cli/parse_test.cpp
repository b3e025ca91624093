// Goal: the words of a command line become the command and the texts that are meant; mistakes are named with
// the remedy. Covers the traps of CLI11 2.1.2 that this project met. Method: a small tree of commands, lines
// as a user types them.
#include "cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_command.h"

namespace racesim::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ParseTest : public testing::Test {
 protected:
  Result<ParsedLine> parse(const std::vector<std::string>& args) { return parse_line(root_, args); }
  std::vector<std::string> values(const std::vector<std::string>& args, const std::string& name) {
    const Result<ParsedLine> line = parse(args);
    if (!line) return {"error: " + line.error().what};
    const auto found = line->settings.find(name);
    return found == line->settings.end() ? std::vector<std::string>() : found->second.values;
  }
  Error error(const std::vector<std::string>& args) {
    const Result<ParsedLine> line = parse(args);
    return line ? Error{ErrorKind::runtime, "no error", ""} : line.error();
  }
  std::shared_ptr<Globals> globals_ = std::make_shared<Globals>();
  std::shared_ptr<test::Brew> brew_ = std::make_shared<test::Brew>();
  CommandSpec root_ = test::sample_root(globals_, brew_);
};

TEST_F(ParseTest, FindsTheCommand) {
  EXPECT_EQ(full_name(parse({})->path), "racesim");
  EXPECT_EQ(full_name(parse({"brew"})->path), "racesim brew");
  EXPECT_EQ(full_name(parse({"jar", "open"})->path), "racesim jar open");
}

TEST_F(ParseTest, TakesValuesInBothForms) {
  EXPECT_THAT(values({"brew", "--cups", "3"}, "cups"), ElementsAre("3"));
  EXPECT_THAT(values({"brew", "--cups=3"}, "cups"), ElementsAre("3"));
  EXPECT_THAT(values({"brew", "--cups", "-3"}, "cups"), ElementsAre("-3"));
  EXPECT_THAT(values({"jar", "open", "big"}, "which"), ElementsAre("big"));
}

TEST_F(ParseTest, GlobalsFitBeforeAndAfterTheCommand) {
  EXPECT_THAT(values({"--quiet", "brew"}, "quiet"), ElementsAre("true"));
  EXPECT_THAT(values({"brew", "-q"}, "quiet"), ElementsAre("true"));
  EXPECT_THAT(values({"brew", "-vv"}, "verbose"), ElementsAre("true", "true"));
}

TEST_F(ParseTest, TheLastValueCountsUnlessRepeatable) {
  EXPECT_THAT(values({"brew", "--cups", "3", "--cups", "4"}, "cups"), ElementsAre("4"));
  EXPECT_THAT(values({"brew", "--extra", "milk", "--extra", "[a,b]"}, "extra"), ElementsAre("milk", "[a,b]"));
}

TEST_F(ParseTest, SuggestsTheCommandThatIsMeant) {
  const Error wrong = error({"brwe"});
  EXPECT_EQ(wrong.kind, ErrorKind::usage);
  EXPECT_EQ(wrong.what, "unknown command 'brwe'");
  EXPECT_EQ(wrong.hint, "did you mean: racesim brew");
  EXPECT_EQ(error({"jar", "opne"}).hint, "did you mean: racesim jar open");
  EXPECT_EQ(error({"zzzzzz"}).hint, "all commands: racesim --help");
}

TEST_F(ParseTest, AbbreviationsAreNotAccepted) {
  EXPECT_EQ(error({"bre"}).what, "unknown command 'bre'");
  EXPECT_EQ(error({"brew", "--cup", "3"}).what, "unknown option '--cup'");
}

TEST_F(ParseTest, SuggestsTheOptionThatIsMeant) {
  EXPECT_EQ(error({"brew", "--cusp", "3"}).hint, "did you mean: --cups");
  EXPECT_EQ(error({"brew", "--cusp=3"}).what, "unknown option '--cusp'");
  EXPECT_EQ(error({"brew", "-cups", "3"}).hint, "did you mean: --cups");
  EXPECT_EQ(error({"brew", "--quite"}).hint, "did you mean: --quiet");
  EXPECT_EQ(error({"jar", "open", "--cups", "3"}).hint, "it belongs to: racesim brew");
}

TEST_F(ParseTest, NamesTheFirstMistakeAsTyped) {
  EXPECT_EQ(error({"brew", "--first", "--second"}).what, "unknown option '--first'");
  EXPECT_EQ(error({"brew", "one", "two"}).what, "unexpected argument 'one'");
}

TEST_F(ParseTest, AMissingValueIsNotTakenFromTheNextOption) {
  EXPECT_EQ(error({"brew", "--cups"}).what, "--cups needs a value");
  EXPECT_EQ(error({"brew", "--cups="}).what, "--cups needs a value");
  EXPECT_EQ(error({"brew", "--cups", "--strong"}).what, "--cups needs a value before '--strong'");
  EXPECT_EQ(error({"brew", "--cups=", "3"}).what, "--cups needs a value after '='");
}

TEST_F(ParseTest, OneCommandAtATime) {
  EXPECT_EQ(error({"brew", "jar"}).what, "unexpected argument 'jar'");
}

TEST_F(ParseTest, HelpForgivesOptionsButNotCommands) {
  EXPECT_TRUE(parse({"brew", "--cusp", "--help"}));
  EXPECT_EQ(error({"brwe", "--help"}).what, "unknown command 'brwe'");
}

TEST_F(ParseTest, FindsACommandByItsWords) {
  EXPECT_EQ(full_name(*find_command(root_, {"jar", "open"})), "racesim jar open");
  EXPECT_THAT(find_command(root_, {"jra"}).error().hint, HasSubstr("racesim jar"));
}

}  // namespace
}  // namespace racesim::cli
