#include "sim/plays/plays.h"

#include <algorithm>

#include "base/quantity.h"
#include "base/saturate.h"
#include "base/time_text.h"
#include "model/play.h"
#include "sim/plays/draws.h"
#include "sim/plays/render/session_walk.h"

namespace racesim::plays {
namespace {

class PlaysScenario final : public Scenario, public Owners, public Outlook {
 public:
  PlaysScenario(const PlaysContent& content, const Frame& frame)
      : content_(content),
        frame_(frame),
        streams_{StreamInfo{"plays", &schema_info<PlayRow>(), "song-plays"}},
        catalog_(*frame.master.find("songs"), content.law, frame.seed),
        audience_(*frame.master.find("users"), *frame.master.find("locations"), frame.seed),
        geometry_(make_geometry(content, frame, audience_)),
        courses_(audience_, content.volume_per_minute, frame.start_ms, geometry_.cell_ms),
        demand_(content, frame, audience_, earliest_song_ms()),
        model_(catalog_, frame.seed, day_of(frame.start_ms)),
        context_{{frame.seed, frame.start_ms, earliest_song_ms(),
                  std::int64_t{catalog_.longest_ms()} + kLongestPauseMs, usual_play_ms(catalog_.mean_ms()),
                  &audience_, &courses_, &demand_, geometry_},
                 &model_} {}

  std::span<const StreamInfo> streams() const override { return streams_; }
  std::uint32_t shard_count() const override { return geometry_.shards; }
  SliceGrid slices() const override {
    return slices_of_ms(frame_.start_ms, frame_.end_ms.value_or(INT64_MAX), geometry_.slice_shift);
  }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t first_slice) const override {
    return std::make_unique<SessionWalk>(context_, catalog_, frame_.run, shards, first_slice);
  }
  const Owners& owners() const override { return *this; }
  const Outlook& outlook() const override { return *this; }

  /// Owners are cells: see CellPlanner::ordinal().
  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    return owner % geometry_.shards;
  }
  void append_key(std::uint32_t, std::uint32_t entity, std::string& out) const override {
    audience_.id(entity).append_text(out);
  }
  std::uint64_t planned_events() const override { return content_.volume_per_minute ? 0 : content_.volume; }

  /// The earliest moment at which anything can be played.
  std::int64_t earliest_ms() const { return std::max(earliest_song_ms(), audience_.first_registration_ms()); }
  bool waits_for_songs() const { return earliest_song_ms() == earliest_ms(); }

 private:
  static std::int64_t day_of(std::int64_t epoch_ms) {
    return epoch_ms / kDayMs - (epoch_ms % kDayMs < 0 ? 1 : 0);
  }
  std::int64_t earliest_song_ms() const { return catalog_.first_release_day() * kDayMs; }

  const PlaysContent content_;
  const Frame frame_;
  std::array<StreamInfo, 1> streams_;
  Catalog catalog_;
  Audience audience_;
  Geometry geometry_;
  Courses courses_;
  Demand demand_;
  PlayModel model_;
  WalkContext context_;
};

tl::unexpected<Error> nothing_to_play(std::int64_t earliest_ms, bool waits_for_songs) {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  const std::string earliest = format_datetime_us(earliest_ms * 1'000);
  // Dates such as 9999-12-31 stand for never.
  if (multiply_saturating(earliest_ms, kNsPerMs) == INT64_MAX)
    return fail(ErrorKind::usage,
                waits_for_songs ? "no song of the master data is ever released"
                                : "no user of the master data ever registers",
                "the earliest " + std::string(waits_for_songs ? "release_date" : "registration_date") +
                    " is " + earliest.substr(0, earliest.find('T')) + ", and runs end before 2262");
  return fail(ErrorKind::usage, "in this window no user has registered or no song is released",
              "the earliest usable time is " + earliest);
}

}  // namespace

Result<std::unique_ptr<Scenario>> make_scenario(const PlaysContent& content, const Frame& frame) {
  const std::uint64_t unit_ms =
      content.volume_per_minute ? 60'000 : static_cast<std::uint64_t>(*frame.end_ms - frame.start_ms);
  if (content.volume / kMostPlaysPerMs >= unit_ms) {
    const std::string per =
        content.volume_per_minute ? "in a minute" : "in " + std::to_string(unit_ms) + " ms";
    return fail(ErrorKind::usage,
                format_count(content.volume) + " plays " + per + " are more than a million per millisecond",
                "use less than " + format_count(kMostPlaysPerMs * unit_ms) +
                    (content.volume_per_minute ? " per minute" : ", or a longer window"));
  }
  auto scenario = std::make_unique<PlaysScenario>(content, frame);
  // Without a fixed volume the first minute already needs somebody who can play something.
  const std::int64_t needed_ms = content.volume_per_minute ? frame.start_ms : *frame.end_ms - 1;
  const std::int64_t earliest_ms = scenario->earliest_ms();
  if (earliest_ms > needed_ms) return nothing_to_play(earliest_ms, scenario->waits_for_songs());
  return scenario;
}

}  // namespace racesim::plays
