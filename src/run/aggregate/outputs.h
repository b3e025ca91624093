// The outputs that `racesim aggregate --to` can name besides stores. A new one is its file and a line in
// outputs.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/sinks/kafka_options.h"
#include "run/aggregate/result_output.h"

namespace racesim {

enum class ResultFormat : std::uint8_t { json, csv, table };

/// All that any output needs; each takes its part.
struct OutputRequest {
  std::string kind;                                         ///< a name of output_registry()
  std::string target;                                       ///< file: its path
  ResultFormat format = ResultFormat::json;                 ///< stdout, file
  std::vector<const AggregationEntry*> entries;             ///< whose results will come
  std::function<Done(std::string_view text)> write_stdout;  ///< stdout
  KafkaOptions kafka;                                       ///< kafka: with the topic
  std::size_t most_columns = 0;                             ///< table: of the terminal; 0: nothing is cut
  bool live = false;                                        ///< table: somebody waits for each row
  bool append = false;  ///< file: goes on with what an earlier process wrote
};

struct OutputInfo {
  std::string_view name;
  std::string_view target;   ///< what follows "name:", in capitals; empty: nothing does
  std::string_view summary;  ///< one line for the help
  /// Errors: usage (a format that cannot hold these results), runtime.
  Result<std::unique_ptr<ResultOutput>> (*make)(const OutputRequest& request);
};

std::span<const OutputInfo> output_registry();
/// Errors: those of the output.
Result<std::unique_ptr<ResultOutput>> make_result_output(const OutputRequest& request);

}  // namespace racesim
