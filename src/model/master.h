// Master data: what events refer to. Rows as in files; texts lie in the arena of the batch.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

struct SongRow {
  Uuid song_id;
  Text title;
  Text artist_name;
  Text album_name;
  Text genre;
  std::uint32_t duration_ms;
  Date release_date;
};
template <>
struct Schema<SongRow> {
  static constexpr std::string_view name = "songs";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("song_id", &SongRow::song_id), field("title", &SongRow::title),
                      field("artist_name", &SongRow::artist_name), field("album_name", &SongRow::album_name),
                      field("genre", &SongRow::genre), field("duration_ms", &SongRow::duration_ms, 0, "ms"),
                      field("release_date", &SongRow::release_date));
};

struct UserRow {
  Uuid user_id;
  Text username;
  Text email;
  Date registration_date;
  Text country;  ///< ISO 3166-1 alpha-2
};
template <>
struct Schema<UserRow> {
  static constexpr std::string_view name = "users";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("user_id", &UserRow::user_id), field("username", &UserRow::username),
      field("email", &UserRow::email), field("registration_date", &UserRow::registration_date),
      field("country", &UserRow::country));
};

struct LocationRow {
  Uuid location_id;
  Text city;
  Text country_code;  ///< ISO 3166-1 alpha-2
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
};
template <>
struct Schema<LocationRow> {
  static constexpr std::string_view name = "locations";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("location_id", &LocationRow::location_id), field("city", &LocationRow::city),
                      field("country_code", &LocationRow::country_code),
                      field("latitude", &LocationRow::latitude_udeg, 6, "deg", kLatitude_udeg),
                      field("longitude", &LocationRow::longitude_udeg, 6, "deg", kLongitude_udeg));
};

}  // namespace racesim
