// Goal: flag beats environment beats --config or ./racesim.toml beats the user's file beats the default,
// whole lists at a time; an error names the place that its value came from; unknown keys are refused with
// their line. Method: pretend environment, files in a scratch folder.
#include "cli/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_command.h"
#include "support/scratch_dir.h"

namespace racesim::cli {
namespace {

using racesim::test::write_file;
using testing::ElementsAre;
using testing::HasSubstr;

class ResolveTest : public testing::Test {
 protected:
  ConfigFile file(const std::string& text, Source source) {
    const std::string path = dir_ / (source == Source::config ? "local.toml" : "user.toml");
    write_file(path, text);
    Result<ConfigFile> read = read_config(path, source);
    EXPECT_TRUE(read) << (read ? "" : read.error().what);
    return read ? *read : ConfigFile{};
  }
  Error config_error(const std::string& text) {
    const std::string path = dir_ / "bad.toml";
    write_file(path, text);
    const Result<ConfigFile> read = read_config(path, Source::config);
    if (!read) return read.error();
    const Done ok = check_keys(*read, root_);
    return ok ? Error{ErrorKind::runtime, "no error", ""} : ok.error();
  }
  Settings settings(const Settings& line, const Environment& environment,
                    const std::vector<ConfigFile>& files) {
    return resolve(root_.subcommands[0], "brew", line, environment, files);
  }
  static Settings flag(const std::string& name, const std::string& value) {
    return {{name, {Source::flag, "--" + name, {value}}}};
  }
  racesim::test::ScratchDir dir_;
  std::shared_ptr<Globals> globals_ = std::make_shared<Globals>();
  std::shared_ptr<test::Brew> brew_ = std::make_shared<test::Brew>();
  CommandSpec root_ = test::sample_root(globals_, brew_);
};

TEST_F(ResolveTest, EachSourceBeatsTheNext) {
  const ConfigFile local = file("[brew]\ncups = 4\n", Source::config);
  const ConfigFile user = file("[brew]\ncups = 3\nstrong = true\n", Source::user_config);
  const Environment environment{{"RACESIM_CUPS", "5"}};
  EXPECT_THAT(settings(flag("cups", "6"), environment, {local, user})["cups"].values, ElementsAre("6"));
  EXPECT_THAT(settings({}, environment, {local, user})["cups"].values, ElementsAre("5"));
  EXPECT_THAT(settings({}, {}, {local, user})["cups"].values, ElementsAre("4"));
  EXPECT_THAT(settings({}, {}, {user})["cups"].values, ElementsAre("3"));
  EXPECT_THAT(settings({}, {}, {})["cups"].values, ElementsAre("2"));
  EXPECT_THAT(settings({}, {}, {local, user})["strong"].values, ElementsAre("true"));
}

TEST_F(ResolveTest, TheNameOfACommandStandsBetweenFlagAndEnvironment) {
  root_.subcommands[0].implied = {{"cups", "9"}};
  EXPECT_THAT(settings({}, {{"RACESIM_CUPS", "5"}}, {})["cups"].values, ElementsAre("9"));
  EXPECT_THAT(settings(flag("cups", "6"), {}, {})["cups"].values, ElementsAre("6"));
}

TEST_F(ResolveTest, AListIsReplacedAsAWhole) {
  const ConfigFile local = file("[brew]\nextra = ['milk', 'sugar']\n", Source::config);
  EXPECT_THAT(settings({}, {}, {local})["extra"].values, ElementsAre("milk", "sugar"));
  EXPECT_THAT(settings(flag("extra", "rum"), {}, {local})["extra"].values, ElementsAre("rum"));
}

TEST_F(ResolveTest, AMergedListHasTheValuesOfAllSources) {
  for (OptionSpec& option : root_.subcommands[0].options)
    if (option.name == "extra") option.merged = true;
  const ConfigFile local = file("[brew]\nextra = ['milk', 'sugar']\n", Source::config);
  const ConfigFile user = file("[brew]\nextra = ['salt']\n", Source::user_config);
  const Settings all = settings(flag("extra", "rum"), {{"RACESIM_EXTRA", "tea\nlemon"}}, {local, user});
  const Setting& extra = all.at("extra");
  EXPECT_THAT(all_values(extra), ElementsAre("salt", "milk", "sugar", "tea", "lemon", "rum"));
  EXPECT_EQ(extra.source, Source::flag);
  EXPECT_THAT(extra.values, ElementsAre("rum"));  // only these stood on the command line
  ASSERT_TRUE(apply_settings(root_.subcommands[0], all));
  EXPECT_THAT(brew_->extras, ElementsAre("salt", "milk", "sugar", "tea", "lemon", "rum"));
}

TEST_F(ResolveTest, AnErrorInAMergedListNamesItsOwnPlace) {
  for (OptionSpec& option : root_.subcommands[0].options)
    if (option.name == "extra") option.merged = true;
  const ConfigFile local = file("[brew]\nextra = ['']\n", Source::config);
  const Done wrong = apply_settings(root_.subcommands[0], settings(flag("extra", "rum"), {}, {local}));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().what, HasSubstr("local.toml:2: brew.extra: "));
}

TEST_F(ResolveTest, AnEmptyVariableIsNotSet) {
  EXPECT_THAT(settings({}, {{"RACESIM_CUPS", ""}}, {})["cups"].values, ElementsAre("2"));
}

TEST_F(ResolveTest, ErrorsNameThePlaceOfTheValue) {
  const CommandSpec& brew = root_.subcommands[0];
  EXPECT_EQ(apply_settings(brew, settings(flag("cups", "99"), {}, {})).error().what,
            "--cups: 99 is out of range");
  EXPECT_EQ(apply_settings(brew, settings({}, {{"RACESIM_CUPS", "x"}}, {})).error().what,
            "RACESIM_CUPS: 'x' is not a whole number");
  const ConfigFile local = file("# coffee\n[brew]\nkind = 'mocca'\n", Source::config);
  const Error wrong = apply_settings(brew, settings({}, {}, {local})).error();
  EXPECT_EQ(wrong.what, dir_ / "local.toml:3: brew.kind: 'mocca' is not known");
  EXPECT_THAT(wrong.hint, HasSubstr("did you mean: mocha"));
}

TEST_F(ResolveTest, AnErrorAlsoSaysWhatElseIsMissing) {
  CommandSpec& brew = root_.subcommands[0];
  brew.missing = [](const Settings&) { return std::vector<std::string>{"--water"}; };
  EXPECT_THAT(apply_settings(brew, settings(flag("cups", "0"), {}, {})).error().hint,
              HasSubstr("also missing: --water"));
}

TEST_F(ResolveTest, ValuesReachTheOptions) {
  const ConfigFile local = file("[brew]\nstrong = true\nextra = ['milk']\nkind = 'mocha'\n", Source::config);
  ASSERT_TRUE(apply_settings(root_.subcommands[0], settings({}, {{"RACESIM_CUPS", "1_2"}}, {local})));
  EXPECT_EQ(brew_->cups, 12U);
  EXPECT_TRUE(brew_->strong);
  EXPECT_THAT(brew_->extras, ElementsAre("milk"));
  EXPECT_EQ(brew_->kind, "mocha");
}

TEST_F(ResolveTest, UnknownKeysAreRefusedWithFileAndLine) {
  const Error key = config_error("[brew]\ncups = 2\ncupz = 3\n");
  EXPECT_EQ(key.kind, ErrorKind::usage);
  EXPECT_EQ(key.what, dir_ / "bad.toml:3: unknown key 'brew.cupz'");
  EXPECT_EQ(key.hint, "did you mean: cups");
  EXPECT_EQ(config_error("\n[bru]\ncups = 1\n").what, dir_ / "bad.toml:2: unknown table '[bru]'");
  EXPECT_EQ(config_error("quite = true\n").hint, "did you mean: quiet");
  EXPECT_EQ(config_error("help = true\n").what, dir_ / "bad.toml:1: unknown key 'help'");
}

TEST_F(ResolveTest, BrokenFilesAreRefusedWithTheirLine) {
  EXPECT_THAT(config_error("[brew]\ncups = \n").what, HasSubstr("bad.toml:2: "));
  EXPECT_THAT(config_error("[brew]\ncups = [1, 2]\n").what, HasSubstr("takes one value, not a list"));
  EXPECT_THAT(config_error("[brew]\ncups = { a = 1 }\n").what, HasSubstr("bad.toml:2: "));
}

TEST_F(ResolveTest, TomlTypesBecomeTheTextOfAFlag) {
  const ConfigFile local =
      file("[brew]\ncups = 3\nextra = [1.5, true, 2024-02-01T00:00:00Z, 2024-02-01]\n", Source::config);
  EXPECT_THAT(settings({}, {}, {local})["extra"].values,
              ElementsAre("1.5", "true", "2024-02-01T00:00:00Z", "2024-02-01"));
}

TEST_F(ResolveTest, FindsTheUsersFile) {
  EXPECT_EQ(user_config_path({{"XDG_CONFIG_HOME", "/x"}, {"HOME", "/h"}}), "/x/racesim/config.toml");
  EXPECT_EQ(user_config_path({{"HOME", "/h"}}), "/h/.config/racesim/config.toml");
  EXPECT_EQ(user_config_path({}), "");
}

TEST_F(ResolveTest, ANamedFileMustBeThere) {
  const auto files = load_configs(dir_ / "none.toml", {}, root_);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().kind, ErrorKind::usage);
  EXPECT_THAT(files.error().what, HasSubstr("none.toml: No such file"));
}

}  // namespace
}  // namespace racesim::cli
