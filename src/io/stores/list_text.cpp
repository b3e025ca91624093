#include "io/stores/list_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

namespace racesim {
namespace {

// An integer of `size` bytes; unsigned ones of 8 bytes keep their bits.
std::int64_t load_item(const FieldInfo& field, const std::byte* at) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, at, field.size);
  if (field.type == FieldType::unsigned_int) return static_cast<std::int64_t>(bits);
  const int unused = 64 - 8 * field.size;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

void append_decimal(std::int64_t scaled, bool is_unsigned, int decimals, std::string& out) {
  const bool negative = !is_unsigned && scaled < 0;
  const auto bits = static_cast<std::uint64_t>(scaled);
  std::string digits = std::to_string(negative ? 0 - bits : bits);
  const auto wanted = static_cast<std::size_t>(decimals) + 1;
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  if (negative) out += '-';
  out.append(digits, 0, digits.size() - static_cast<std::size_t>(decimals));
  if (decimals > 0) out.append(1, '.').append(digits, digits.size() - static_cast<std::size_t>(decimals));
}

void append_item(const FieldInfo& field, const RowBatch& rows, const std::byte* at, std::string& out) {
  const auto quote = [&out](std::string_view text) { out += nlohmann::json(text).dump(); };
  switch (field.type) {
    case FieldType::boolean:
      out += static_cast<bool>(*at) ? "true" : "false";
      return;
    case FieldType::enumeration:
      return quote(field.enum_names[static_cast<std::size_t>(*at)]);
    case FieldType::text: {
      Text slice;
      std::memcpy(&slice, at, sizeof slice);
      return quote(rows.text(slice));
    }
    case FieldType::uuid: {
      Uuid id;
      std::memcpy(&id, at, sizeof id);
      std::string text;
      id.append_text(text);
      return quote(text);
    }
    case FieldType::hex32: {
      char text[9];
      std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(load_item(field, at)));
      return quote(text);
    }
    case FieldType::signed_int:
    case FieldType::unsigned_int:
    case FieldType::time_ms:
    case FieldType::time_us:
    case FieldType::date:
      return append_decimal(load_item(field, at), field.type == FieldType::unsigned_int, field.decimals, out);
  }
}

// "1.25" with three decimals → 1250.
std::optional<std::uint64_t> scaled_of(std::string_view text, int decimals) {
  const bool negative = text.starts_with('-');
  std::uint64_t value = 0;
  int behind_point = -1;
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (c == '.' && behind_point < 0) {
      behind_point = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (behind_point >= 0 && ++behind_point > decimals) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  for (int digits = std::max(behind_point, 0); digits < decimals; ++digits) value *= 10;
  return negative ? 0 - value : value;
}

bool read_uuid(std::string_view text, Uuid& id) {
  std::string digits(text);
  std::erase(digits, '-');
  if (digits.size() != 32) return false;
  for (std::size_t i = 0; i < 16; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(std::stoul(digits.substr(2 * i, 2), nullptr, 16));
  return true;
}

// Takes the items of one array as they come.
class ListReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  ListReader(const FieldInfo& field, RowBatch& rows, std::size_t row)
      : field_(field), rows_(rows), row_(row) {}
  std::size_t count() const { return count_; }

  bool null() override { return false; }
  bool boolean(bool value) override { return field_.type == FieldType::boolean && put(&value, sizeof value); }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& text) override { return number(text); }
  bool string(string_t& text) override {
    if (field_.type == FieldType::text) {
      const Text slice = rows_.add_text(text);
      return put(&slice, sizeof slice);
    }
    if (field_.type == FieldType::enumeration) {
      const auto found = std::find(field_.enum_names.begin(), field_.enum_names.end(), text);
      const auto index = static_cast<std::uint8_t>(found - field_.enum_names.begin());
      return found != field_.enum_names.end() && put(&index, 1);
    }
    if (field_.type == FieldType::hex32) {
      const auto value = static_cast<std::uint32_t>(std::stoul(text, nullptr, 16));
      return put(&value, sizeof value);
    }
    Uuid id;
    return field_.type == FieldType::uuid && read_uuid(text, id) && put(&id, sizeof id);
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return false; }
  bool key(string_t& /*name*/) override { return false; }
  bool end_object() override { return false; }
  bool start_array(std::size_t /*size*/) override { return ++depth_ == 1; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool number(std::string_view text) {
    const auto scaled = scaled_of(text, field_.decimals);
    return scaled && put(&*scaled, field_.size);
  }
  bool put(const void* value, std::size_t size) {
    if (size != field_.size || depth_ != 1 || count_ == field_.list_limit) return false;
    std::memcpy(rows_.row_bytes(row_) + field_.offset + count_++ * size, value, size);
    return true;
  }

  const FieldInfo& field_;
  RowBatch& rows_;
  std::size_t row_;
  std::size_t count_ = 0;
  int depth_ = 0;
};

}  // namespace

void append_list(const FieldInfo& field, const RowBatch& rows, std::size_t row, std::string& out) {
  const std::byte* const bytes = rows.row_bytes(row);
  const auto count = static_cast<std::size_t>(bytes[field.count_offset]);
  out += '[';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    append_item(field, rows, bytes + field.offset + i * field.size, out);
  }
  out += ']';
}

bool read_list(const FieldInfo& field, std::string_view text, RowBatch& rows, std::size_t row) {
  ListReader reader(field, rows, row);
  try {
    if (!nlohmann::json::sax_parse(text, &reader)) return false;
  } catch (const std::exception&) {
    return false;  // a text that is no number
  }
  rows.row_bytes(row)[field.count_offset] = static_cast<std::byte>(reader.count());
  return true;
}

}  // namespace racesim
