// What a run was told and what it sent, in a file: enough to make its stream again and to compare it with
// what arrived. docs/formats/manifest.md describes the file.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/resumable.h"
#include "run/generate/run.h"
#include "run/record/ordinal_range.h"
#include "run/record/run_record.h"

namespace racesim {

/// An order-free digest: the sum of the lines' hashes. Equal for the same lines in any order.
struct LineDigest {
  std::array<std::uint64_t, 2> sum{};  ///< of both halves of XXH3-128 over each line with its line end
  void add(std::string_view line);
  std::string text() const;  ///< 32 hex digits
  bool operator==(const LineDigest&) const = default;
};

/// What a run sent; known when it has ended.
struct ManifestTotals {
  std::uint64_t released = 0;      ///< sends, from the first of the stream on, shed ones among them
  std::vector<OrdinalRange> shed;  ///< ascending: sends that --on-overload drop left out
  bool complete = false;           ///< everything planned was released and delivered
  FaultTotals faults;              ///< of the released ones
  std::map<std::string, std::uint64_t> streams;  ///< sends by stream, without the shed ones
  std::vector<SinkStatus> sinks;
  std::optional<LineDigest> digest;  ///< of what was sent; only when asked for
  bool operator==(const ManifestTotals& other) const;
};

struct Manifest : RunRecord {
  static constexpr int kFormat = 2;        ///< of a run; 1 is read too
  static constexpr int kReplayFormat = 3;  ///< of a replay

  /// Where in its topics the run began, partition by partition, topics in the order of the streams.
  std::vector<StreamPosition> origins;
  /// It sent over HTTP with --unordered: not even the events of one entity kept their order.
  bool unordered = false;
  std::optional<ManifestTotals> totals;  ///< none: the run has not ended, or was killed
};

/// Of a run that was opened with `config`; without totals.
Manifest manifest_of(const RunConfig& config, RunRecord record);

/// JSON, indented, with a line end.
std::string format_manifest(const Manifest& manifest);

/// Errors: runtime for what is no manifest (such as half of one), usage for one of a later format or of
/// another version of its scenario. `name` is the file's, for messages.
Result<Manifest> parse_manifest(const std::string& text, const std::string& name);

/// Reads and parses. Errors: those of both.
Result<Manifest> read_manifest(const std::string& path);

}  // namespace racesim
