// Lines to single rows, with what the rows say of themselves.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "run/rows/row_decoder.h"
#include "run/rows/row_reader.h"

namespace racesim {

/// JSON lines, or CSV behind a header; every field must be one of a known stream. One thread.
class LineRows {
 public:
  LineRows();

  /// Whether `line` is the CSV header of a known stream; the lines behind it are then cells.
  bool take_header(std::string_view line);
  /// Lines are JSON again.
  void forget_header() { columns_ = nullptr; }

  struct Row {
    const RowReader* reader = nullptr;  ///< null: the line is no row; `why` tells
    const RowBatch* rows = nullptr;     ///< row 0 of it; valid until the next call
    std::string why;
    bool blank = false;  ///< there is nothing on the line, which is no fault
  };
  /// `line` without its line end.
  Row decode(std::string_view line);

 private:
  RowBatch& empty_batch(std::size_t kind) {
    batches_[kind].clear();
    return batches_[kind];
  }

  RowDecoder decoder_;
  std::vector<RowReader> readers_;  ///< by kind, as the batches
  std::vector<RowBatch> batches_;
  RowTarget target_ = [this](std::size_t kind) -> RowBatch& { return empty_batch(kind); };
  std::unique_ptr<RowDecoder::Columns> columns_;
  std::string buffer_;
};

}  // namespace racesim
