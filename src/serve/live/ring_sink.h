// The sink of a run whose events are shown live.
#pragma once

#include <memory>

#include "io/sink.h"
#include "run/outlets/event_forms.h"
#include "serve/live/event_ring.h"

namespace racesim::serve {

/// Never blocks. What it took counts as acked. `ring` outlives the sink; `acks` may be null.
std::unique_ptr<Sink> make_ring_sink(EventRing& ring, const EventForms& forms, AckListener* acks);

}  // namespace racesim::serve
