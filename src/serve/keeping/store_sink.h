// The sink of a run whose events are stored by the service.
#pragma once

#include <memory>

#include "io/sink.h"
#include "run/outlets/event_forms.h"
#include "serve/keeping/inbox.h"

namespace racesim::serve {

/// submit() blocks while the store is behind. An event is acked when it is durable: stored, or known to be
/// there already, or among the dead letters. `inbox` outlives the sink; `acks` may be null.
std::unique_ptr<Sink> make_store_sink(Inbox& inbox, const EventForms& forms, AckListener* acks);

}  // namespace racesim::serve
