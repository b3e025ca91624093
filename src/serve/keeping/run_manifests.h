// The table of runs' manifests: what each run of the service was told, and what it sent once it has ended.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "io/stores/store.h"
#include "model/schema.h"

namespace racesim {

/// A later row with the same run and start replaces an earlier one.
struct RunManifestRow {
  Hex32 run;
  TimeMs started;  ///< event time of its begin
  bool has_ended;  ///< the manifest says what it sent
  Text manifest;   ///< docs/formats/manifest.md
};
template <>
struct Schema<RunManifestRow> {
  static constexpr std::string_view name = "run_manifest";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("run", &RunManifestRow::run), field("started", &RunManifestRow::started),
      field("has_ended", &RunManifestRow::has_ended), field("manifest", &RunManifestRow::manifest));
};

namespace serve {

inline constexpr std::string_view kManifestsTable = "run_manifests";

const StoreTable& manifests_table();

}  // namespace serve
}  // namespace racesim
