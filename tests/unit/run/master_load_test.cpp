// Goal: good master data loads whatever its spelling, bad master data is named by file and line with a
// remedy. Method: small files written by hand, one fault each.
#include "run/master/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/master.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::ScratchDir;
using test::write_file;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string_view> kSongsOnly{"songs"};
const std::vector<std::string_view> kUsersOnly{"users"};
const std::vector<std::string_view> kLocationsOnly{"locations"};
const std::vector<std::string_view> kAllEntities{"songs", "users", "locations"};

const std::string kSongHeader = "song_id,title,artist_name,album_name,genre,duration_ms,release_date\n";
const std::string kSongA =
    "11111111-1111-4111-8111-111111111111,\"Rain, Again\",Nora Vale,First Light,Pop,201000,2019-05-03\n";
const std::string kSongB =
    "22222222-2222-4222-8222-222222222222,Été,The Copper Foxes,Été,Indie,95000,1999-12-31\n";

/// The content hash of songs.csv with this text.
std::array<std::uint64_t, 2> song_hash(const std::string& name, const std::string& text) {
  const ScratchDir dir;
  write_file(dir / name, text);
  const auto loaded = load_master(dir.path(), kSongsOnly);
  EXPECT_TRUE(loaded) << loaded.error().what;
  return loaded ? loaded->content_hash : std::array<std::uint64_t, 2>{};
}

/// Why songs.csv with this text is refused, the folder's name left out.
std::string song_fault(const std::string& text, const std::string& name = "songs.csv") {
  const ScratchDir dir;
  write_file(dir / name, text);
  const auto loaded = load_master(dir.path(), kSongsOnly);
  EXPECT_FALSE(loaded);
  if (loaded) return "accepted";
  EXPECT_EQ(loaded.error().kind, ErrorKind::master_data);
  EXPECT_THAT(loaded.error().hint,
              HasSubstr("racesim generate-master --output-dir " + dir.path() + "-generated"));
  EXPECT_THAT(loaded.error().hint, Not(HasSubstr("--force")));
  EXPECT_THAT(loaded.error().what, HasSubstr(dir.path()));
  std::string what = loaded.error().what;
  what.erase(what.find(dir.path()), dir.path().size() + 1);
  return what;
}

/// What to do about the same.
std::string song_remedy(const std::string& text) {
  const ScratchDir dir;
  write_file(dir / "songs.csv", text);
  return load_master(dir.path(), kSongsOnly).error().hint;
}

TEST(MasterLoad, ReadsRowsInTheOrderOfTheFile) {
  const ScratchDir dir;
  write_file(dir / "songs.csv", kSongHeader + kSongA + kSongB);
  const auto loaded = load_master(dir.path(), kSongsOnly);
  ASSERT_TRUE(loaded) << loaded.error().what;
  const RowBatch& songs = *loaded->rows("songs");
  ASSERT_EQ(songs.size(), 2U);
  const SongRow& first = songs.rows<SongRow>()[0];
  EXPECT_EQ(songs.text(first.title), "Rain, Again");
  EXPECT_EQ(first.duration_ms, 201'000U);
  EXPECT_EQ(songs.text(songs.rows<SongRow>()[1].title), "Été");
  EXPECT_EQ(loaded->tables().find("songs"), &songs);
  EXPECT_EQ(loaded->tables().find("users"), nullptr);
  EXPECT_EQ(loaded->rows("users"), nullptr);
}

TEST(MasterLoad, SpellingDoesNotChangeTheHash) {
  const auto expected = song_hash("songs.csv", kSongHeader + kSongA + kSongB);
  std::string crlf = "\xEF\xBB\xBF" + kSongHeader + kSongA + kSongB;
  for (std::size_t at = 0; (at = crlf.find('\n', at)) != std::string::npos; at += 2) crlf.insert(at, "\r");
  EXPECT_EQ(song_hash("songs.csv", crlf), expected);
  EXPECT_EQ(
      song_hash("songs.csv",
                "release_date,note,song_id,genre,title,album_name,artist_name,duration_ms\n"
                "2019-05-03,x,11111111-1111-4111-8111-111111111111,Pop,\"Rain, Again\",First Light,"
                "Nora Vale,201000\n"
                "1999-12-31,,22222222-2222-4222-8222-222222222222,Indie,Été,Été,The Copper Foxes,95000"),
      expected);
  const std::string a =
      R"({"song_id":"11111111-1111-4111-8111-111111111111","title":"Rain, Again","artist_name":"Nora Vale",)"
      R"("album_name":"First Light","genre":"Pop","duration_ms":201000,"release_date":"2019-05-03"})";
  const std::string b =
      R"({"title":"\u00c9t\u00e9","song_id":"22222222-2222-4222-8222-222222222222","album_name":"Été",)"
      R"("artist_name":"The Copper Foxes","genre":"Indie","release_date":"1999-12-31","duration_ms":95000,)"
      R"("extra":[1]})";
  EXPECT_EQ(song_hash("songs.jsonl", a + "\n" + b + "\n"), expected);
  EXPECT_EQ(song_hash("songs.json", "[ " + a + ",\n " + b + " ]"), expected);
}

TEST(MasterLoad, ContentAndOrderChangeTheHash) {
  const auto both = song_hash("songs.csv", kSongHeader + kSongA + kSongB);
  EXPECT_NE(song_hash("songs.csv", kSongHeader + kSongB + kSongA), both);
  EXPECT_NE(song_hash("songs.csv", kSongHeader + kSongA), both);
  std::string longer = kSongA;
  longer.replace(longer.find("201000"), 6, "201001");
  EXPECT_NE(song_hash("songs.csv", kSongHeader + longer + kSongB), both);
}

TEST(MasterLoad, MissingFilesAreAllNamedWithTheCommand) {
  const ScratchDir dir;
  const auto none = load_master(dir.path(), kAllEntities);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::master_data);
  EXPECT_EQ(none.error().what, "no master data in " + dir.path() + " (songs, users, locations)");
  EXPECT_EQ(none.error().hint, "create it: racesim generate-master --output-dir " + dir.path());

  write_file(dir / "songs.csv", kSongHeader + kSongA);
  const auto some = load_master(dir.path(), kAllEntities);
  ASSERT_FALSE(some);
  EXPECT_EQ(some.error().what, "no master data in " + dir.path() + " (users, locations)");
  EXPECT_THAT(some.error().hint, HasSubstr("--only users,locations"));
  EXPECT_FALSE(load_master(dir / "nowhere", kAllEntities));
}

