#include "sim/plays/plays.h"

#include <algorithm>

#include "base/quantity.h"
#include "base/time_text.h"
#include "model/play.h"
#include "sim/plays/draws.h"
#include "sim/plays/render/session_walk.h"

namespace racesim::plays {
namespace {

class PlaysScenario final : public Scenario {
 public:
  PlaysScenario(const ScenarioConfig& config, const PopularityLaw& law)
      : config_(config),
        streams_{StreamInfo{"plays", &schema_info<PlayRow>(), "song-plays"}},
        catalog_(*config.master.songs, law, config.seed),
        audience_(*config.master.users, *config.master.locations, config.seed),
        geometry_(make_geometry(config, audience_)),
        courses_(audience_, config.plays.volume_per_minute, config.start_ms, geometry_.cell_ms),
        demand_(config, audience_, earliest_song_ms()),
        model_(catalog_, config.seed, day_of(config.start_ms)),
        context_{{config.seed, config.start_ms, earliest_song_ms(),
                  std::int64_t{catalog_.longest_ms()} + kLongestPauseMs, usual_play_ms(catalog_.mean_ms()),
                  &audience_, &courses_, &demand_, geometry_},
                 &model_} {}

  std::span<const StreamInfo> streams() const override { return streams_; }
  std::uint32_t shard_count() const override { return geometry_.shards; }
  /// See CellPlanner::ordinal().
  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    return owner % geometry_.shards;
  }
  std::uint64_t slice_count() const override {
    if (!config_.end_ms) return UINT64_MAX;
    const std::int64_t span_ms = *config_.end_ms - config_.start_ms;
    return static_cast<std::uint64_t>((span_ms - 1) >> geometry_.slice_shift) + 1;
  }
  Slice slice(std::uint64_t index) const override {
    const std::int64_t begin_ms =
        config_.start_ms + (static_cast<std::int64_t>(index) << geometry_.slice_shift);
    std::int64_t end_ms = begin_ms + (1LL << geometry_.slice_shift);
    if (config_.end_ms) end_ms = std::min(end_ms, *config_.end_ms);
    return {index, begin_ms * 1'000'000, end_ms * 1'000'000};
  }
  std::uint64_t planned_events() const override {
    return config_.plays.volume_per_minute ? 0 : config_.plays.volume;
  }
  void append_key(std::uint32_t, std::uint32_t entity, std::string& out) const override {
    audience_.id(entity).append_text(out);
  }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t first_slice) const override {
    return std::make_unique<SessionWalk>(context_, catalog_, config_.run, shards, first_slice);
  }

  /// The earliest moment at which anything can be played.
  std::int64_t earliest_ms() const { return std::max(earliest_song_ms(), audience_.first_registration_ms()); }

 private:
  static std::int64_t day_of(std::int64_t epoch_ms) {
    return epoch_ms / kDayMs - (epoch_ms % kDayMs < 0 ? 1 : 0);
  }
  std::int64_t earliest_song_ms() const { return catalog_.first_release_day() * kDayMs; }

  ScenarioConfig config_;
  std::array<StreamInfo, 1> streams_;
  Catalog catalog_;
  Audience audience_;
  Geometry geometry_;
  Courses courses_;
  Demand demand_;
  PlayModel model_;
  WalkContext context_;
};

}  // namespace

Result<std::unique_ptr<Scenario>> make_scenario(const ScenarioConfig& config) {
  auto law = parse_popularity(config.plays.popularity);
  if (!law) return tl::make_unexpected(law.error());
  const std::uint64_t unit_ms =
      config.plays.volume_per_minute ? 60'000 : static_cast<std::uint64_t>(*config.end_ms - config.start_ms);
  if (config.plays.volume / kMostPlaysPerMs >= unit_ms) {
    const std::string per =
        config.plays.volume_per_minute ? "in a minute" : "in " + std::to_string(unit_ms) + " ms";
    return fail(
        ErrorKind::usage,
        format_count(config.plays.volume) + " plays " + per + " are more than a million per millisecond",
        "ask for less than " + format_count(kMostPlaysPerMs * unit_ms) +
            (config.plays.volume_per_minute ? " per minute" : ", or for a longer window"));
  }
  auto scenario = std::make_unique<PlaysScenario>(config, *law);
  // Without a fixed volume the first minute already needs somebody who can play something.
  const std::int64_t needed_ms = config.plays.volume_per_minute ? config.start_ms : *config.end_ms - 1;
  if (scenario->earliest_ms() > needed_ms) {
    const std::string earliest = format_datetime(scenario->earliest_ms() * 1'000'000);
    return fail(ErrorKind::usage, "no user and song of the master data can play in this window",
                "the earliest usable time is " + earliest);
  }
  return scenario;
}

std::string identity(const ScenarioConfig& config) {
  const PlaysContent& plays = config.plays;
  std::string text = "volume=" + std::to_string(plays.volume) + (plays.volume_per_minute ? "/min" : "") +
                     "|popularity=" + plays.popularity;
  if (!plays.volume_per_minute) text += "|end=" + std::to_string(*config.end_ms);
  return text;
}

double live_rate(const ScenarioConfig& config) {
  return static_cast<double>(config.plays.volume) / 60;
}

}  // namespace racesim::plays
