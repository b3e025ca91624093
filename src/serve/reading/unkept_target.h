// Where records end that are only shown.
#pragma once

#include <memory>

#include "run/ingest/work_target.h"

namespace racesim::serve {

/// Keeps nothing and counts rows as read.
std::unique_ptr<WorkTarget> make_unkept_target();

}  // namespace racesim::serve
