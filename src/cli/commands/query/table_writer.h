// The rows of a result as people read them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/text_table.h"
#include "cli/commands/query/result_writer.h"

namespace racesim::cli {

/// Of bytes that are no UTF-8 \x and hexadecimal digits.
std::string text_of(const Cell& cell);

class TableWriter final : public ResultWriter {
 public:
  /// `most_columns`: of the terminal; 0: nothing is cut.
  TableWriter(const std::vector<std::string>& columns, std::size_t most_columns, WriteText write);

  Done add(const std::vector<Cell>& cells) override;
  Done finish() override { return table_.flush(); }

 private:
  TextTable table_;
};

}  // namespace racesim::cli
