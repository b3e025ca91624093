#include "serve/live/binary_messages.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/check.h"
#include "codec/decoder.h"
#include "io/http/server/stream.h"

namespace racesim::serve {
namespace {

/// Only the main stream has the fields that were chosen.
ColumnForm column_form(const LiveForms& forms, std::size_t stream, const FieldChoice& fields) {
  if (stream > 0 || fields.all()) return ColumnForm(*forms.schemas[stream]);
  return ColumnForm(*forms.schemas[stream], [&](std::string_view path) { return fields.has(path); });
}

std::unique_ptr<Decoder> json_decoder(const SchemaInfo& schema) {
  Result<std::unique_ptr<Decoder>> decoder = make_decoder(schema, "json");
  RACESIM_CHECK(decoder.has_value());  // the format is known
  return std::move(*decoder);
}

}  // namespace

std::string forms_message(const LiveForms& forms, const FieldChoice& fields) {
  std::string list;
  for (std::size_t stream = 0; stream < forms.schemas.size(); ++stream) {
    if (stream > 0)
      list += fmt::format(R"(,{{"stream":"{}",)", forms.stream_names[stream]);
    else
      list += '{';
    list += fmt::format(R"("schema":"{}","version":{},"fields":{}}})", forms.schemas[stream]->name,
                        forms.schemas[stream]->version, column_form(forms, stream, fields).fields_json());
  }
  return fmt::format(R"({{"type":"forms","version":{},"run":"{:08x}","forms":[{}]}})", kColumnFrameVersion,
                     forms.run, list);
}

ChunkRows decode_events(const EventChunk& chunk) {
  const LiveForms& forms = chunk.forms();
  ChunkRows rows;
  rows.row_of.resize(chunk.size(), ChunkRows::kNone);
  for (const SchemaInfo* schema : forms.schemas) rows.by_stream.emplace_back(*schema);
  std::vector<std::unique_ptr<Decoder>> decoders(forms.schemas.size());  // of those streams that have events
  std::string line;
  Rejects refused;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const std::uint32_t stream = chunk.stream(i);
    if (chunk.is_corrupt(i) || stream >= decoders.size()) continue;
    if (decoders[stream] == nullptr) decoders[stream] = json_decoder(*forms.schemas[stream]);
    RowBatch& batch = rows.by_stream[stream];
    const std::size_t before = batch.size();
    line.assign(chunk.line(i)) += '\n';
    refused.clear();  // such an event is sent as text
    decoders[stream]->decode(line, batch, refused);
    if (batch.size() == before + 1) rows.row_of[i] = static_cast<std::uint32_t>(before);
  }
  return rows;
}

BinaryWriter::BinaryWriter(const LiveForms& forms, const FieldChoice& fields) : fields_(fields) {
  for (std::size_t stream = 0; stream < forms.schemas.size(); ++stream)
    forms_.push_back(column_form(forms, stream, fields));
}

void BinaryWriter::add(const EventChunk& chunk, std::size_t i, std::string& to) {
  const ChunkRows& rows = chunk.rows();
  const std::uint32_t stream = chunk.stream(i);
  if (rows.row_of[i] == ChunkRows::kNone) {
    flush(to);
    message_.clear();
    append_event_message(chunk, i, chosen_line(chunk, i, fields_, chosen_), message_);
    http::append_text_frame(message_, to);
    return;
  }
  if (stream != stream_) flush(to);
  stream_ = stream;
  waiting_.push_back({&rows.by_stream[stream], rows.row_of[i]});
}

void BinaryWriter::flush(std::string& to) {
  if (waiting_.empty()) return;
  message_.clear();
  forms_[stream_].append_frame(static_cast<std::uint16_t>(stream_), waiting_, message_);
  http::append_binary_frame(message_, to);
  waiting_.clear();
}

}  // namespace racesim::serve
