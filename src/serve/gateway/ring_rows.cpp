#include "serve/gateway/ring_rows.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "base/suggest.h"
#include "codec/decoder.h"
#include "serve/gateway/time_buckets.h"
#include "serve/gateway/typed_rows.h"
#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

using Chunks = std::vector<std::shared_ptr<const EventChunk>>;

const RowForm* form_of(const SchemaInfo& schema, const ScenarioEntry& scenario) {
  for (const RowForm& form : scenario.rows)
    if (&form.schema() == &schema) return &form;
  return nullptr;
}

/// What the run says of its streams; null: nothing of it is in memory.
std::shared_ptr<const LiveForms> forms_of_run(const Chunks& chunks, std::uint32_t run) {
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend(); ++chunk)
    if ((*chunk)->forms().run == run) return (*chunk)->shared_forms();
  return nullptr;
}

/// Decodes the events of one stream whose lines hold `part` (empty: all).
Result<RowBatch> decode_stream(const Chunks& chunks, const LiveForms& forms, std::uint32_t stream,
                               const std::string& part) {
  const SchemaInfo& schema = *forms.schemas[stream];
  const auto decoder = make_decoder(schema, "json");
  if (!decoder) return tl::make_unexpected(decoder.error());
  RowBatch rows(schema);
  Rejects damaged;  // counted by the processing
  std::string lines;
  for (const auto& chunk : chunks) {
    if (chunk->forms().run != forms.run) continue;
    lines.clear();
    for (std::size_t i = 0; i < chunk->size(); ++i) {
      if (chunk->stream(i) != stream || chunk->is_corrupt(i)) continue;
      const std::string_view line = chunk->line(i);
      if (part.empty() || line.find(part) != std::string_view::npos) lines.append(line).push_back('\n');
    }
    (*decoder)->decode(lines, rows, damaged);
  }
  return rows;
}

/// What a line of whom is asked for holds at least; empty where it may be written in several ways.
std::string part_of_line(const FieldInfo* whose, const std::string& name) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '/';
  });
  if (whose == nullptr || whose->type != FieldType::text || name.empty() || !is_plain ||
      whose->path.find('.') != std::string_view::npos)
    return {};
  return "\"" + std::string(whose->path) + "\":\"" + name + "\"";
}

std::string value_text_of(const RowBatch& rows, std::size_t row, const FieldInfo& field) {
  HistoryRows cell;
  cell.columns.push_back(column_of(field));
  add_cell(rows, row, field, cell);
  const HistoryValue value = cell.at(0, 0);
  return cell.columns[0].is_number() ? std::to_string(value.number) : std::string(value.text);
}

/// Index of the stream whose rows go to that table; the number of streams: the run makes none.
std::uint32_t stream_of_table(const LiveForms& forms, const ScenarioEntry& scenario,
                              const std::string& table) {
  std::uint32_t place = 0;
  for (; place < forms.schemas.size(); ++place) {
    const RowForm* const form = form_of(*forms.schemas[place], scenario);
    if (form != nullptr && form->table.name == table) break;
  }
  return place;
}

struct Filter {
  const FieldInfo* whose;
  const FieldInfo* time;
  const FieldInfo* lap;
  const std::string& name;
  std::optional<std::int64_t> lap_number, from_us, to_us;

  bool takes(const RowBatch& rows, std::size_t row) const {
    if (!name.empty() && (whose == nullptr || value_text_of(rows, row, *whose) != name)) return false;
    if (lap_number && (lap == nullptr || whole_at(rows, row, *lap) != *lap_number)) return false;
    const std::int64_t time_us = time_us_at(rows, row, *time);
    return time_us >= from_us.value_or(INT64_MIN) && time_us < to_us.value_or(INT64_MAX);
  }
};

/// The rows that the filter takes, by time.
std::vector<std::size_t> chosen_rows(const RowBatch& rows, const Filter& filter) {
  std::vector<std::size_t> chosen;
  for (std::size_t row = 0; row < rows.size(); ++row)
    if (filter.takes(rows, row)) chosen.push_back(row);
  std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
    return time_us_at(rows, a, *filter.time) < time_us_at(rows, b, *filter.time);
  });
  return chosen;
}

