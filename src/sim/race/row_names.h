// Rows of the race under other column names (run --as).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/batch.h"
#include "sim/race/streams.h"

namespace racesim::race {

enum class RowNames : std::uint8_t { racesim, fastf1, openf1 };
inline constexpr std::array<std::string_view, 3> kRowNames{"racesim", "fastf1", "openf1"};

std::optional<RowNames> row_names(std::string_view name);

/// The schema of a stream under those names; null where they have none for it.
const SchemaInfo* schema_of(Stream stream, RowNames names);

/// Puts `from`, telemetry or laps, into `to`, whose schema is that of schema_of(). Heads and texts go along.
void rename_rows(const RowBatch& from, RowBatch& to);

}  // namespace racesim::race
