#include "sim/master/race_roster.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "sim/master/keyed.h"
#include "sim/master/text/people.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

/// Where racing drivers come from, about as often.
constexpr std::string_view kCountries =
    "GB GB GB DE DE FR FR ES ES IT IT NL FI FI AU AU BR BR JP MX US CA DK SE BE AT PL CH AR NZ CN TH";
constexpr std::string_view kTeamCountries = "GB GB GB GB IT IT CH DE FR AT US";
constexpr std::string_view kTeamFirst =
    "Aldermoor Corvane Brightwater Ostrava Silverline Kestrel Northgate Vantora Calder Meridian Halcyon "
    "Torvane "
    "Redfern Ironbridge Solenne Arrowhead Blackthorn Valmont Quantock Larkspur";
constexpr std::string_view kTeamSecond = "Racing|Motorsport|Grand Prix|Racing Team|Engineering|Competition";
/// Families with a Formula 1 driver among them: nobody here shall be taken for him.
constexpr std::string_view kTaken =
    "Alonso Albon Antonelli Barrichello Beckett Bearman Bortoleto Bottas Brabham Button Clark Colapinto "
    "Doohan "
    "Ericsson Fangio Fittipaldi Gasly Gutierrez Hadjar Hakkinen Hamilton Hill Hulkenberg Hunt Kobayashi "
    "Kovalainen Kubica Latifi Lauda Lawson Leclerc Magnussen Maldonado Mansell Massa Moss Nakajima Nakamura "
    "Nasr "
    "Norris Ocon Perez Petrov Piastri Piquet Prost Raikkonen Ricciardo Rosberg Russell Sainz Salo Sato "
    "Schumacher "
    "Senna Stroll Surtees Suzuki Tsunoda Vandoorne Vasseur Vergne Verstappen Vettel Villeneuve Webber "
    "Wehrlein Zhou";

bool is_taken(std::string_view family) {
  const auto taken = split_words(kTaken);
  return std::find(taken.begin(), taken.end(), family) != taken.end();
}

std::string code_of(std::string_view family) {
  std::string code(family.substr(0, 3));
  for (char& c : code) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return code;
}

template <class T>
bool has_id(const std::vector<T>& list, const std::string& id) {
  return std::any_of(list.begin(), list.end(), [&](const T& item) { return item.id == id; });
}

/// 0 to 1, more often in the middle.
double skill(Dice& dice) {
  return (dice.unit() + dice.unit() + dice.unit()) / 3;
}

RosterDriver make_driver(std::uint64_t seed, std::uint64_t index, const std::vector<RosterDriver>& others) {
  Dice dice(stream_key(seed, "master.drivers.row", index));
  const auto countries = split_words(kCountries);
  RosterDriver d;
  std::string_view family;
  do {
    d.country = countries[dice.below(countries.size())];
    const NameGroup& group = name_groups()[name_group_of(d.country)];
    family = group.family[dice.below(group.family.size())];
    d.name = std::string(group.given[dice.below(group.given.size())]) + " " + std::string(family);
    d.id = code_of(family);
  } while (is_taken(family) || d.id.size() < 3 || has_id(others, d.id));
  // 2 to 99; 1 is the champion's.
  d.number = static_cast<std::uint8_t>(2 + permute(stream_key(seed, "master.drivers.number", 0), index, 98));
  d.pace_loss_s = 0.49 * dice.unit();
  d.lap_noise = 0.82 + 0.36 * skill(dice);
  d.start_skill = skill(dice);
  d.overtaking = skill(dice);
  d.defending = skill(dice);
  d.accident_share = 0.045 + 0.055 * dice.unit();
  return d;
}

RosterTeam make_team(std::uint64_t seed, std::uint64_t index, std::uint64_t teams) {
  Dice dice(stream_key(seed, "master.teams.row", index));
  const auto first = split_words(kTeamFirst);
  const auto second = split_words(kTeamSecond, '|');
  const auto countries = split_words(kTeamCountries);
  RosterTeam t;
  const std::string_view word = first[permute(stream_key(seed, "master.teams.name", 0), index, first.size())];
  t.id = code_of(word);
  t.name = std::string(word) + " " + std::string(second[dice.below(second.size())]);
  t.country = countries[dice.below(countries.size())];
  t.pit_crew_s = 0.43 + 0.94 * dice.unit();
  // Spread over 2.25 s, closer together in front; each team has a place of its own in that order.
  const auto place = permute(stream_key(seed, "master.teams.pace", 0), index, teams);
  const double share = (static_cast<double>(place) + 0.6 * dice.unit()) / static_cast<double>(teams);
  t.pace_loss_s = 0.03 + 2.25 * share * (0.55 + 0.45 * share);
  t.top_speed_kmh = 8 * (skill(dice) - 0.5);
  t.failure_share = 0.04 + 0.08 * dice.unit();
  return t;
}

}  // namespace

RaceRoster make_race_roster(std::uint64_t seed, std::uint64_t cars) {
  RACESIM_CHECK(cars > 0 && cars <= kMaxRaceCars);
  RaceRoster roster;
  const std::uint64_t teams = (cars + 1) / 2;
  for (std::uint64_t i = 0; i < teams; ++i) roster.teams.push_back(make_team(seed, i, teams));
  for (std::uint64_t i = 0; i < cars; ++i) roster.drivers.push_back(make_driver(seed, i, roster.drivers));
  return roster;
}

}  // namespace racesim
