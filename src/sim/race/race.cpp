#include "sim/race/race.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <future>
#include <optional>

#include "base/quantity.h"
#include "base/random.h"
#include "base/time_text.h"
#include "sim/master/entities.h"
#include "sim/race/calendar.h"
#include "sim/race/distance.h"
#include "sim/race/plan/entries.h"
#include "sim/race/plan/pace.h"
#include "sim/race/race_walk.h"
#include "sim/race/simple/scenario.h"
#include "sim/race/track/tracks.h"

namespace racesim::race {
namespace {

/// All rows of one kind of built-in master data.
RowBatch built_in(std::unique_ptr<MasterGenerator> (*make)(const MasterPlan&), const MasterPlan& plan) {
  const auto generator = make(plan);
  RowBatch rows(generator->schema());
  generator->fill(0, generator->count(), rows);
  return rows;
}

Result<EntryList> entry_list(const MasterTables& master, std::uint32_t count) {
  if (const RowBatch* cars = master.find("cars"); cars != nullptr)
    return read_entries(*master.find("drivers"), *master.find("teams"), *cars, count);
  MasterPlan plan;
  plan.cars = std::max<std::uint64_t>(plan.cars, count);
  const RowBatch drivers = built_in(&make_driver_generator, plan);
  const RowBatch teams = built_in(&make_team_generator, plan);
  const RowBatch cars = built_in(&make_car_generator, plan);
  return read_entries(drivers, teams, cars, count);
}

/// DRS zones in pieces between checkpoints: a piece belongs to a zone that reaches into it.
std::vector<DrsPieces> drs_pieces(const Track& track) {
  const auto piece_of = [&](double s_m) {
    std::uint32_t k = 0;
    while (k + 1 < track.checkpoints.size() && track.checkpoints[k + 1].s_m <= s_m) ++k;
    return k;
  };
  std::vector<DrsPieces> zones;
  const auto last = static_cast<std::uint32_t>(track.checkpoints.size()) - 1;
  for (const DrsZone& zone : track.drs_zones) {
    const std::uint32_t detection = piece_of(zone.detection_m);
    if (zone.end_m >= zone.begin_m) {
      zones.push_back({detection, piece_of(zone.begin_m), piece_of(zone.end_m)});
      continue;
    }
    // Across the timing line: one zone before it and one behind, both won at the same place.
    zones.push_back({detection, piece_of(zone.begin_m), last});
    zones.push_back({detection, 0, piece_of(zone.end_m)});
  }
  return zones;
}

/// A season's last race with a point for the fastest lap was in this year.
constexpr int kFastestLapPoint_year = 2024;

int year_of(std::int64_t epoch_ms) {
  constexpr std::int64_t kDay_ms = 86'400'000;
  return civil_from_days((epoch_ms - (epoch_ms % kDay_ms + kDay_ms) % kDay_ms) / kDay_ms).year;
}

/// The same seed tells another story on every circuit.
std::uint64_t seed_on(const Track& track, std::uint64_t seed) {
  const std::string topic = "race.circuit." + track.name;
  return draw(stream_key(seed, topic, static_cast<std::uint64_t>(std::llround(track.length_m * 1000))), 0);
}

PlanInput plan_input(const RaceContent& content, const Frame& frame, const Templates& templates,
                     std::vector<Entry> entries) {
  const Track& track = templates.track();
  PlanInput input;
  input.kind = content.kind;
  input.seed = seed_on(track, frame.seed);
  input.fastest_lap_point = year_of(frame.start_ms) <= kFastestLapPoint_year;
  input.laps = content.laps;
  input.sprint = content.sprint;
  if (!content.laps_given) input.time_limit_ms = kTimeLimit_ms;
  input.entries = std::move(entries);
  input.sector_ends[0] = track.sector_ends[0];
  input.sector_ends[1] = track.sector_ends[1];
  input.piece_tables = templates.piece_tables();
  input.drs_zones = drs_pieces(track);
  input.pit_ways = templates.pit_ways();
  input.start_ways = templates.start_ways();
  input.fuel_per_lap_kg = templates.fuel_per_lap_kg();
  return input;
}

/// What the grid of a race comes from, if it is one: a qualifying session of the same cars, which have all of
/// their electric power there.
std::optional<PlanInput> qualifying_input(RaceContent content, const Frame& frame, const Track& track,
                                          const EntryList& list) {
  if (content.kind != SessionKind::race) return std::nullopt;
  content.kind = SessionKind::qualifying;
  const Templates templates(track, list.models, content.cars, content.kind);
  return plan_input(content, frame, templates, list.entries);
}

/// Where a race of so many laps breaks the rules of the sport.
std::vector<Oddity> odd_distance(const PlanInput& input, const Track& track) {
  const auto hint = [&] {
    return fmt::format("leave out --laps for the {} that a {} has on this circuit",
                       input.sprint ? sprint_laps(track) : grand_prix_laps(track),
                       input.sprint ? "sprint" : "Grand Prix");
  };
  std::vector<Oddity> odd;
  const double needed_kg = input.fuel_per_lap_kg * input.laps;
  if (needed_kg > kMostFuel_kg)
    odd.push_back({fmt::format("--laps {}: that takes {:.0f} kg of fuel, and cars may start with {:.0f}: "
                               "they save the rest, which costs time",
                               input.laps, needed_kg, kMostFuel_kg),
                   hint()});
  const double race_s = input.laps * kRaceLap * input.piece_tables[0].lap_s({});
  if (race_s * 1000 > static_cast<double>(kTimeLimit_ms))
    odd.push_back({fmt::format("--laps {}: about {:.0f} minutes, and the rules end a race after two hours",
                               input.laps, race_s / 60),
                   hint()});
  return odd;
}

class RaceScenario final : public Scenario, public Owners, public Outlook {
 public:
  RaceScenario(const RaceContent& content, const Frame& frame, Track track, EntryList list)
      : track_(std::move(track)),
        qualifying_(std::async(std::launch::async, qualifying_input, content, std::cref(frame),
                               std::cref(track_), list)),
        templates_(track_, list.models, content.cars, content.kind) {
    for (const Entry& entry : list.entries) {
      numbers_.push_back(entry.car);
      drivers_.push_back(entry.driver);
      teams_.push_back(list.teams[entry.team]);
    }
    calendar_ = std::make_unique<Calendar>(plan_input(content, frame, templates_, std::move(list.entries)),
                                           templates_, content.rate, qualifying_.get());
    laps_given_ = content.laps_given && content.kind == SessionKind::race;
    context_.stream_index.fill(-1);
    for (const Stream stream : content.streams) {
      const auto index = static_cast<std::size_t>(stream);
      context_.stream_index[index] = static_cast<int>(streams_.size());
      streams_.push_back({kStreamNames[index], schema_of(stream, content.names), kStreamTopics[index]});
    }
    context_.names = content.names;
    context_.run = frame.run;
    context_.start_ms = frame.start_ms;
    context_.origin_ms = frame.start_ms - content.at_ms;
    if (frame.end_ms) context_.end_ms = *frame.end_ms;
    if (content.one_session) {
      context_.sessions = 1;
      context_.end_ms = std::min(context_.end_ms, context_.origin_ms + calendar_->at(0).session->length_ms());
    }
    context_.slice_shift = slice_shift(content.rate, content.cars);
    context_.rate = content.rate;
    context_.track = &track_;
    context_.calendar = calendar_.get();
    context_.drivers = &drivers_;
    context_.teams = &teams_;
    context_.trap_m = templates_.fastest_place_m();
  }

