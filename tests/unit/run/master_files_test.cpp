// Goal: generate-master's promises about files: the right ones, all or none, never over different ones
// unasked, the same bytes for the same options. Method: writes into a folder of its own and looks at what
// lies there; failures come from real obstacles (a folder in the way, a file size limit, a file in place of a
// folder).
#include "run/master/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "model/master.h"
#include "run/master/load.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::ScratchDir;
using testing::ElementsAre;
using testing::HasSubstr;

MasterOptions small(const ScratchDir& dir) {
  MasterOptions options;
  options.output_dir = dir.path();
  options.num_songs = 120;
  options.num_users = 300;
  options.num_locations = 20;
  options.num_vehicles = 3;
  options.num_cars = 6;
  return options;
}

std::size_t line_count(const std::string& path) {
  const std::string text = test::read_file(path);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::vector<MasterFileState> states(const MasterReport& report) {
  std::vector<MasterFileState> found;
  for (const MasterFile& file : report.files) found.push_back(file.state);
  return found;
}

TEST(MasterFiles, WritesEveryEntityWithItsCount) {
  const ScratchDir dir;
  const auto report = write_master(small(dir));
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_THAT(dir.names(), ElementsAre("cars.csv", "checkpoints.csv", "drivers.csv", "locations.csv",
                                       "songs.csv", "teams.csv", "users.csv", "vehicles.csv"));
  ASSERT_EQ(report->files.size(), 8U);
  EXPECT_EQ(line_count(dir / "cars.csv"), 7U);
  EXPECT_EQ(line_count(dir / "drivers.csv"), 7U);
  EXPECT_EQ(line_count(dir / "teams.csv"), 4U);
  for (const MasterFile& file : report->files) {
    EXPECT_EQ(file.state, MasterFileState::created);
    EXPECT_EQ(line_count(file.path), file.rows + 1) << file.path;
    EXPECT_EQ(file.bytes, std::filesystem::file_size(file.path));
  }
  EXPECT_EQ(test::read_file(dir / "songs.csv").substr(0, 67),
            "song_id,title,artist_name,album_name,genre,duration_ms,release_date");
}

TEST(MasterFiles, TheShippedOnesAreTheDefaults) {
  MasterOptions options;
  options.output_dir = RACESIM_SOURCE_DIR "/data/master/";
  options.dry_run = true;
  const auto report = write_master(options);
  ASSERT_TRUE(report) << report.error().what;
  for (const MasterFile& file : report->files) EXPECT_EQ(file.state, MasterFileState::unchanged) << file.path;

  const ScratchDir dir;
  options.output_dir = dir.path();
  options.dry_run = false;
  ASSERT_TRUE(write_master(options));
  for (const std::string& name : dir.names()) {
    const bool is_shipped =
        test::read_file(dir / name) == test::read_file(RACESIM_SOURCE_DIR "/data/master/" + name);
    EXPECT_TRUE(is_shipped) << name;
  }
}

TEST(MasterFiles, AgainChangesNothing) {
  const ScratchDir dir;
  ASSERT_TRUE(write_master(small(dir)));
  const auto written_at = std::filesystem::last_write_time(dir / "songs.csv");
  const auto report = write_master(small(dir));
  ASSERT_TRUE(report);
  EXPECT_THAT(states(*report), testing::Each(MasterFileState::unchanged));
  EXPECT_EQ(std::filesystem::last_write_time(dir / "songs.csv"), written_at);
}

TEST(MasterFiles, DifferentFilesAreRefusedBeforeAnythingIsWritten) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  ASSERT_TRUE(write_master(options));
  const std::string users = test::read_file(dir / "users.csv");
  std::filesystem::remove(dir / "songs.csv");
  options.seed = 7;
  const auto refused = write_master(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().what, HasSubstr("users.csv"));
  EXPECT_THAT(refused.error().what, HasSubstr("locations.csv"));
  EXPECT_THAT(refused.error().hint, HasSubstr("--force"));
  EXPECT_THAT(dir.names(), ElementsAre("cars.csv", "checkpoints.csv", "drivers.csv", "locations.csv",
                                       "teams.csv", "users.csv", "vehicles.csv"));
  EXPECT_EQ(test::read_file(dir / "users.csv"), users);

  options.force = true;
  const auto forced = write_master(options);
  ASSERT_TRUE(forced) << forced.error().what;
  EXPECT_EQ(forced->files[0].state, MasterFileState::created);
  EXPECT_EQ(forced->files[1].state, MasterFileState::replaced);
  EXPECT_NE(test::read_file(dir / "users.csv"), users);
}

TEST(MasterFiles, AFileThatIsLongerOrShorterDiffers) {
  const ScratchDir dir;
  const MasterOptions options = small(dir);
  ASSERT_TRUE(write_master(options));
  const std::string songs = test::read_file(dir / "songs.csv");
  for (const std::string& other : {songs + "x", songs.substr(0, songs.size() - 1), std::string()}) {
    test::write_file(dir / "songs.csv", other);
    EXPECT_FALSE(write_master(options));
  }
}

TEST(MasterFiles, TheSameEntityInAnotherFormatIsRefused) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  options.only = {"songs"};
  ASSERT_TRUE(write_master(options));
  options.format = "jsonl";
  options.force = true;
  const auto refused = write_master(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().what, HasSubstr("songs.csv"));
  EXPECT_THAT(refused.error().hint, HasSubstr("--format csv"));
  EXPECT_THAT(dir.names(), ElementsAre("songs.csv"));
}

