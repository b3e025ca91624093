#include "io/stores/postgres_positions.h"

#include <span>
#include <string>

namespace racesim::postgres {

Result<std::vector<LanePosition>> read_positions(Connection& connection, std::string_view source) {
  const std::string values[] = {std::string(source)};
  const Result<Answer> found = connection.run(
      "SELECT lane, next_offset, last_hash, last_time_ms, fingerprint, consumed FROM ingest_offsets "
      "WHERE source = $1 "
      "ORDER BY lane",
      values);
  if (!found) return tl::make_unexpected(found.error());
  std::vector<LanePosition> positions;
  for (int row = 0; row < found->rows(); ++row) {
    const auto number = [&](int column) { return std::stoll(std::string(found->value(row, column))); };
    positions.push_back({.source = std::string(source),
                         .lane = std::string(found->value(row, 0)),
                         .next = number(1),
                         .last_hash = static_cast<std::uint64_t>(number(2)),
                         .last_time_ms = number(3),
                         .fingerprint = std::string(found->value(row, 4)),
                         .consumed = static_cast<std::uint64_t>(number(5))});
  }
  return positions;
}

Result<bool> move_position(Connection& connection, const LanePosition& before, const LanePosition& after) {
  const std::string values[] = {after.source,
                                after.lane,
                                std::to_string(after.next),
                                std::to_string(static_cast<std::int64_t>(after.last_hash)),
                                std::to_string(after.last_time_ms),
                                after.fingerprint,
                                std::to_string(after.consumed),
                                std::to_string(before.next)};
  Result<Answer> moved = connection.run(
      "UPDATE ingest_offsets SET next_offset = $3, last_hash = $4, last_time_ms = $5, fingerprint = $6, "
      "consumed = $7, "
      "updated = now() WHERE source = $1 AND lane = $2 AND next_offset = $8",
      values);
  // Only who begins a lane finds no row; if somebody else has begun it meanwhile, nothing goes in.
  if (moved && moved->affected() == 0 && before.consumed == 0)
    moved = connection.run(
        "INSERT INTO ingest_offsets (source, lane, next_offset, last_hash, last_time_ms, fingerprint, "
        "consumed) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        std::span(values).first(7));
  if (!moved) return tl::make_unexpected(moved.error());
  return moved->affected() == 1;
}

}  // namespace racesim::postgres