Result<std::vector<const FieldInfo*>> chosen_fields(const SchemaInfo& schema,
                                                    const std::vector<std::string>& names) {
  std::vector<const FieldInfo*> fields;
  std::vector<std::string> known;
  for (const FieldInfo& field : schema.fields) known.emplace_back(field.path);
  for (const std::string& name : names) {
    const FieldInfo* const field = find_field(schema, name);
    if (field == nullptr) {
      Error error = unknown_choice(name.substr(0, 80), known);
      error.what = "fields: " + error.what;
      return tl::make_unexpected(std::move(error));
    }
    if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
  }
  if (names.empty())
    for (const FieldInfo& field : schema.fields) fields.push_back(&field);
  return fields;
}

/// With every= there is no last value of what has no order.
Done check_numbers(const std::vector<const FieldInfo*>& fields) {
  for (const FieldInfo* field : fields)
    if (!column_of(*field).is_number())
      return fail(ErrorKind::usage,
                  "fields: '" + std::string(field->path) + "' has no least and greatest value",
                  "with every= only numbers can be asked for; leave it out, or ask without every=");
  return {};
}

HistoryRows rows_as_they_are(const RowBatch& rows, std::span<const std::size_t> order,
                             const TelemetryParts& parts) {
  HistoryRows typed;
  typed.columns.push_back({"event_time", parts.time->type, 0, false});
  if (parts.whose != nullptr) typed.columns.push_back(column_of(*parts.whose));
  std::vector<const FieldInfo*> rest;
  for (const FieldInfo* field : parts.fields)
    if (field != parts.whose) rest.push_back(field);
  for (const FieldInfo* field : rest) typed.columns.push_back(column_of(*field));
  for (const std::size_t row : order) {
    add_cell(rows, row, *parts.time, typed);
    if (parts.whose != nullptr) add_cell(rows, row, *parts.whose, typed);
    for (const FieldInfo* field : rest) add_cell(rows, row, *field, typed);
  }
  return typed;
}

}  // namespace

const FieldInfo* whose_field(const SchemaInfo& schema, const ScenarioEntry& scenario) {
  if (const FieldInfo* const driver = find_field(schema, "driver")) return driver;
  const RowForm* const form = form_of(schema, scenario);
  return form == nullptr ? nullptr : find_field(schema, form->entity);
}

const FieldInfo* event_time_field(const SchemaInfo& schema, const ScenarioEntry& scenario) {
  const RowForm* const form = form_of(schema, scenario);
  const FieldInfo* const field = form == nullptr ? nullptr : find_field(schema, form->table.time);
  const bool is_time =
      field != nullptr && (field->type == FieldType::time_ms || field->type == FieldType::time_us);
  return is_time ? field : nullptr;
}

const SchemaInfo* ring_schema(const EventRing& ring, std::uint32_t run) {
  const std::shared_ptr<const LiveForms> forms = forms_of_run(ring.chunks_from(0), run);
  return forms == nullptr || forms->schemas.empty() ? nullptr : forms->schemas.front();
}

Result<HistoryRows> ring_telemetry(const EventRing& ring, const ScenarioEntry& scenario, std::uint32_t run,
                                   const TelemetryQuestion& question) {
  const Chunks chunks = ring.chunks_from(0);
  const std::shared_ptr<const LiveForms> forms = forms_of_run(chunks, run);
  if (forms == nullptr || forms->schemas.empty()) return HistoryRows();
  const SchemaInfo& schema = *forms->schemas.front();
  Result<std::vector<const FieldInfo*>> fields = chosen_fields(schema, question.fields);
  if (!fields) return tl::make_unexpected(fields.error());
  if (question.every_us > 0 && !question.fields.empty())
    if (const Done done = check_numbers(*fields); !done) return tl::make_unexpected(done.error());
  const TelemetryParts parts{event_time_field(schema, scenario), whose_field(schema, scenario),
                             std::move(*fields)};
  if (parts.time == nullptr)
    return fail(ErrorKind::usage, "events of this run name no time of day", "GET /telemetry/recent has them");
  const Result<RowBatch> rows = decode_stream(chunks, *forms, 0, part_of_line(parts.whose, question.whose));
  if (!rows) return tl::make_unexpected(rows.error());
  const Filter filter{parts.whose,    parts.time,   find_field(schema, "lap"),
                      question.whose, question.lap, question.from_us,
                      question.to_us};
  const std::vector<std::size_t> chosen = chosen_rows(*rows, filter);
  if (question.every_us > 0) return time_buckets(*rows, chosen, parts, question);
  const std::size_t count = page_end(*rows, chosen, *parts.time, question.limit);
  HistoryRows typed = rows_as_they_are(*rows, std::span(chosen).first(count), parts);
  if (count < chosen.size())
    typed.next = time_text(time_us_at(*rows, chosen[count], *parts.time), parts.time->type);
  return typed;
}

