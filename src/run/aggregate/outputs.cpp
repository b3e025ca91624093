#include "run/aggregate/outputs.h"

#include <array>

#include "base/check.h"
#include "run/aggregate/kafka_output.h"
#include "run/aggregate/line_output.h"
#include "run/aggregate/table_output.h"

namespace racesim {
namespace {

Result<std::unique_ptr<ResultOutput>> make_text_output(const OutputRequest& request) {
  return request.format == ResultFormat::table ? make_table_output(request) : make_line_output(request);
}

constexpr std::array kOutputs{
    OutputInfo{"stdout", "", "the standard output", &make_text_output},
    OutputInfo{"file", "PATH", "a file; {by} in its path stands for the aggregation, a file each",
               &make_text_output},
    OutputInfo{"kafka", "",
               "a topic (--topic-out): JSON, keyed so that a later record replaces an earlier one",
               &make_kafka_output},
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
