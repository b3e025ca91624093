#include "serve/gateway/time_buckets.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "serve/gateway/typed_rows.h"
#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

struct Spread {
  std::size_t last_row = 0;
  std::vector<std::int64_t> least, greatest;  ///< of each field; INT64_MAX and INT64_MIN without a value
};

/// Whose it is, in the order of their names or numbers.
struct Whom {
  std::int64_t number = 0;
  std::string text;
  auto operator<=>(const Whom&) const = default;
};

Whom whom_of(const RowBatch& rows, std::size_t row, const FieldInfo* field) {
  if (field == nullptr) return {};
  if (field->type == FieldType::text) return {0, std::string(text_at(rows, row, *field))};
  if (field->type != FieldType::uuid) return {whole_at(rows, row, *field), {}};
  const auto* const bytes = reinterpret_cast<const char*>(rows.row_bytes(row) + field->offset);
  return {0, std::string(bytes, sizeof(Uuid))};
}

bool is_number(const FieldInfo& field) {
  return field.list_limit == 0 &&
         (field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
}

std::int64_t bucket_of(std::int64_t time_us, std::int64_t every_us) {
  const std::int64_t into = time_us % every_us;
  return time_us - (into < 0 ? into + every_us : into);
}

using Buckets = std::map<std::pair<std::int64_t, Whom>, Spread>;

void note_row(const RowBatch& rows, std::size_t row, std::span<const FieldInfo* const> fields,
              Spread& spread) {
  spread.last_row = row;
  spread.least.resize(fields.size(), INT64_MAX);
  spread.greatest.resize(fields.size(), INT64_MIN);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (is_missing(rows, row, *fields[i])) continue;
    const std::int64_t value = whole_at(rows, row, *fields[i]);
    spread.least[i] = std::min(spread.least[i], value);
    spread.greatest[i] = std::max(spread.greatest[i], value);
  }
}

void add_number_or_null(std::int64_t value, bool is_there, HistoryRows& to) {
  if (is_there)
    to.add_number(value);
  else
    to.add_null();
}

void add_bucket(const RowBatch& rows, const Spread& spread, std::span<const FieldInfo* const> fields,
                bool with_spread, HistoryRows& to) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    add_cell(rows, spread.last_row, *fields[i], to);
    if (!with_spread) continue;
    const bool any = spread.least[i] <= spread.greatest[i];
    add_number_or_null(spread.least[i], any, to);
    add_number_or_null(spread.greatest[i], any, to);
  }
}

HistoryRows columns_of(const TelemetryParts& parts, std::span<const FieldInfo* const> fields, bool spread) {
  HistoryRows typed;
  typed.columns.push_back({"event_time", parts.time->type, 0, false});
  if (parts.whose != nullptr) typed.columns.push_back(column_of(*parts.whose));
  for (const FieldInfo* field : fields) {
    typed.columns.push_back(column_of(*field));
    if (!spread) continue;
    for (const char* const end : {"_min", "_max"}) {
      typed.columns.push_back(column_of(*field));
      typed.columns.back().name += end;
    }
  }
  return typed;
}

}  // namespace

std::size_t page_end(const RowBatch& rows, std::span<const std::size_t> order, const FieldInfo& time,
                     std::size_t limit) {
  if (order.size() <= limit) return order.size();
  std::size_t end = limit;
  while (end > 0 && end < order.size() &&
         time_us_at(rows, order[end], time) == time_us_at(rows, order[end - 1], time))
    ++end;
  return end;
}

HistoryRows time_buckets(const RowBatch& rows, std::span<const std::size_t> order,
                         const TelemetryParts& parts, const TelemetryQuestion& question) {
  std::vector<const FieldInfo*> fields;
  for (const FieldInfo* field : parts.fields)
    if (is_number(*field) && field != parts.whose) fields.push_back(field);
  Buckets buckets;
  for (const std::size_t row : order) {
    const std::int64_t begin_us = bucket_of(time_us_at(rows, row, *parts.time), question.every_us);
    note_row(rows, row, fields, buckets[{begin_us, whom_of(rows, row, parts.whose)}]);
  }
  HistoryRows typed = columns_of(parts, fields, question.spread);
  std::int64_t last_us = 0;
  for (const auto& [key, spread] : buckets) {
    if (typed.size() >= question.limit && key.first != last_us) {
      typed.next = time_text(key.first, parts.time->type);
      break;
    }
    last_us = key.first;
    typed.add_text(time_text(key.first, parts.time->type));
    if (parts.whose != nullptr) add_cell(rows, spread.last_row, *parts.whose, typed);
    add_bucket(rows, spread, fields, question.spread, typed);
  }
  return typed;
}

}  // namespace racesim::serve
