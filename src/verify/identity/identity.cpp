#include "verify/identity/identity.h"

#include <array>
#include <charconv>

#include "model/event_id.h"

namespace racesim {
namespace {

/// The names of owners in all schemas. Race control's messages name a car too, but count as one owner's.
constexpr std::array<std::string_view, 2> kOwnerPaths{"car", "id"};
constexpr std::string_view kNoOwner = "race-control";

}  // namespace

std::optional<std::uint64_t> number_at_end(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data() + begin, text.data() + text.size(), value);
  if (code != std::errc{} || begin == text.size()) return std::nullopt;
  return value;
}

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
  IdentityFields found;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const FieldInfo& field = schema.fields[i];
    const int index = static_cast<int>(i);
    if (field.type == FieldType::uuid && field.path == "event_id") found.event_id = index;
    if (field.type == FieldType::hex32 && field.path == "run") found.run = index;
    if (field.path == "seq") found.seq = index;
    for (const std::string_view path : kOwnerPaths)
      if (field.path == path && schema.name != kNoOwner) found.owner = index;
  }
  return found;
}

IdentityReader::IdentityReader(std::span<const StreamInfo> streams, bool csv) : streams_(streams), csv_(csv) {
  for (const StreamInfo& stream : streams) fields_.push_back(identity_fields(*stream.schema));
}

std::optional<std::uint32_t> IdentityReader::stream_of(const LineFields& line) const {
  if (csv_) return line.complete ? std::optional<std::uint32_t>(0) : std::nullopt;
  for (std::uint32_t i = 0; i < streams_.size(); ++i) {
    const auto fields = streams_[i].schema->fields;
    if (line.fields.size() != fields.size()) continue;
    bool all = true;
    for (const FieldInfo& field : fields) all = all && line.find(field.path) != nullptr;
    if (all) return i;
  }
  return std::nullopt;
}

std::optional<Identity> IdentityReader::read(std::string_view line) const {
  const LineFields fields = take_apart(line, csv_, *streams_[0].schema);
  if (!fields.complete) return std::nullopt;
  const auto stream = stream_of(fields);
  return stream ? read_as(*stream, fields) : std::nullopt;
}

std::optional<Identity> IdentityReader::read_as(std::uint32_t stream, const LineFields& line) const {
  const IdentityFields& which = fields_[stream];
  const SchemaInfo& schema = *streams_[stream].schema;
  const auto value = [&](int index) {
    return line.find(schema.fields[static_cast<std::size_t>(index)].path)->value;
  };
  Identity identity;
  identity.stream = stream;
  if (which.event_id >= 0) {
    const auto id = parse_uuid_text(value(which.event_id));
    const auto parts = id ? unpack_event_id(*id) : std::nullopt;
    if (!parts) return std::nullopt;
    identity.run = parts->run;
    identity.owner = parts->cell;
    identity.seq = parts->seq;
    return identity;
  }
  if (which.seq < 0) return std::nullopt;
  const auto seq = number_at_end(value(which.seq));
  const auto owner = which.owner >= 0 ? number_at_end(value(which.owner)) : std::uint64_t{0};
  if (!seq || !owner) return std::nullopt;
  identity.owner = static_cast<std::uint32_t>(*owner);
  identity.seq = *seq;
  if (which.run >= 0) {
    const std::string_view text = value(which.run);
    std::uint32_t run = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), run, 16);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    identity.run = run;
  }
  return identity;
}

}  // namespace racesim
