// Events to nowhere, counted.
#pragma once

#include <memory>

#include "io/sink.h"

namespace racesim {

/// Acknowledges everything at once. `acks` may be null and must outlive the sink.
std::unique_ptr<Sink> make_null_sink(AckListener* acks);

}  // namespace racesim
