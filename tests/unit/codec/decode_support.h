// Helpers of the decoder tests: decode a text whole or in pieces, and ready lines of plays.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "codec/decoder.h"
#include "model/play.h"

namespace racesim {

struct Decoded {
  explicit Decoded(const SchemaInfo& schema) : good(schema) {}
  RowBatch good;
  Rejects bad;
  std::vector<std::uint64_t> lines;  ///< of the good rows
};

inline Decoded decode(const SchemaInfo& schema, std::string_view format, std::string_view text,
                      const DecoderOptions& options = {}, std::size_t piece = 1 << 22) {
  Decoded out(schema);
  auto decoder = make_decoder(schema, format, options);
  EXPECT_TRUE(decoder.has_value());
  const auto keep_lines = [&] {
    out.lines.insert(out.lines.end(), (*decoder)->lines().begin(), (*decoder)->lines().end());
  };
  for (std::size_t at = 0; at < text.size(); at += piece) {
    (*decoder)->decode(text.substr(at, piece), out.good, out.bad);
    keep_lines();
  }
  (*decoder)->finish(out.good, out.bad);
  keep_lines();
  return out;
}

inline Decoded decode_plays(std::string_view format, std::string_view text,
                            const DecoderOptions& options = {}, std::size_t piece = 1 << 22) {
  return decode(schema_info<PlayRow>(), format, text, options, piece);
}

/// The reason of the only record, "" if it is a row.
inline std::string only_reason(const Decoded& decoded) {
  if (decoded.good.size() + decoded.bad.size() != 1) return "not one record";
  return decoded.bad.empty() ? "" : decoded.bad[0].reason;
}

inline constexpr std::string_view kPlayLine =
    R"({"event_id":"fd9b71c8-9ac0-427e-be80-e9a063cdbd72","song_id":"11111111-2222-4333-8444-555555555555",)"
    R"("user_id":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee","location_id":"01234567-89ab-4def-8123-456789abcdef",)"
    R"("played_at":"2024-01-01T12:00:00.000Z","play_duration_ms":183000,"device_type":"mobile"})";

inline constexpr std::string_view kPlayHeader =
    "event_id,song_id,user_id,location_id,played_at,play_duration_ms,device_type\n";
inline constexpr std::string_view kPlayCells =
    "fd9b71c8-9ac0-427e-be80-e9a063cdbd72,11111111-2222-4333-8444-555555555555,"
    "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee,01234567-89ab-4def-8123-456789abcdef,"
    "2024-01-01T12:00:00.000Z,183000,mobile\n";

/// `text` with the first `from` replaced.
inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const std::size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

}  // namespace racesim
