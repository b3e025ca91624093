#include "io/stores/postgres_state.h"

#include <cstdint>

#include "io/stores/kept_state.h"

namespace racesim::postgres {
namespace {

/// Bytes as bytea's text has them.
std::string bytea_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

Done write_state(Connection& connection, std::string_view name, std::string_view bytes) {
  const std::string values[] = {std::string(name), std::to_string(kStateFormat), bytea_text(bytes)};
  return connection
      .run(
          "INSERT INTO aggregation_state (name, format, bytes) VALUES ($1, $2, $3) ON CONFLICT (name) DO "
          "UPDATE SET format = excluded.format, bytes = excluded.bytes, updated = now()",
          values)
      .map([](const Answer&) {});
}

Result<std::optional<std::string>> read_state(Connection& connection, const Target& target,
                                              std::string_view name) {
  const std::string values[] = {std::string(name)};
  // The number as a text: in the binary form of an answer a text is as it reads.
  const Result<Answer> found = connection.run(
      "SELECT format::text, bytes FROM aggregation_state WHERE name = $1", values, Format::binary);
  if (!found) return tl::make_unexpected(found.error());
  if (found->rows() == 0) return std::optional<std::string>();
  if (const std::int64_t format = std::stoll(std::string(found->value(0, 0))); format != kStateFormat)
    return tl::make_unexpected(unknown_state_format(target.shown, name, format));
  return std::optional<std::string>(found->value(0, 1));
}

}  // namespace racesim::postgres
