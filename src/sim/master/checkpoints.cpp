// Checkpoints of a track, with their places on the globe. Nothing here is drawn: they are the track's.
#include "base/check.h"
#include "model/race_master.h"
#include "sim/master/entities.h"
#include "sim/race/plan/globe.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/tracks.h"

namespace racesim {
namespace {

constexpr std::string_view kDefaultTrack = "silverstone";

class CheckpointGenerator final : public MasterGenerator {
 public:
  explicit CheckpointGenerator(race::Track track) : track_(std::move(track)) {}

  const SchemaInfo& schema() const override { return schema_info<CheckpointRow>(); }
  std::uint64_t count() const override { return track_.checkpoints.size(); }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count());
    out.clear();
    out.resize(n);
    const race::Curve centre = race::centreline(track_);
    const race::Globe globe(track_.anchor);
    for (std::size_t i = 0; i < n; ++i) {
      const race::Checkpoint& checkpoint = track_.checkpoints[first + i];
      const race::Vec place = centre.at(checkpoint.s_m).place;
      CheckpointRow row{};
      row.id = static_cast<std::uint32_t>(first + i);
      row.name = out.add_text(checkpoint.name);
      row.s_dm = static_cast<std::uint32_t>(checkpoint.s_m * 10 + 0.5);
      row.latitude_udeg = globe.latitude_udeg(place.y);
      row.longitude_udeg = globe.longitude_udeg(place.x);
      out.rows<CheckpointRow>()[i] = row;
    }
  }

 private:
  race::Track track_;
};

}  // namespace

std::unique_ptr<MasterGenerator> make_checkpoint_generator(const MasterPlan& plan) {
  if (plan.track != nullptr) return std::make_unique<CheckpointGenerator>(*plan.track);
  auto track = race::find_track(kDefaultTrack);
  RACESIM_CHECK(track.has_value());
  return std::make_unique<CheckpointGenerator>(std::move(*track));
}

}  // namespace racesim
