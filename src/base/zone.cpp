#include "base/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <exception>
#include <string>

#include "base/time_text.h"

namespace racesim {
namespace {

constexpr std::string_view kExampleHint = "example: Europe/Warsaw, UTC or +01:00";

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// The zone that was probably meant: the same name but for case, or a name that ends in the text ("Warsaw").
std::string similar_zone(std::string_view name) {
  for (const date::time_zone& zone : date::get_tzdb().zones) {
    const std::string_view known = zone.name();
    const std::string_view city = known.substr(known.rfind('/') + 1);
    if (equal_ignoring_case(known, name) || equal_ignoring_case(city, name)) return std::string(known);
  }
  return {};
}

tl::unexpected<Error> unknown_zone(std::string_view name) {
  std::string hint(kExampleHint);
  try {
    const std::string similar = similar_zone(name);
    if (!similar.empty()) hint = "did you mean " + similar + "?";
  } catch (const std::exception&) {
    hint = "no time zones are installed (package tzdata); only UTC and offsets such as +01:00 work";
  }
  return fail(ErrorKind::usage, "'" + std::string(name) + "' is not a known time zone", std::move(hint));
}

constexpr std::int64_t at_midnight(int year) {
  return days_from_civil({year, 1, 1}) * 86'400;
}

/// The library reads the transitions of a zone file but not the rule behind the last one, so from 2038 on it
/// would silently take winter time for the whole year.
bool beyond_known_rules(const date::time_zone& zone, std::int64_t local_s) {
  if (local_s < at_midnight(2038)) return false;
  const auto info = zone.get_info(date::sys_seconds{std::chrono::seconds{at_midnight(2037)}});
  return info.end < date::sys_seconds{std::chrono::seconds{at_midnight(2038)}};
}

LocalOffsets to_offsets(const date::local_info& info) {
  LocalOffsets offsets;
  offsets.first_s = info.first.offset.count();
  offsets.second_s = offsets.first_s;
  if (info.result == date::local_info::unique) return offsets;
  offsets.second_s = info.second.offset.count();
  offsets.kind =
      info.result == date::local_info::nonexistent ? LocalOffsets::Kind::gap : LocalOffsets::Kind::overlap;
  return offsets;
}

}  // namespace

Result<LocalOffsets> local_offsets(std::string_view zone_name, std::int64_t local_s) {
  try {
    const date::time_zone* zone = date::locate_zone(zone_name);
    if (beyond_known_rules(*zone, local_s)) {
      return fail(ErrorKind::usage,
                  "the daylight-saving rules of " + std::string(zone_name) + " are known up to 2037 only",
                  "give the offset with the time, for example 2040-07-01T12:00:00+02:00");
    }
    return to_offsets(zone->get_info(date::local_seconds{std::chrono::seconds{local_s}}));
  } catch (const std::exception&) {
    return unknown_zone(zone_name);
  }
}

}  // namespace racesim
