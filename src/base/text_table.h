// Columns side by side, as people read them on a terminal.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim {

/// Takes pieces of text; its error ends the writing.
using WriteText = std::function<Done(std::string_view)>;

struct TableCell {
  std::string text;        ///< UTF-8 without control characters
  bool is_number = false;  ///< or no value: both may stand in a column of numbers
};

/// Columns are as wide as their values in the first kMeasuredRows rows; where they are too many for the
/// width, a line for each value of a row. Columns of numbers stand at the right and are never cut. One
/// thread.
class TextTable {
 public:
  static constexpr std::size_t kMeasuredRows = 1000;

  /// `most_columns`: of the terminal; 0: nothing is cut.
  TextTable(std::vector<std::string> columns, std::size_t most_columns, WriteText write);

  /// Rows wait until the widths are known.
  Done add(std::vector<TableCell> cells);
  /// Writes what waits, or the header alone where no row ever came.
  Done flush();
  /// The line of the header once more, where rows stand below one; for who writes something else between.
  Done write_header();

 private:
  struct Column {
    std::string name;
    std::size_t width = 0;  ///< columns of the terminal
    bool is_number = true;  ///< all values are
  };

  bool fit();
  Done write_line(const std::vector<std::string>& values, bool is_header);
  Done write_record(const std::vector<std::string>& values);

  std::vector<Column> columns_;
  const std::size_t most_columns_;
  WriteText write_;
  std::vector<std::vector<std::string>> measured_;  ///< rows that wait
  bool is_measured_ = false;
  bool is_record_form_ = false;
  std::size_t record_ = 0;
};

}  // namespace racesim
