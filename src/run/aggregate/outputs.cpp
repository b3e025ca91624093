#include "run/aggregate/outputs.h"

#include <array>

#include "base/check.h"
#include "run/aggregate/line_output.h"

namespace racesim {
namespace {

constexpr std::array kOutputs{
    OutputInfo{"stdout", "", "the standard output", &make_stdout_output},
};

}  // namespace

std::span<const OutputInfo> output_registry() {
  return kOutputs;
}

Result<std::unique_ptr<ResultOutput>> make_result_output(const OutputRequest& request) {
  for (const OutputInfo& output : kOutputs)
    if (output.name == request.kind) return output.make(request);
  RACESIM_CHECK(false);
  return fail(ErrorKind::usage, "no such output: " + request.kind, "");
}

}  // namespace racesim