TEST(MasterLoad, TheSameEntityInTwoFormatsNamesBoth) {
  const ScratchDir dir;
  write_file(dir / "songs.csv", kSongHeader + kSongA);
  write_file(dir / "songs.jsonl", "");
  const auto loaded = load_master(dir.path(), kSongsOnly);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::master_data);
  EXPECT_THAT(loaded.error().what, HasSubstr("songs.csv"));
  EXPECT_THAT(loaded.error().what, HasSubstr("songs.jsonl"));
}

TEST(MasterLoad, FaultsAreNamedByFileAndLine) {
  EXPECT_THAT(song_fault(""), HasSubstr("songs.csv"));
  EXPECT_THAT(song_fault(kSongHeader), HasSubstr("songs.csv: the file has no rows"));
  EXPECT_THAT(song_fault(kSongA + kSongB), HasSubstr("songs.csv:1: header"));
  EXPECT_THAT(song_fault("song_id,title\n" + kSongA), HasSubstr("songs.csv:1: header: column 'artist_name'"));
  EXPECT_THAT(song_fault(kSongHeader + kSongA + "not-an-id" + kSongB.substr(36)),
              HasSubstr("songs.csv:3: song_id"));
  EXPECT_THAT(song_fault(kSongHeader + kSongA + kSongB + kSongA),
              HasSubstr("songs.csv:4: song_id: the same id as in line 2"));
  const auto with_b = [](std::string_view from, std::string_view to) {
    std::string row = kSongB;
    row.replace(row.find(from), from.size(), to);
    return kSongHeader + kSongA + row;
  };
  EXPECT_THAT(song_fault(with_b("95000", "ninety")), HasSubstr("songs.csv:3: duration_ms"));
  EXPECT_THAT(song_fault(with_b("95000", "0")), HasSubstr("songs.csv:3: duration_ms: 0 is not between"));
  EXPECT_THAT(song_fault(with_b("1999-12-31", "1999-02-30")), HasSubstr("songs.csv:3: release_date"));
  EXPECT_THAT(song_fault(with_b(",Indie", "")), HasSubstr("songs.csv:3: 6 columns"));
  EXPECT_THAT(song_fault("[]", "songs.json"), HasSubstr("songs.json: the file has no rows"));
  EXPECT_THAT(song_fault("{}\n", "songs.jsonl"), HasSubstr("songs.jsonl:1: "));
  EXPECT_THAT(song_fault("[{\"song_id\":", "songs.json"), HasSubstr("songs.json:1: "));
}

