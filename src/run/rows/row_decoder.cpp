#include "run/rows/row_decoder.h"

#include <algorithm>

#include "codec/decode/csv_row.h"
#include "codec/decode/json_row.h"
#include "codec/decode/stream.h"
#include "io/sources/record_block.h"

namespace racesim {
namespace {

static_assert(kLongestRecord == kRecordLimit);  // a source cuts what is refused here, and nothing else

/// Streams of one scenario in one input.
constexpr std::size_t kMostRecent = 4;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// RFC 8259 lets a reader pass over it.
std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::vector<KindFields> fields_of(const std::vector<RowKind>& kinds) {
  std::vector<KindFields> fields;
  for (const RowKind& kind : kinds) fields.push_back({kind.table.schema, kind.table.table->optional});
  return fields;
}

bool refuse_overlong(std::string_view record, std::string& why) {
  if (record.size() <= kRecordLimit) return false;
  why = overlong_reason();
  return true;
}

class CsvColumns final : public RowDecoder::Columns {
 public:
  CsvColumns(std::size_t kind, const SchemaInfo& schema, DecoderOptions options)
      : kind_(kind), reader_(schema, with_note(options)) {}

  bool read_header(const std::vector<std::string_view>& cells, std::string& why) {
    return reader_.read_header(cells, why);
  }

  std::size_t kind() const override { return kind_; }
  std::span<const std::string> unknown() const override { return unknown_; }

  bool decode(std::string_view record, RowBatch& good, std::string& why) override {
    const std::string_view text = without_cr(record);
    return !refuse_overlong(text, why) && readable_csv(text, why) && cells_.split(text, why) &&
           reader_.read(cells_.views(), good, why);
  }

 private:
  const DecoderOptions& with_note(DecoderOptions& options) {
    options.on_unknown = [this](std::string_view name) { unknown_.emplace_back(name); };
    return options;
  }

  std::size_t kind_;
  std::vector<std::string> unknown_;
  CsvRowReader reader_;
  CsvCells cells_;
};

}  // namespace

struct RowDecoder::Reader {
  Reader(const SchemaInfo& schema, const DecoderOptions& options) : json(schema, options) {}
  JsonRowReader json;
};

RowDecoder::RowDecoder(std::vector<RowKind> kinds, Use use)
    : kinds_(std::move(kinds)), finder_(fields_of(kinds_)) {
  options_.ignore_unknown = options_.natural_ranges = use == Use::store;
  DecoderOptions options = options_;
  options.on_unknown = [this](std::string_view path) { unknown_.emplace_back(path); };
  for (const RowKind& kind : kinds_) {
    options.optional = kind.table.table->optional;
    readers_.push_back(std::make_unique<Reader>(kind.schema(), options));
  }
}
RowDecoder::~RowDecoder() = default;

std::optional<std::size_t> RowDecoder::decode(std::string_view record, const RowTarget& target,
                                              std::string& why) {
  unknown_.clear();
  const std::string_view text = without_mark(record);
  was_json_ = true;
  if (const auto kind = decode_canonical(text, target)) return kind;
  was_json_ = !refuse_overlong(text, why) && check_.valid(text, why);
  if (!was_json_) return std::nullopt;
  if (const JsonKind found = JsonCursor(text).kind(); found != JsonKind::object) {
    why = "expected an object, found " + std::string(name_of(found));
    return std::nullopt;
  }
  const auto kind = finder_.find(text, why);
  if (!kind || !readers_[*kind]->json.read_valid(text, target(*kind), why)) return std::nullopt;
  note_recent(*kind);
  return kind;
}

/// A record that is spelled as ours are has every field of its kind and no other, so no other kind fits.
std::optional<std::size_t> RowDecoder::decode_canonical(std::string_view text, const RowTarget& target) {
  if (text.size() > kRecordLimit) return std::nullopt;
  for (const std::size_t kind : recent_) {
    if (!readers_[kind]->json.read_canonical(text, target(kind))) continue;
    if (kind != recent_.front()) note_recent(kind);
    return kind;
  }
  return std::nullopt;
}

void RowDecoder::note_recent(std::size_t kind) {
  const auto at = std::find(recent_.begin(), recent_.end(), kind);
  if (at != recent_.end()) recent_.erase(at);
  if (recent_.size() == kMostRecent) recent_.pop_back();
  recent_.insert(recent_.begin(), kind);
}

std::unique_ptr<RowDecoder::Columns> RowDecoder::columns(std::string_view header, std::string& why) {
  const std::string_view text = without_cr(without_mark(header));
  CsvCells cells;
  if (refuse_overlong(text, why) || !readable_csv(text, why) || !cells.split(text, why)) return nullptr;
  const auto kind = finder_.find_columns(cells.views(), why);
  if (!kind) return nullptr;
  DecoderOptions options = options_;
  options.optional = kinds_[*kind].table.table->optional;
  auto columns = std::make_unique<CsvColumns>(*kind, kinds_[*kind].schema(), options);
  if (!columns->read_header(cells.views(), why)) return nullptr;
  return columns;
}

bool is_blank_record(std::string_view record) {
  return is_blank(record);
}

}  // namespace racesim
