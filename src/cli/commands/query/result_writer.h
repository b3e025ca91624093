// The rows of a result as a table for people, as CSV or as JSON.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text_table.h"
#include "io/stores/reading.h"

namespace racesim::cli {

/// One thread. Nothing is written before the first row or finish().
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual Done add(const std::vector<Cell>& cells) = 0;
  virtual Done finish() = 0;
};

enum class ResultForm { table, csv, json };

/// table  columns as wide as their values in the first TextTable::kMeasuredRows rows; with `most_columns`
/// above 0 long
///        values are cut, so that a line takes at most so many columns of the terminal. Control characters
///        are shown
/// csv    RFC 4180 with a header; NULL is an empty cell, an empty text is ""
/// json   one object a line; numbers have the digits of the database, and what is no JSON number is a text.
///        A name that comes again gets a number behind it
/// Bytes that are UTF-8 stand as text, others as \x and hexadecimal digits.
std::unique_ptr<ResultWriter> make_result_writer(ResultForm form, std::vector<std::string> columns,
                                                 std::size_t most_columns, WriteText write);

}  // namespace racesim::cli