TEST(MasterLoad, FilesOfOtherProgramsAreToldWhatTheyAre) {
  std::string semicolons = kSongHeader + kSongA;
  std::replace(semicolons.begin(), semicolons.end(), ',', ';');
  EXPECT_EQ(song_fault(semicolons), "songs.csv:1: header: separated by semicolons; commas are read");
  EXPECT_THAT(song_remedy(semicolons), HasSubstr("save it with commas"));
  std::replace(semicolons.begin(), semicolons.end(), ';', '\t');
  EXPECT_EQ(song_fault(semicolons), "songs.csv:1: header: separated by tabs; commas are read");

  std::string utf16 = "\xFF\xFE";
  for (const char c : kSongHeader + kSongA) utf16 += {c, '\0'};
  EXPECT_EQ(song_fault(utf16), "read songs.csv: it is UTF-16, not text in UTF-8");
  EXPECT_EQ(song_fault(utf16.substr(2)), "read songs.csv: it is UTF-16, not text in UTF-8");
  EXPECT_THAT(song_remedy(utf16), HasSubstr("save it as UTF-8, as this does: iconv -f UTF-16 -t UTF-8"));
  EXPECT_EQ(song_fault("PK\x03\x04xl"), "read songs.csv: it is a zip archive, not text in UTF-8");
  EXPECT_EQ(song_fault("\x1F\x8B\x08"), "read songs.csv: it is gzip-compressed, not text in UTF-8");
  EXPECT_EQ(song_fault(kSongHeader + "\xE9"), "songs.csv:2: not UTF-8");
  EXPECT_THAT(song_remedy(kSongHeader + "\xE9"), HasSubstr("iconv -f WINDOWS-1252 -t UTF-8"));

  std::string renamed = kSongHeader + kSongA;
  renamed.replace(renamed.find("artist_name"), 11, "Artist");
  EXPECT_EQ(song_fault(renamed), "songs.csv:1: header: column 'artist_name' is missing; not known: 'Artist'");
  EXPECT_EQ(song_fault(kSongA),
            "songs.csv:1: header: no column of 'songs' in it; the first line has to be "
            "song_id,title,artist_name,album_name,genre,duration_ms,release_date");
}

TEST(MasterLoad, FilesUnderOtherNamesAreMentioned) {
  const ScratchDir dir;
  write_file(dir / "Songs.csv.gz", "x");
  write_file(dir / "song.tsv", "x");
  write_file(dir / "songbook.csv", "x");
  const auto loaded = load_master(dir.path(), kSongsOnly);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().what,
            "no master data in " + dir.path() + " (songs); there is Songs.csv.gz, song.tsv");
  EXPECT_THAT(loaded.error().hint, HasSubstr("--output-dir " + dir.path() + "-generated"));
  const auto file = load_master(dir / "song.tsv", kSongsOnly);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().what, dir / "song.tsv" + " is not a folder");
}

TEST(MasterLoad, TheFirstFaultOfTheFileIsNamed) {
  std::string early = kSongA;
  early.replace(early.find("201000"), 6, "0");
  EXPECT_THAT(song_fault(kSongHeader + early + "broken\n"), HasSubstr("songs.csv:2: "));
  EXPECT_THAT(song_fault(kSongHeader + "broken\n" + early), HasSubstr("songs.csv:2: "));
}

TEST(MasterLoad, UsersAndLocationsAreCheckedToo) {
  const ScratchDir dir;
  write_file(dir / "users.csv",
             "user_id,username,email,registration_date,country\n"
             "11111111-1111-4111-8111-111111111111,ada,ada@example.org,2019-05-03,Germany\n");
  const auto users = load_master(dir.path(), kUsersOnly);
  ASSERT_FALSE(users);
  EXPECT_THAT(users.error().what, HasSubstr("users.csv:2: country: 'Germany'"));
  for (const auto& [row, fault] :
       std::vector<std::pair<std::string, std::string>>{{"Oslo,NO,95.0,10.7", "latitude"},
                                                        {"Oslo,NO,59.9,190", "longitude"},
                                                        {"Oslo,no,59.9,10.7", "country_code"}}) {
    write_file(dir / "locations.csv",
               "location_id,city,country_code,latitude,longitude\n"
               "11111111-1111-4111-8111-111111111111," +
                   row + "\n");
    const auto locations = load_master(dir.path(), kLocationsOnly);
    ASSERT_FALSE(locations) << row;
    EXPECT_THAT(locations.error().what, HasSubstr("locations.csv:2: " + fault));
  }
}

TEST(MasterLoad, AnUnreadableFileIsNamed) {
  const ScratchDir dir;
  std::filesystem::create_directory(dir / "songs.csv");
  const auto loaded = load_master(dir.path(), kSongsOnly);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::master_data);
  EXPECT_EQ(loaded.error().what, "read " + (dir / "songs.csv") + ": Is a directory");
  EXPECT_THAT(loaded.error().hint, HasSubstr("--master-data-dir"));
}

}  // namespace
}  // namespace racesim
