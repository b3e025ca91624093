#include "cli/commands/verify_options.h"

#include <utility>

#include "base/quantity.h"
#include "cli/commands/kafka_property.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

OptionSpec verify_option(const char* group, const char* name, const char* metavar, const char* help,
                         Setter set) {
  return option_of(group, {name, metavar, "", help}, std::move(set));
}

}  // namespace

std::vector<OptionSpec> verify_options(VerifyCommand& c) {
  OptionSpec against =
      verify_option("What", "against", "SOURCE",
                    "What arrived: file:PATH (gzip and zstd are decompressed), kafka (the run's "
                    "topics), or - (standard input)",
                    set_against(c.input.against));
  against.suggestions = {"file:", "kafka", "-"};
  against.complete = Complete::target;
  OptionSpec allow =
      allow,
      threads,
      file(verify_option("Output", "report", "FILE", "Write the result as JSON to this file",
                         set_text(c.report))),
      file(verify_option("Output", "junit", "FILE", "Write the result as JUnit XML to this file",
                         set_text(c.junit))),
  };
}

}  // namespace racesim::cli
