#include "sim/plays/laws.h"

#include <fmt/format.h>

#include <cstring>
#include <unordered_map>

#include "base/time_text.h"
#include "model/master.h"
#include "model/play.h"

namespace racesim::plays {
namespace {

enum Law : std::size_t { kDuration, kReferences, kWithinSong, kRegistered, kReleased };
constexpr std::string_view kSubject = "plays";
constexpr std::string_view kNoMaster = "--master-data-dir is not given";
constexpr LawInfo kLaws[] = {
    {kSubject, "a play lasts longer than nothing"},
    {kSubject, "song, user and location are in the master data", kNoMaster},
    {kSubject, "no play is longer than its song", kNoMaster},
    {kSubject, "nobody plays before he has registered", kNoMaster},
    {kSubject, "no song is played before its release", kNoMaster},
};

constexpr std::int64_t kDay_us = 86'400'000'000;

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    std::size_t low = 0;
    std::memcpy(&low, id.bytes.data() + 8, sizeof low);
    return low * 0x9e3779b97f4a7c15U;
  }
};
template <class Row>
using Index = std::unordered_map<Uuid, const Row*, UuidHash>;

template <class Row>
Index<Row> index_of(const RowBatch* rows, Uuid Row::*id) {
  Index<Row> index;
  if (rows != nullptr)
    for (const Row& row : rows->rows<Row>()) index.emplace(row.*id, &row);
  return index;
}

std::string text_of(const Uuid& id) {
  std::string text;
  id.append_text(text);
  return text;
}

class PlaysLaws final : public Laws {
 public:
  explicit PlaysLaws(const MasterTables& master)
      : known_(master.find("songs") != nullptr),
        songs_(index_of(master.find("songs"), &SongRow::song_id)),
        users_(index_of(master.find("users"), &UserRow::user_id)),
        locations_(index_of(master.find("locations"), &LocationRow::location_id)) {}

  void check(const RowBatch& rows, std::size_t i, const RowPlace& place, std::vector<Breach>& out) override {
    const PlayRow& row = rows.rows<PlayRow>()[i];
    book_.saw(kSubject);
    book_.judge(kDuration);
    if (row.play_duration_ms == 0) out.push_back({"play_duration_ms", "above 0", "0"});
    if (!known_) return;
    book_.judge(kReferences);
    const SongRow* song = refer("song_id", row.song_id, songs_, out);
    const UserRow* user = refer("user_id", row.user_id, users_, out);
    refer("location_id", row.location_id, locations_, out);
    if (song != nullptr) check_song(row, *song, place.time_us, out);
    if (user == nullptr) return;
    book_.judge(kRegistered);
    if (place.time_us < user->registration_date.days * kDay_us)
      out.push_back({"played_at", "not before the user's registration", format_datetime_us(place.time_us)});
  }
  std::vector<LawCount> counts() const override { return book_.counts(); }

 private:
  void check_song(const PlayRow& row, const SongRow& song, std::int64_t time_us, std::vector<Breach>& out) {
    book_.judge(kWithinSong);
    if (row.play_duration_ms > song.duration_ms)
      out.push_back({"play_duration_ms", fmt::format("at most the song's {}", song.duration_ms),
                     std::to_string(row.play_duration_ms)});
    book_.judge(kReleased);
    if (time_us < song.release_date.days * kDay_us)
      out.push_back({"played_at", "not before the song's release", format_datetime_us(time_us)});
  }

  template <class Row>
  static const Row* refer(const char* path, const Uuid& id, const Index<Row>& index,
                          std::vector<Breach>& out) {
    if (const auto found = index.find(id); found != index.end()) return found->second;
    out.push_back({path, "an id in the master data", text_of(id)});
    return nullptr;
  }

  const bool known_;
  const Index<SongRow> songs_;
  const Index<UserRow> users_;
  const Index<LocationRow> locations_;
  LawBook book_{kLaws};
};

}  // namespace

std::unique_ptr<Laws> make_laws(const LawInput& input) {
  return std::make_unique<PlaysLaws>(input.master);
}

}  // namespace racesim::plays
