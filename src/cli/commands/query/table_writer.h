// The rows of a result as people read them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/query/result_writer.h"

namespace racesim::cli {

/// Of bytes that are no UTF-8 \x and hexadecimal digits.
std::string text_of(const Cell& cell);

/// Columns side by side; where they are too many for the width, a line for each value of a row.
class TableWriter final : public ResultWriter {
 public:
  /// `most_columns`: of the terminal; 0: nothing is cut.
  TableWriter(std::vector<std::string> columns, std::size_t most_columns, WriteText write);

  Done add(const std::vector<Cell>& cells) override;
  Done finish() override;

 private:
  struct Column {
    std::string name;
    std::size_t width = 0;  ///< columns of the terminal
    bool is_number = true;  ///< all values are: they stand at the right, and are never cut
  };

  Done write_measured();
  bool fit();
  Done write_line(const std::vector<std::string>& values, bool is_header);
  Done write_record(const std::vector<std::string>& values);

  std::vector<Column> columns_;
  const std::size_t most_columns_;
  WriteText write_;
  std::vector<std::vector<std::string>> measured_;  ///< rows that wait until the widths are known
  bool is_measured_ = false;
  bool is_record_form_ = false;
  std::size_t record_ = 0;
};

}  // namespace racesim::cli
