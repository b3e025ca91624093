// Results as lines of JSON.
#pragma once

#include <memory>

#include "run/aggregate/outputs.h"

namespace racesim {

Result<std::unique_ptr<ResultOutput>> make_stdout_output(const OutputRequest& request);

}  // namespace racesim
