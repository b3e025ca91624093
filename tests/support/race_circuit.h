// A track, else the shipped one, with its templates and twenty cars of one model, as a plan's input: for
// tests that look at plans and sessions without their rows.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/race/plan/race_input.h"
#include "sim/race/render/templates.h"
#include "sim/race/track/tracks.h"
#include "support/race_plan_world.h"

namespace racesim::race_test {

struct Circuit {
  race::Track track;
  race::Templates templates;
  race::PlanInput input;

  explicit Circuit(std::uint32_t laps, race::SessionKind kind = race::SessionKind::race,
                   race::Track on = *race::find_track("silverstone"))
      : track(std::move(on)), templates(track, {race::CarModel{}}, 20, kind) {
    input.kind = kind;
    input.laps = laps;
    input.entries = race::world_entries(7, 20);
    input.sector_ends[0] = track.sector_ends[0];
    input.sector_ends[1] = track.sector_ends[1];
    input.piece_tables = templates.piece_tables();
    input.pit_ways = templates.pit_ways();
    input.start_ways = templates.start_ways();
    input.queue_ways = templates.queue_ways();
    input.grid_ways = templates.grid_ways();
    input.fuel_per_lap_kg = templates.fuel_per_lap_kg();
  }
  Circuit(const Circuit&) = delete;
  Circuit& operator=(const Circuit&) = delete;
};

}  // namespace racesim::race_test
