// Lines to rows of whatever scenario makes them: the form of each line is found by its fields.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decoder.h"
#include "verify/laws/row_reader.h"

namespace racesim {

/// JSON lines, or CSV behind a header. One thread.
class RowDecoder {
 public:
  RowDecoder();
  ~RowDecoder();

  /// Whether `line` is the CSV header of a known form; the lines behind it are then cells.
  bool take_header(std::string_view line);
  /// Lines are JSON again.
  void forget_header() { csv_ = nullptr; }

  struct Row {
    const RowReader* reader = nullptr;  ///< null: the line is no row; `why` tells
    const RowBatch* rows = nullptr;     ///< row 0 of it; valid until the next call
    std::string why;
    bool blank = false;  ///< there is nothing on the line, which is no fault
  };
  /// `line` without its line end.
  Row decode(std::string_view line);

 private:
  struct Form;
  bool try_form(Form& form, std::string_view line);
  Form* find_form(std::string_view line);

  std::vector<std::unique_ptr<Form>> forms_;  ///< the ones met last in front
  Form* csv_ = nullptr;
  std::string header_, buffer_;
  Rejects rejects_;
};

}  // namespace racesim