  std::span<const StreamInfo> streams() const override { return streams_; }
  std::uint32_t shard_count() const override { return static_cast<std::uint32_t>(drivers_.size()); }
  SliceGrid slices() const override {
    return slices_of_ms(context_.start_ms, context_.end_ms, context_.slice_shift);
  }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t) const override {
    return std::make_unique<RaceWalk>(context_, shards);
  }
  /// Of the first session, from its begin.
  std::int64_t session_length_ms() const { return calendar_->at(0).session->length_ms(); }
  const Owners& owners() const override { return *this; }
  const Outlook& outlook() const override { return *this; }

  /// Owners are the numbers of cars; 0 is race control.
  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    if (owner == 0) return 0;
    const auto found = std::find(numbers_.begin(), numbers_.end(), owner);
    if (found == numbers_.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - numbers_.begin());
  }

  std::uint64_t planned_events() const override {
    if (context_.sessions != 1 || streams_.size() != 1 || context_.stream_index[0] != 0) return 0;
    const auto session = calendar_->at(0).session;
    std::uint64_t samples = 0;
    for (std::size_t car = 0; car < drivers_.size(); ++car) {
      const auto until = [&](std::int64_t epoch_ms) {
        return context_.rate.first_at(std::min(epoch_ms - context_.origin_ms, session->on_air_ms(car)));
      };
      samples += until(context_.end_ms) - until(context_.start_ms);
    }
    return samples;
  }
  std::vector<Oddity> oddities() const override {
    if (!laps_given_) return {};
    return odd_distance(calendar_->at(0).session->input(), track_);
  }
  /// Time since lights out and the first car's speed.
  std::string headline(std::int64_t event_time_ns) const override {
    // Nothing has been sent yet: before the start there is no session.
    const std::int64_t since_ms = std::max<std::int64_t>(0, event_time_ns / 1'000'000 - context_.origin_ms);
    const std::int64_t period_ms = calendar_->period_ms();
    const auto session = calendar_->at(static_cast<std::uint64_t>(since_ms / period_ms)).session;
    const std::int64_t plan_ms = since_ms % period_ms - kGridWait_ms;
    const CarState state = state_at(session->timelines().at(0, plan_ms), plan_ms);
    char text[64];
    std::snprintf(text, sizeof text, "T=%.2f Speed=%.0f km/h", static_cast<double>(plan_ms) / 1000,
                  state.v_mps * 3.6);
    return text;
  }

