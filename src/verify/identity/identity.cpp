#include "verify/identity/identity.h"

#include <algorithm>
#include <charconv>

#include "model/event_id.h"
#include "sim/registry.h"
#include "verify/identity/point_fields.h"

namespace racesim {
namespace {

/// None: the path is empty.
IdentityFields::Index field_index(const SchemaInfo& schema, std::string_view path) {
  for (std::size_t i = 0; i < schema.fields.size(); ++i)
    if (!path.empty() && schema.fields[i].path == path) return i;
  return std::nullopt;
}

}  // namespace

std::optional<Uuid> parse_uuid_text(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id;
  std::size_t byte = 0;
  for (std::size_t i = 0; i < 36;) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    unsigned value = 0;
    for (std::size_t digit = 0; digit < 2; ++digit, ++i) {
      const char c = text[i];
      if (c >= '0' && c <= '9')
        value = value * 16 + static_cast<unsigned>(c - '0');
      else if (c >= 'a' && c <= 'f')
        value = value * 16 + static_cast<unsigned>(c - 'a' + 10);
      else
        return std::nullopt;
    }
    id.bytes[byte++] = static_cast<std::uint8_t>(value);
  }
  return id;
}

IdentityFields identity_fields(const SchemaInfo& schema) {
  const RowForm* form = find_row_form(schema);
  if (form == nullptr) return {};
  return {field_index(schema, form->event_id), field_index(schema, form->run),
          field_index(schema, form->owner), field_index(schema, form->seq)};
}

IdentityReader::IdentityReader(std::span<const StreamInfo> streams, const Owners& owners, LineForm form)
    : streams_(streams), owners_(owners), form_(form) {
  for (const StreamInfo& stream : streams) fields_.push_back(identity_fields(*stream.schema));
}

std::optional<std::uint32_t> IdentityReader::stream_of(const LineFields& line) const {
  if (form_ == LineForm::csv) return line.complete ? std::optional<std::uint32_t>(0) : std::nullopt;
  std::optional<std::uint32_t> best;
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < streams_.size(); ++i) {
    const auto fields = streams_[i].schema->fields;
    const auto shared =
        static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(), [&](const FieldInfo& field) {
          return line.find(field.path) != nullptr;
        }));
    if (shared == fields.size() && line.fields.size() == shared) return i;
    if (shared <= most || 2 * shared < fields.size() || !says_which(i, line)) continue;
    most = shared;
    best = i;
  }
  return best;
}

/// It has the fields that tell which event of the stream it is.
bool IdentityReader::says_which(std::uint32_t stream, const LineFields& line) const {
  const IdentityFields& which = fields_[stream];
  const auto has = [&](const IdentityFields::Index& index) {
    return !index || line.find(streams_[stream].schema->fields[*index].path) != nullptr;
  };
  return which.known() && has(which.event_id) && has(which.run) && has(which.owner) && has(which.seq);
}

std::optional<Identity> IdentityReader::read(std::string_view line) const {
  if (form_ == LineForm::line_protocol) return read_point(line);
  const LineFields fields = take_apart(line, form_, *streams_[0].schema);
  if (!fields.complete) return std::nullopt;
  const auto stream = stream_of(fields);
  return stream ? read_as(*stream, fields) : std::nullopt;
}

/// A point names its stream.
std::optional<Identity> IdentityReader::read_point(std::string_view line) const {
  for (std::uint32_t stream = 0; stream < streams_.size(); ++stream) {
    const SchemaInfo& schema = *streams_[stream].schema;
    if (!is_point_of(line, schema)) continue;
    const LineFields fields = take_apart(line, form_, schema);
    return fields.complete && says_which(stream, fields) ? read_as(stream, fields) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Identity> IdentityReader::read_as(std::uint32_t stream, const LineFields& line) const {
  const IdentityFields& which = fields_[stream];
  const SchemaInfo& schema = *streams_[stream].schema;
  const auto value = [&](std::size_t index) { return line.find(schema.fields[index].path)->value; };
  Identity identity;
  identity.stream = stream;
  if (which.event_id) {
    const auto id = parse_uuid_text(value(*which.event_id));
    const auto parts = id ? unpack_event_id(*id) : std::nullopt;
    if (!parts) return std::nullopt;
    identity.run = parts->run;
    identity.owner = parts->cell;
    identity.seq = parts->seq;
    return identity;
  }
  if (!which.seq) return std::nullopt;
  const auto seq = number_at_end(value(*which.seq));
  std::string owner_text(which.owner ? value(*which.owner) : std::string_view());
  if (form_ == LineForm::line_protocol) owner_text = unescaped_tag(owner_text);
  const auto owner = which.owner ? owners_.owner_of(owner_text) : std::uint32_t{0};
  if (!seq || !owner) return std::nullopt;
  identity.owner = *owner;
  identity.seq = *seq;
  if (which.run) {
    const std::string_view text = value(*which.run);
    std::uint32_t run = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), run, 16);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    identity.run = run;
  }
  return identity;
}

}  // namespace racesim
