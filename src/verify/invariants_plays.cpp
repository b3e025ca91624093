// The laws of plays: they refer to songs, users and locations that there are, and last no longer than the
// song.
#include <fmt/format.h>

#include <cstring>
#include <unordered_map>

#include "model/master.h"
#include "verify/identity/identity.h"
#include "verify/invariants.h"

namespace racesim {
namespace {

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    std::size_t low = 0;
    std::memcpy(&low, id.bytes.data() + 8, sizeof low);
    return low * 0x9e3779b97f4a7c15U;
  }
};
using Index = std::unordered_map<Uuid, std::uint32_t, UuidHash>;

/// Each id and one number that goes with it.
template <class Row, class Id, class Value>
Index index_of(const MasterData* master, const char* entity, Id id, Value value) {
  Index index;
  const RowBatch* rows = master == nullptr ? nullptr : master->rows(entity);
  if (rows != nullptr)
    for (const Row& row : rows->rows<Row>()) index.emplace(id(row), value(row));
  return index;
}

class PlaysLaws final : public Laws {
 public:
  explicit PlaysLaws(const MasterData* master)
      : known_(master != nullptr),
        songs_(index_of<SongRow>(
            master, "songs", [](const SongRow& r) { return r.song_id; },
            [](const SongRow& r) { return r.duration_ms; })),
        users_(index_of<UserRow>(
            master, "users", [](const UserRow& r) { return r.user_id; }, [](const UserRow&) { return 0u; })),
        locations_(index_of<LocationRow>(
            master, "locations", [](const LocationRow& r) { return r.location_id; },
            [](const LocationRow&) { return 0u; })) {}

  void check(const LawRow& row, const std::string&, bool, std::vector<Breach>& out) override {
    const double duration_ms = row.number("play_duration_ms");
    if (duration_ms <= 0)
      out.push_back({"play_duration_ms", "above 0", std::string(row.text("play_duration_ms"))});
    if (!known_) return;
    const std::uint32_t* song_ms = refer(row, "song_id", songs_, out);
    refer(row, "user_id", users_, out);
    refer(row, "location_id", locations_, out);
    if (song_ms != nullptr && duration_ms > *song_ms)
      out.push_back({"play_duration_ms", fmt::format("at most the song's {}", *song_ms),
                     std::string(row.text("play_duration_ms"))});
  }

 private:
  static const std::uint32_t* refer(const LawRow& row, const char* path, const Index& index,
                                    std::vector<Breach>& out) {
    const auto id = parse_uuid_text(row.text(path));
    const auto found = id ? index.find(*id) : index.end();
    if (found != index.end()) return &found->second;
    out.push_back({path, "one of the master data", std::string(row.text(path))});
    return nullptr;
  }

  const bool known_;
  const Index songs_, users_, locations_;
};

}  // namespace

std::unique_ptr<Laws> plays_laws(const MasterData* master) {
  return std::make_unique<PlaysLaws>(master);
}

}  // namespace racesim