Result<HistoryRows> ring_side_stream(const EventRing& ring, const ScenarioEntry& scenario, std::uint32_t run,
                                     const std::string& stream, const RowsQuestion& question) {
  const Chunks chunks = ring.chunks_from(0);
  const std::shared_ptr<const LiveForms> forms = forms_of_run(chunks, run);
  if (forms == nullptr) return HistoryRows();
  const std::uint32_t place = stream_of_table(*forms, scenario, stream);
  if (place == forms->schemas.size()) return HistoryRows();
  const SchemaInfo& schema = *forms->schemas[place];
  const Result<RowBatch> rows = decode_stream(chunks, *forms, place, {});
  if (!rows) return tl::make_unexpected(rows.error());
  const Filter filter{whose_field(schema, scenario),
                      event_time_field(schema, scenario),
                      nullptr,
                      question.whose,
                      std::nullopt,
                      question.from_us,
                      question.to_us};
  if (filter.time == nullptr) return HistoryRows();
  std::vector<std::size_t> chosen = chosen_rows(*rows, filter);
  if (chosen.size() > question.limit) chosen.resize(question.limit);
  return typed_rows(*rows, chosen);
}

Result<HistoryRows> ring_latest(const EventRing& ring, const ScenarioEntry& scenario,
                                const std::string& whose, std::uint64_t& end_id) {
  const Chunks chunks = ring.chunks_from(0);
  if (chunks.empty() || chunks.back()->forms().schemas.empty()) return HistoryRows();
  end_id = chunks.back()->end_id();
  const LiveForms& forms = chunks.back()->forms();
  const SchemaInfo& schema = *forms.schemas.front();
  const std::string part = part_of_line(whose_field(schema, scenario), whose);
  std::map<std::uint32_t, std::string_view> newest;
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend() && (*chunk)->forms().run == forms.run; ++chunk)
    for (std::size_t i = (*chunk)->size(); i-- > 0;) {
      if ((*chunk)->stream(i) != 0 || (*chunk)->is_corrupt(i)) continue;
      if (part.empty() || (*chunk)->line(i).find(part) != std::string_view::npos)
        newest.try_emplace((*chunk)->entity(i), (*chunk)->line(i));
    }
  const auto decoder = make_decoder(schema, "json");
  if (!decoder) return tl::make_unexpected(decoder.error());
  RowBatch rows(schema);
  Rejects damaged;
  std::string lines;
  for (const auto& [entity, line] : newest) lines.append(line).push_back('\n');
  (*decoder)->decode(lines, rows, damaged);
  TelemetryParts parts{event_time_field(schema, scenario), whose_field(schema, scenario), {}};
  if (parts.time == nullptr) return HistoryRows();
  for (const FieldInfo& field : schema.fields) parts.fields.push_back(&field);
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return rows_as_they_are(rows, order, parts);
}

Result<HistoryRows> ring_new_rows(const EventRing& ring, const ScenarioEntry& scenario,
                                  const std::string& stream, std::uint64_t& next_id) {
  const std::uint64_t first_id = next_id;
  const Chunks chunks = ring.chunks_from(first_id);
  if (chunks.empty()) return HistoryRows();
  next_id = chunks.back()->end_id();
  const LiveForms& forms = chunks.back()->forms();
  const std::uint32_t place = stream_of_table(forms, scenario, stream);
  if (place == forms.schemas.size()) return HistoryRows();
  const auto decoder = make_decoder(*forms.schemas[place], "json");
  if (!decoder) return tl::make_unexpected(decoder.error());
  RowBatch rows(*forms.schemas[place]);
  Rejects damaged;
  std::string lines;
  for (const auto& chunk : chunks)
    for (std::size_t i = 0; i < chunk->size(); ++i)
      if (&chunk->forms() == &forms && chunk->stream(i) == place && !chunk->is_corrupt(i) &&
          chunk->first_id() + i >= first_id)
        lines.append(chunk->line(i)).push_back('\n');
  (*decoder)->decode(lines, rows, damaged);
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return typed_rows(rows, order);
}

}  // namespace racesim::serve
