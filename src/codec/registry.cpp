// Which rows can be encoded, and in which formats. A new row type is one line in BuiltinRows, a new format
// one line in kFormats.
#include <array>

#include "codec/encode/row_encoder.h"
#include "codec/encoder.h"
#include "model/master.h"
#include "model/play.h"
#include "model/race.h"
#include "model/race_as.h"
#include "model/race_master.h"
#include "model/race_simple.h"
#include "model/vehicle.h"

namespace racesim {
namespace {

template <class... Rows>
struct RowList {};
using BuiltinRows =
    RowList<PlayRow, SongRow, UserRow, LocationRow, VehicleRow, TelemetryRow, CheckpointPassRow, LapRow,
            RaceControlRow, FastF1TelemetryRow, FastF1LapRow, OpenF1CarDataRow, OpenF1LapRow, SimpleCarRow,
            DriverRow, TeamRow, CarRow, CheckpointRow>;

template <class Format, class... Rows>
std::unique_ptr<Encoder> encoder_for(const SchemaInfo& schema, RowList<Rows...>) {
  std::unique_ptr<Encoder> found;
  const auto try_row = [&](auto encoder, const SchemaInfo& candidate) {
    if (&schema == &candidate) found = std::make_unique<decltype(encoder)>();
  };
  (try_row(RowEncoder<Rows, Format>{}, schema_info<Rows>()), ...);
  return found;
}

struct FormatEntry {
  std::string_view name;
  std::unique_ptr<Encoder> (*make)(const SchemaInfo&, BuiltinRows);
};
constexpr std::array kFormats{
    FormatEntry{"json", &encoder_for<JsonFormat>},
    FormatEntry{"csv", &encoder_for<CsvFormat>},
};

}  // namespace

Result<std::unique_ptr<Encoder>> make_encoder(const SchemaInfo& schema, std::string_view format) {
  std::string known;
  for (const FormatEntry& entry : kFormats) {
    if (entry.name == format) {
      auto encoder = entry.make(schema, BuiltinRows{});
      if (encoder) return encoder;
      return fail(ErrorKind::usage, "no " + std::string(format) + " encoder for " + std::string(schema.name));
    }
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  return fail(ErrorKind::usage, "unknown format '" + std::string(format) + "'", "one of: " + known);
}

std::vector<std::string_view> encoder_formats() {
  std::vector<std::string_view> names;
  for (const FormatEntry& entry : kFormats) names.push_back(entry.name);
  return names;
}

}  // namespace racesim
