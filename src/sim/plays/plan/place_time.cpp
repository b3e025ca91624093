#include "sim/plays/plan/place_time.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/time_text.h"

namespace racesim {
namespace {

constexpr std::int64_t kNever_ms = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::int64_t kDayMinutes = 1440;

struct CountryGroup {
  OffsetRule rule;
  std::string_view codes;  ///< two letters each, separated by one space
};

/// Countries with one time.
constexpr auto kCountries = std::to_array<CountryGroup>({
    {{-660, DstFamily::none}, "AS NU"},
    {{-600, DstFamily::none}, "CK"},
    {{-480, DstFamily::none}, "PN"},
    {{-360, DstFamily::none}, "BZ CR GT HN NI SV"},
    {{-300, DstFamily::america}, "BS HT TC"},
    {{-300, DstFamily::cuba}, "CU"},
    {{-300, DstFamily::none}, "CO JM KY PA PE"},
    {{-240, DstFamily::america}, "BM"},
    {{-240, DstFamily::none}, "AG AI AW BB BL BO BQ CW DM DO GD GP GY KN LC MF MQ MS PR SX TT VC VE VG VI"},
    {{-240, DstFamily::paraguay}, "PY"},
    {{-180, DstFamily::america}, "PM"},
    {{-180, DstFamily::none}, "AR FK GF SR UY"},
    {{-120, DstFamily::none}, "GS"},
    {{-60, DstFamily::none}, "CV"},
    {{0, DstFamily::europe}, "FO GB GG IE IM JE"},
    {{0, DstFamily::none}, "BF CI GH GM GN GW IS LR ML MR SH SL SN ST TG"},
    {{60, DstFamily::europe},
     "AD AL AT BA BE CH CZ DE DK FR GI HR HU IT LI LU MC ME MK MT NL NO PL RS SE SI SJ SK SM VA XK"},
    {{60, DstFamily::morocco}, "EH MA"},
    {{60, DstFamily::none}, "AO BJ CF CG CM DZ GA GQ NE NG TD TN"},
    {{120, DstFamily::egypt}, "EG"},
    {{120, DstFamily::europe}, "AX BG CY EE FI GR LT LV RO UA"},
    {{120, DstFamily::israel}, "IL"},
    {{120, DstFamily::lebanon}, "LB"},
    {{120, DstFamily::moldova}, "MD"},
    {{120, DstFamily::none}, "BI BW LS LY MW MZ NA RW SD SS SZ ZA ZM ZW"},
    {{120, DstFamily::palestine}, "PS"},
    {{180, DstFamily::none}, "BH BY DJ ER ET IQ JO KE KM KW MG QA SA SO SY TR TZ UG YE YT"},
    {{210, DstFamily::none}, "IR"},
    {{240, DstFamily::none}, "AE AM AZ GE MU OM RE SC"},
    {{270, DstFamily::none}, "AF"},
    {{300, DstFamily::none}, "MV PK TF TJ TM UZ"},
    {{330, DstFamily::none}, "IN LK"},
    {{345, DstFamily::none}, "NP"},
    {{360, DstFamily::none}, "BD BT IO KG"},
    {{390, DstFamily::none}, "CC MM"},
    {{420, DstFamily::none}, "CX KH LA TH VN"},
    {{480, DstFamily::none}, "BN CN HK MO MY PH SG TW"},
    {{540, DstFamily::none}, "JP KP KR PW TL"},
    {{600, DstFamily::none}, "GU MP"},
    {{660, DstFamily::australia}, "NF"},
    {{660, DstFamily::none}, "NC SB VU"},
    {{720, DstFamily::none}, "FJ MH NR TV WF"},
    {{780, DstFamily::none}, "TK TO WS"},
});

struct Band {
  std::string_view code;
  double east_end_deg;  ///< the band holds longitudes below this and not below that of the line before
  OffsetRule rule;
};

constexpr double kEast = 181;

/// Countries with several times, from west to east. Borders between zones are not meridians: a band is drawn
/// for the larger cities, narrow ones for cities that lie off their neighbours' time.
constexpr auto kBands = std::to_array<Band>({
    {"AU", 129.0, {480, DstFamily::none}},        // Perth
    {"AU", 135.5, {570, DstFamily::none}},        // Darwin
    {"AU", 141.0, {570, DstFamily::australia}},   // Adelaide
    {"AU", 145.6, {600, DstFamily::australia}},   // Melbourne
    {"AU", 146.86, {600, DstFamily::none}},       // Cairns, Townsville
    {"AU", 151.85, {600, DstFamily::australia}},  // Sydney, Canberra, Hobart
    {"AU", kEast, {600, DstFamily::none}},        // Brisbane
    {"BR", -66.5, {-300, DstFamily::none}},       // Rio Branco
    {"BR", -55.5, {-240, DstFamily::none}},       // Manaus, Cuiabá
    {"BR", -54.68, {-180, DstFamily::none}},      // Santarém
    {"BR", -54.62, {-240, DstFamily::none}},      // Campo Grande
    {"BR", -33.5, {-180, DstFamily::none}},       // São Paulo
    {"BR", kEast, {-120, DstFamily::none}},       // Fernando de Noronha
    {"CA", -130.5, {-420, DstFamily::none}},      // Whitehorse
    {"CA", -119.0, {-480, DstFamily::america}},   // Vancouver
    {"CA", -110.0, {-420, DstFamily::america}},   // Calgary, Edmonton
    {"CA", -101.5, {-360, DstFamily::none}},      // Regina
    {"CA", -90.0, {-360, DstFamily::america}},    // Winnipeg
    {"CA", -67.5, {-300, DstFamily::america}},    // Toronto, Montréal
    {"CA", -59.5, {-240, DstFamily::america}},    // Halifax
    {"CA", kEast, {-210, DstFamily::america}},    // St. John's
    {"CD", 20.5, {60, DstFamily::none}},          // Kinshasa
    {"CD", kEast, {120, DstFamily::none}},        // Lubumbashi
    {"CL", -100.0, {-360, DstFamily::chile}},     // Easter Island
    {"CL", kEast, {-240, DstFamily::chile}},      // Santiago
    {"EC", -87.0, {-360, DstFamily::none}},       // Galápagos
    {"EC", kEast, {-300, DstFamily::none}},       // Guayaquil
    {"ES", -12.0, {0, DstFamily::europe}},        // Canary Islands
    {"ES", kEast, {60, DstFamily::europe}},       // Madrid
    {"FM", 155.0, {600, DstFamily::none}},        // Chuuk
    {"FM", kEast, {660, DstFamily::none}},        // Palikir
    {"GL", -60.0, {-240, DstFamily::america}},    // Thule
    {"GL", -20.0, {-120, DstFamily::europe}},     // Nuuk
    {"GL", kEast, {0, DstFamily::none}},          // Danmarkshavn
    {"ID", 114.3, {420, DstFamily::none}},        // Jakarta
    {"ID", 125.5, {480, DstFamily::none}},        // Makassar, Denpasar
    {"ID", kEast, {540, DstFamily::none}},        // Jayapura
    {"KI", -165.0, {780, DstFamily::none}},       // Kanton
    {"KI", 0.0, {840, DstFamily::none}},          // Kiritimati
    {"KI", kEast, {720, DstFamily::none}},        // Tarawa
    {"KZ", 63.0, {300, DstFamily::none}},         // Aktobe
    {"KZ", 64.5, {300, DstFamily::kazakhstan}},   // Kostanay
    {"KZ", 66.0, {300, DstFamily::none}},         // Kyzylorda
    {"KZ", kEast, {300, DstFamily::kazakhstan}},  // Almaty, Astana
    {"MN", 94.0, {420, DstFamily::none}},         // Khovd
    {"MN", kEast, {480, DstFamily::none}},        // Ulaanbaatar
    {"MX", -114.5, {-480, DstFamily::america}},   // Tijuana
    {"MX", -106.55, {-420, DstFamily::none}},     // Hermosillo, Culiacán
    {"MX", -106.44, {-420, DstFamily::america}},  // Ciudad Juárez
    {"MX", -106.3, {-420, DstFamily::none}},      // Mazatlán
    {"MX", -88.5, {-360, DstFamily::none}},       // Mexico City
    {"MX", kEast, {-300, DstFamily::none}},       // Cancún
    {"NZ", 0.0, {765, DstFamily::newzealand}},    // Chatham Islands
    {"NZ", kEast, {720, DstFamily::newzealand}},  // Auckland
    {"PF", -142.0, {-600, DstFamily::none}},      // Papeete
    {"PF", -137.0, {-570, DstFamily::none}},      // Marquesas
    {"PF", kEast, {-540, DstFamily::none}},       // Gambier
    {"PG", 154.5, {600, DstFamily::none}},        // Port Moresby
    {"PG", kEast, {660, DstFamily::none}},        // Bougainville
    {"PT", -24.0, {-60, DstFamily::europe}},      // Azores
    {"PT", kEast, {0, DstFamily::europe}},        // Lisbon
    {"RU", -160.0, {720, DstFamily::none}},       // the tip of Chukotka
    {"RU", 26.0, {120, DstFamily::none}},         // Kaliningrad
    {"RU", 45.95, {180, DstFamily::none}},        // Moscow
    {"RU", 46.15, {240, DstFamily::none}},        // Saratov
    {"RU", 47.95, {180, DstFamily::none}},        // Makhachkala
    {"RU", 48.6, {240, DstFamily::none}},         // Astrakhan, Ulyanovsk
    {"RU", 49.25, {180, DstFamily::none}},        // Kazan
    {"RU", 49.5, {240, DstFamily::none}},         // Tolyatti
    {"RU", 49.9, {180, DstFamily::none}},         // Kirov
    {"RU", 51.5, {240, DstFamily::none}},         // Samara
    {"RU", 52.7, {180, DstFamily::none}},         // Naberezhnye Chelny
    {"RU", 54.0, {240, DstFamily::none}},         // Izhevsk
    {"RU", 71.0, {300, DstFamily::none}},         // Yekaterinburg, Ufa, Perm
    {"RU", 76.0, {360, DstFamily::none}},         // Omsk
    {"RU", 100.0, {420, DstFamily::none}},        // Novosibirsk, Krasnoyarsk
    {"RU", 110.0, {480, DstFamily::none}},        // Irkutsk
    {"RU", 130.5, {540, DstFamily::none}},        // Yakutsk, Chita
    {"RU", 141.5, {600, DstFamily::none}},        // Vladivostok, Khabarovsk
    {"RU", 155.0, {660, DstFamily::none}},        // Magadan, Sakhalin
    {"RU", kEast, {720, DstFamily::none}},        // Kamchatka
    {"US", -161.0, {-540, DstFamily::america}},   // western Alaska
    {"US", -154.5, {-600, DstFamily::none}},      // Honolulu
    {"US", -130.0, {-540, DstFamily::america}},   // Anchorage, Juneau
    {"US", -116.45, {-480, DstFamily::america}},  // Los Angeles, Seattle
    {"US", -115.9, {-420, DstFamily::america}},   // Boise
    {"US", -114.3, {-480, DstFamily::america}},   // Las Vegas
    {"US", -112.7, {-420, DstFamily::america}},   // Idaho Falls, Flagstaff's west
    {"US", -111.95, {-420, DstFamily::none}},     // Phoenix
    {"US", -111.1, {-420, DstFamily::america}},   // Salt Lake City
    {"US", -110.8, {-420, DstFamily::none}},      // Tucson
    {"US", -102.5, {-420, DstFamily::america}},   // Denver, El Paso
    {"US", -86.28, {-360, DstFamily::america}},   // Chicago, Houston
    {"US", kEast, {-300, DstFamily::america}},    // New York
});

constexpr std::int64_t day_of(int year, int month, int day) {
  return days_from_civil({year, month, day});
}

enum Weekday : int { thursday = 0, friday = 1, saturday = 2, sunday = 3 };  // as day 0 of the epoch counts

/// The first such weekday on or after the date, in days since the epoch.
constexpr std::int64_t first_from(Weekday weekday, std::int64_t day) {
  const std::int64_t ahead = (weekday - day) % 7;
  return day + (ahead < 0 ? ahead + 7 : ahead);
}
constexpr std::int64_t last_until(Weekday weekday, std::int64_t day) {
  return first_from(weekday, day - 6);
}

constexpr std::int64_t at_utc(std::int64_t day, int minute) {
  return (day * kDayMinutes + minute) * kMinute_ms;
}

/// The changes of one year: the minutes added to the base before the first, between them, and after the
/// second.
struct YearOfChanges {
  int before = 0;
  std::int64_t first_ms = kNever_ms;
  int between = 0;
  std::int64_t second_ms = kNever_ms;
  int after = 0;
};

YearOfChanges summer(std::int64_t begin_ms, std::int64_t end_ms) {
  return {0, begin_ms, 60, end_ms, 0};
}
YearOfChanges southern_summer(std::int64_t end_ms, std::int64_t begin_ms) {
  return {60, end_ms, 0, begin_ms, 60};
}

YearOfChanges palestine_changes(int year) {
  const std::int64_t end = last_until(saturday, day_of(year, 10, 30));
  std::int64_t begin = last_until(saturday, day_of(year, 3, 30));
  if (year == 2023) begin = day_of(2023, 4, 29);
  if (year == 2024) begin = day_of(2024, 4, 20);
  if (year == 2025) begin = day_of(2025, 4, 12);
  return summer(at_utc(begin, 0), at_utc(end, -60));
}

YearOfChanges morocco_changes(int year) {
  struct Ramadan {
    CivilDate begin, end;  ///< the Sundays before and after, 02:00 UTC
  };
  constexpr std::array<Ramadan, 7> kRamadans{{{{2023, 3, 19}, {2023, 4, 23}},
                                              {{2024, 3, 10}, {2024, 4, 14}},
                                              {{2025, 2, 23}, {2025, 4, 6}},
                                              {{2026, 2, 15}, {2026, 3, 22}},
                                              {{2027, 2, 7}, {2027, 3, 14}},
                                              {{2028, 1, 23}, {2028, 3, 5}},
                                              {{2029, 1, 14}, {2029, 2, 18}}}};
  for (const Ramadan& r : kRamadans)
    if (r.begin.year == year)
      return {0, at_utc(days_from_civil(r.begin), 120), -60, at_utc(days_from_civil(r.end), 120), 0};
  return {};
}

YearOfChanges paraguay_changes(int year) {
  constexpr int kLastChange = 2024;
  if (year > kLastChange) return {60, kNever_ms, 60, kNever_ms, 60};
  return southern_summer(at_utc(first_from(sunday, day_of(year, 3, 22)), 3 * 60),
                         at_utc(first_from(sunday, day_of(year, 10, 1)), 4 * 60));
}

YearOfChanges kazakhstan_changes(int year) {
  if (year < 2024) return {60, kNever_ms, 60, kNever_ms, 60};
  if (year > 2024) return {};
  return {60, at_utc(day_of(2024, 2, 29), 18 * 60), 0, kNever_ms, 0};
}

YearOfChanges changes_of(OffsetRule rule, int year) {
  const int base = rule.base_minutes;
  const std::int64_t march_last_sunday = last_until(sunday, day_of(year, 3, 31));
  const std::int64_t october_last_sunday = last_until(sunday, day_of(year, 10, 31));
  const std::int64_t march_second_sunday = first_from(sunday, day_of(year, 3, 8));
  const std::int64_t april_first_sunday = first_from(sunday, day_of(year, 4, 1));
  const std::int64_t november_first_sunday = first_from(sunday, day_of(year, 11, 1));
  switch (rule.dst) {
    case DstFamily::none:
      return {};
    case DstFamily::europe:
      return summer(at_utc(march_last_sunday, 60), at_utc(october_last_sunday, 60));
    case DstFamily::moldova:
      return summer(at_utc(march_last_sunday, 0), at_utc(october_last_sunday, 0));
    case DstFamily::america:
      return summer(at_utc(march_second_sunday, 120 - base), at_utc(november_first_sunday, 60 - base));
    case DstFamily::cuba:
      return summer(at_utc(march_second_sunday, -base), at_utc(november_first_sunday, -base));
    case DstFamily::australia:
      return southern_summer(at_utc(april_first_sunday, 120 - base),
                             at_utc(first_from(sunday, day_of(year, 10, 1)), 120 - base));
    case DstFamily::newzealand:
      return southern_summer(at_utc(april_first_sunday, -600),
                             at_utc(last_until(sunday, day_of(year, 9, 30)), -600));
    case DstFamily::chile:
      return southern_summer(at_utc(first_from(sunday, day_of(year, 4, 2)), 180),
                             at_utc(first_from(sunday, day_of(year, 9, 2)), 240));
    case DstFamily::egypt:
      return summer(at_utc(last_until(friday, day_of(year, 4, 30)), -base),
                    at_utc(last_until(thursday, day_of(year, 10, 31)), kDayMinutes - 60 - base));
    case DstFamily::israel:
      return summer(at_utc(first_from(friday, day_of(year, 3, 23)), 120 - base),
                    at_utc(october_last_sunday, 60 - base));
    case DstFamily::lebanon:
      return summer(at_utc(march_last_sunday, -base), at_utc(october_last_sunday, -60 - base));
    case DstFamily::palestine:
      return palestine_changes(year);
    case DstFamily::paraguay:
      return paraguay_changes(year);
    case DstFamily::morocco:
      return morocco_changes(year);
    case DstFamily::kazakhstan:
      return kazakhstan_changes(year);
  }
  return {};
}

int year_of(std::int64_t utc_ms) {
  constexpr std::int64_t kDay_ms = kDayMinutes * kMinute_ms;
  const std::int64_t day = utc_ms / kDay_ms - (utc_ms % kDay_ms < 0 ? 1 : 0);
  return civil_from_days(day).year;
}

}  // namespace

OffsetRule offset_rule(std::string_view country_code, double longitude_deg) {
  for (const Band& band : kBands)
    if (band.code == country_code && longitude_deg < band.east_end_deg) return band.rule;
  for (const CountryGroup& group : kCountries)
    for (std::size_t i = 0; i < group.codes.size(); i += 3)
      if (group.codes.substr(i, 2) == country_code) return group.rule;
  return {static_cast<std::int16_t>(60 * static_cast<int>(std::floor(longitude_deg / 15 + 0.5))),
          DstFamily::none};
}

int offset_minutes(OffsetRule rule, std::int64_t utc_ms) {
  if (rule.dst == DstFamily::none) return rule.base_minutes;
  const YearOfChanges changes = changes_of(rule, year_of(utc_ms));
  if (utc_ms < changes.first_ms) return rule.base_minutes + changes.before;
  return rule.base_minutes + (utc_ms < changes.second_ms ? changes.between : changes.after);
}

std::int64_t next_offset_change_ms(OffsetRule rule, std::int64_t utc_ms) {
  if (rule.dst == DstFamily::none) return kNever_ms;
  constexpr int kLastSingleChange = 2024;
  const int year = year_of(utc_ms);
  for (int y = year; y <= std::max(year + 1, kLastSingleChange); ++y) {
    const YearOfChanges changes = changes_of(rule, y);
    for (const std::int64_t change_ms : {changes.first_ms, changes.second_ms})
      if (change_ms > utc_ms && change_ms != kNever_ms) return change_ms;
  }
  return kNever_ms;
}

}  // namespace racesim
