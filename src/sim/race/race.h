// The race scenario: Grands Prix of cars that drive like cars. Planned session by session, rendered sample by
// sample; docs/race.md tells the model.
#pragma once

#include <memory>

#include "sim/race/content.h"
#include "sim/race/track/track.h"
#include "sim/scenario.h"

namespace racesim::race {

/// The circuit as it is driven. Errors: usage, for one that there is not.
Result<Track> track_of(const RaceContent& content);

/// `content` is checked, as read_content() gives it. Errors: usage for a track that does not fit; master_data
/// for an entry list that does not fit together.
Result<std::unique_ptr<Scenario>> make_scenario(const RaceContent& content, const Frame& frame);

}  // namespace racesim::race
