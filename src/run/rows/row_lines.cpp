#include "run/rows/row_lines.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace racesim {
namespace {

void append_bytes(std::string_view bytes, ByteBuffer& to) {
  to.reserve_more(bytes.size());
  std::copy(bytes.begin(), bytes.end(), to.data() + to.size());
  to.set_size(to.size() + bytes.size());
}

}  // namespace

void RowLines::append(const RowBatch& rows, ByteBuffer& to) {
  written_->clear();
  encoder_.encode(rows, *written_);
  const bool all_whole = std::all_of(rows.missing.begin(), rows.missing.end(),
                                     [](std::uint64_t missing) { return missing == 0; });
  if (all_whole) return append_bytes(written_->text.view(), to);
  const std::string whole(written_->text.view());
  const std::vector<std::uint32_t> ends = written_->ends;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
    if (rows.missing[i] == 0)
      append_bytes(std::string_view(whole).substr(begin, ends[i] - begin), to);
    else
      append_partial(rows, i, to);
  }
}

void RowLines::append_partial(const RowBatch& rows, std::size_t i, ByteBuffer& to) {
  const std::uint64_t missing = rows.missing[i];
  row_.clear();
  row_.resize(1);
  std::memcpy(row_.row_bytes(0), rows.row_bytes(i), schema_.row_size);
  row_.arena = rows.arena;
  written_->clear();
  encoder_without(missing).encode(row_, *written_);
  append_bytes(written_->text.view(), to);
}

const Encoder& RowLines::encoder_without(std::uint64_t missing) {
  std::unique_ptr<Partial>& partial = partial_[missing];
  if (partial) return *partial->encoder;
  partial = std::make_unique<Partial>();
  for (std::size_t f = 0; f < schema_.fields.size(); ++f)
    if (f >= 64 || (missing >> f & 1) == 0) partial->fields.push_back(schema_.fields[f]);
  partial->schema = schema_;
  partial->schema.fields = partial->fields;
  auto encoder = make_encoder(partial->schema, format_);
  RACESIM_CHECK(encoder);
  partial->encoder = std::move(*encoder);
  return *partial->encoder;
}

}  // namespace racesim
