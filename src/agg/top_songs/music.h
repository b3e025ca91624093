// What master data says of songs and places, and which charts a play belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agg/hash_index.h"
#include "model/aggregates/top_song.h"
#include "model/master.h"
#include "model/master_tables.h"

namespace racesim::top_songs {

/// Of plays whose song or place master data does not know.
inline constexpr std::string_view kUnknown = "unknown";

/// Rows of a master table by their id. The batch outlives it.
template <class Row>
class MasterById {
 public:
  /// Null: nothing is known.
  MasterById(const RowBatch* rows, Uuid Row::*id) : rows_(rows), id_(id) {
    if (rows == nullptr) return;
    const auto all = rows->rows<Row>();
    for (std::uint32_t i = 0; i < all.size(); ++i)
      index_.find_or_add(hash_of(all[i].*id), i, [&](std::uint32_t j) { return all[j].*id == all[i].*id; });
  }
  /// Null if it is not there.
  const Row* find(const Uuid& id) const {
    const std::uint32_t found =
        index_.find(hash_of(id), [&](std::uint32_t i) { return rows_->template rows<Row>()[i].*id_ == id; });
    return found == HashIndex::kNone ? nullptr : &rows_->template rows<Row>()[found];
  }
  std::string_view text(Text text) const { return rows_->text(text); }

 private:
  const RowBatch* rows_;
  Uuid Row::*id_;
  HashIndex index_;
};

class Music {
 public:
  explicit Music(const MasterTables& tables)
      : songs(tables.find("songs"), &SongRow::song_id),
        locations(tables.find("locations"), &LocationRow::location_id) {}

  std::string_view genre_of(const Uuid& song) const {
    const SongRow* row = songs.find(song);
    return row == nullptr ? kUnknown : songs.text(row->genre);
  }
  /// Where it was heard, which need not be where the listener is at home.
  std::string_view country_of(const Uuid& location) const {
    const LocationRow* row = locations.find(location);
    return row == nullptr ? kUnknown : locations.text(row->country_code);
  }

  MasterById<SongRow> songs;
  MasterById<LocationRow> locations;
};

struct ChartName {
  Chart chart = Chart::all;
  std::string key;
  bool operator==(const ChartName&) const = default;
  auto operator<=>(const ChartName&) const = default;
};

/// Numbers of charts, as they first come up; countries and genres are few.
class Charts {
 public:
  std::uint32_t number(Chart chart, std::string_view key);
  const std::vector<ChartName>& names() const { return names_; }

 private:
  std::vector<ChartName> names_;
  HashIndex index_;
};

}  // namespace racesim::top_songs
