// A decoder that shows live what it decodes: how events of a topic get into the rings.
#pragma once

#include <memory>

#include "run/rows/block_decoder.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// Decodes as `inner` does, and puts every record that is a row of a scenario's events into that scenario's
/// ring. `feed` outlives it.
std::unique_ptr<BlockDecoder> show_decoded(std::unique_ptr<BlockDecoder> inner, LiveFeed& feed);

}  // namespace racesim::serve
