#include "verify/laws/line_rows.h"

#include <optional>

namespace racesim {

LineRows::LineRows() : decoder_(row_kinds(false), RowDecoder::Use::evidence) {
  for (const RowKind& kind : decoder_.kinds()) {
    readers_.emplace_back(*kind.scenario, *kind.form);
    batches_.emplace_back(kind.schema());
  }
}

bool LineRows::take_header(std::string_view line) {
  std::string why;
  auto columns = decoder_.columns(line, why);
  if (columns == nullptr) return false;
  columns_ = std::move(columns);
  return true;
}

LineRows::Row LineRows::decode(std::string_view line) {
  Row row;
  row.blank = is_blank_record(line);
  if (row.blank) return row;
  std::optional<std::size_t> kind;
  if (columns_ != nullptr) {
    if (columns_->decode(line, empty_batch(columns_->kind()), row.why)) kind = columns_->kind();
  } else {
    buffer_.assign(line).append(kReadAhead, '\0');
    kind = decoder_.decode(std::string_view(buffer_).substr(0, line.size()), target_, row.why);
  }
  if (!kind) return row;
  row.reader = &readers_[*kind];
  row.rows = &batches_[*kind];
  return row;
}

}  // namespace racesim