 private:
  Track track_;
  std::future<std::optional<PlanInput>> qualifying_;  ///< made while the race's own templates are
  Templates templates_;
  std::vector<std::uint32_t> numbers_;        ///< of the cars
  std::vector<std::string> drivers_, teams_;  ///< by car
  std::unique_ptr<Calendar> calendar_;
  bool laps_given_ = false;
  std::vector<StreamInfo> streams_;
  RaceContext context_;
};

/// Errors where nothing is left of the first session.
Done check_at(std::int64_t at_ms, const RaceScenario& race) {
  if (at_ms == 0 || at_ms < race.session_length_ms()) return {};
  const auto text = [](std::int64_t ms) { return format_duration(ms * 1'000'000); };
  return fail(ErrorKind::usage,
              "--at " + text(at_ms) + ": this session is over after " + text(race.session_length_ms()),
              "name an earlier moment");
}

}  // namespace

Result<Track> track_of(const RaceContent& content) {
  const Document& document = content.track;
  auto track = document.text.empty() ? find_track(document.name) : read_track(document.text, document.name);
  if (track && content.altitude_m) track->altitude_m = content.altitude_m;
  return track;
}

Result<std::unique_ptr<Scenario>> make_scenario(const RaceContent& content, const Frame& frame) {
  auto track = track_of(content);
  if (!track) return tl::make_unexpected(track.error());
  if (content.simple) return simple::make_scenario(content, frame, *track);
  auto list = entry_list(frame.master, content.cars);
  if (!list) return tl::make_unexpected(list.error());
  auto race = std::make_unique<RaceScenario>(content, frame, std::move(*track), std::move(*list));
  if (const Done ok = check_at(content.at_ms, *race); !ok) return tl::make_unexpected(ok.error());
  return race;
}

}  // namespace racesim::race