TEST(MasterFiles, FormatsHoldTheSameContent) {
  const std::vector<std::string_view> wanted{"songs", "users", "locations"};
  std::set<std::array<std::uint64_t, 2>> hashes;
  for (const std::string_view format : master_formats()) {
    const ScratchDir dir;
    MasterOptions options = small(dir);
    options.format = std::string(format);
    options.num_songs = 9000;  // more than one batch
    ASSERT_TRUE(write_master(options));
    const auto loaded = load_master(dir.path(), wanted);
    ASSERT_TRUE(loaded) << loaded.error().what;
    EXPECT_EQ(loaded->rows("songs")->size(), 9000U);
    hashes.insert(loaded->content_hash);
  }
  EXPECT_EQ(hashes.size(), 1U);
}

TEST(MasterFiles, UsersLiveInCountriesOfTheLocations) {
  const ScratchDir dir;
  ASSERT_TRUE(write_master(small(dir)));
  const std::vector<std::string_view> wanted{"users", "locations"};
  const auto loaded = load_master(dir.path(), wanted);
  ASSERT_TRUE(loaded);
  std::set<std::string_view> countries;
  const RowBatch& locations = *loaded->rows("locations");
  for (const LocationRow& row : locations.rows<LocationRow>())
    countries.insert(locations.text(row.country_code));
  const RowBatch& users = *loaded->rows("users");
  for (const UserRow& row : users.rows<UserRow>()) EXPECT_TRUE(countries.contains(users.text(row.country)));
}

TEST(MasterFiles, OptionsOutOfRangeNameTheLimit) {
  const ScratchDir dir;
  const auto refusal = [&](auto change) {
    MasterOptions options = small(dir);
    change(options);
    const auto report = write_master(options);
    EXPECT_FALSE(report);
    if (report) return std::string("accepted");
    EXPECT_EQ(report.error().kind, ErrorKind::usage);
    EXPECT_FALSE(report.error().hint.empty());
    return report.error().what;
  };
  EXPECT_EQ(refusal([](MasterOptions& o) { o.num_locations = 653; }),
            "--num-locations: 653 is above the limit of 652 (the built-in cities)");
  EXPECT_THAT(refusal([](MasterOptions& o) { o.num_songs = 0; }), HasSubstr("--num-songs"));
  EXPECT_THAT(refusal([](MasterOptions& o) { o.only = {"songs", "trucks"}; }), HasSubstr("'trucks'"));
  EXPECT_THAT(refusal([](MasterOptions& o) { o.num_cars = 41; }), HasSubstr("--num-cars: 41"));
  EXPECT_THAT(refusal([](MasterOptions& o) { o.format = "xml"; }), HasSubstr("'xml'"));
  EXPECT_THAT(refusal([](MasterOptions& o) { o.output_dir = ""; }), HasSubstr("--output-dir"));
  EXPECT_TRUE(dir.names().empty());
}

TEST(MasterFiles, ADryRunWritesNothing) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  options.output_dir = dir / "new/place";
  options.dry_run = true;
  const auto report = write_master(options);
  ASSERT_TRUE(report);
  EXPECT_THAT(states(*report), testing::Each(MasterFileState::created));
  EXPECT_TRUE(dir.names().empty());
}

TEST(MasterFiles, MakesTheFolder) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  options.output_dir = dir / "new/place";
  ASSERT_TRUE(write_master(options));
  EXPECT_TRUE(std::filesystem::exists(dir / "new/place/songs.csv"));
}

TEST(MasterFiles, AFileInPlaceOfTheFolderIsNamed) {
  const ScratchDir dir;
  test::write_file(dir / "plain", "text");
  MasterOptions options = small(dir);
  options.output_dir = dir / "plain/below";
  const auto report = write_master(options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::runtime);
  EXPECT_THAT(report.error().what, HasSubstr("plain"));
}

TEST(MasterFiles, AFailureLeavesNoPartialFile) {
  const ScratchDir dir;
  std::filesystem::create_directory(dir / "vehicles.csv.partial");  // the last file cannot be made
  const auto report = write_master(small(dir));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::runtime);
  EXPECT_THAT(report.error().what, HasSubstr("vehicles.csv"));
  EXPECT_THAT(dir.names(), ElementsAre("vehicles.csv.partial"));
}

TEST(MasterFiles, AFullDiskIsReportedAndCleanedUp) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  options.num_songs = 20'000;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit limited = before;
  limited.rlim_cur = 1'000'000;
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);  // so that write() fails instead
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  const auto report = write_master(options);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::runtime);
  EXPECT_THAT(report.error().what, HasSubstr("songs.csv"));
  EXPECT_THAT(report.error().what, HasSubstr("File too large"));
  EXPECT_TRUE(dir.names().empty());
}

TEST(MasterFiles, CanBeStopped) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  const std::atomic<bool> stop{true};
  options.stop = &stop;
  ASSERT_FALSE(write_master(options));
  EXPECT_TRUE(dir.names().empty());
}

TEST(MasterFiles, CountsRowsForTheProgressLine) {
  const ScratchDir dir;
  MasterOptions options = small(dir);
  std::atomic<std::uint64_t> rows{0};
  options.rows_done = &rows;
  ASSERT_TRUE(write_master(options));
  EXPECT_EQ(rows.load(), 120U + 300U + 20U + 3U + 6U + 3U + 6U + line_count(dir / "checkpoints.csv") - 1);
}

}  // namespace
}  // namespace racesim
