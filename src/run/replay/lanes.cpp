#include "run/replay/lanes.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "io/sources/dead_letters.h"
#include "io/sources/file_names.h"
#include "io/sources/kafka_partitions.h"

namespace racesim {
namespace {

/// A replay begins where the recording does.
class NoPositions final : public LaneKeeper {
 public:
  Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) override {
    return std::vector<std::optional<LanePosition>>(lanes.size());
  }
  Done release(std::span<const std::uint32_t>) override { return {}; }
};

LaneKeeper& no_positions() {
  static NoPositions none;
  return none;
}

Done add(std::unique_ptr<Source> source, std::string name, std::vector<RecordedLane>& lanes) {
  if (Done ok = source->open(no_positions()); !ok) return ok;
  RecordedLane& lane = lanes.emplace_back();
  lane.name = std::move(name);
  lane.source = std::move(source);
  return {};
}

/// A named pipe gives its bytes once.
bool can_be_read_again(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

Done add_files(const SourceRequest& request, bool but_pipes, std::vector<RecordedLane>& lanes) {
  const Result<std::vector<FileName>> files = find_files(request.targets, false);
  if (!files) return tl::make_unexpected(files.error());
  for (const FileName& file : *files) {
    const bool is_pipe = !can_be_read_again(file.path);
    if (is_pipe && but_pipes) continue;
    SourceRequest one = request;
    one.targets = {file.shown};
    auto source = request.kind == kDeadLetterKind ? make_dead_letter_source(file.shown) : make_source(one);
    if (!source) return tl::make_unexpected(source.error());
    if (Done ok = add(std::move(*source), file.shown, lanes); !ok) return ok;
    lanes.back().takes_all = request.kind == kDeadLetterKind;
    lanes.back().is_pipe = is_pipe;
    if (!is_pipe) {
      std::error_code ignored;
      lanes.back().file_bytes = std::filesystem::file_size(file.path, ignored);
    }
  }
  return {};
}

/// A source for each table, so that they can be merged.
Done add_tables(const SourceRequest& request, std::vector<RecordedLane>& lanes) {
  for (const StoreTable& table : request.rows.tables) {
    SourceRequest one = request;
    one.rows.tables = {table};
    auto source = make_source(one);
    if (!source) return tl::make_unexpected(source.error());
    if (Done ok = add(std::move(*source), std::string(table.table->name), lanes); !ok) return ok;
  }
  return {};
}

/// "f1-telemetry [2]", as sources call a partition.
std::optional<PartitionRange> range_of(const LaneRecord& lane) {
  const std::size_t bracket = lane.name.rfind(" [");
  if (lane.first_offset < 0 || bracket == std::string::npos) return std::nullopt;
  PartitionRange range{lane.name.substr(0, bracket), 0, lane.first_offset, lane.end_offset};
  const char* const number = lane.name.data() + bracket + 2;
  std::from_chars(number, lane.name.data() + lane.name.size(), range.partition);
  return range;
}

Done add_partitions(const SourceRequest& request, const std::optional<FoundRecording>& found,
                    std::vector<RecordedLane>& lanes) {
  std::vector<PartitionRange> ranges;
  if (found)
    for (const LaneRecord& lane : found->lanes)
      if (auto range = range_of(lane)) ranges.push_back(std::move(*range));
  auto partitions = open_partition_sources(request.kafka, request.topics, ranges);
  if (!partitions) return tl::make_unexpected(partitions.error());
  for (PartitionSource& partition : *partitions) {
    if (Done ok = add(std::move(partition.source), {}, lanes); !ok) return ok;
    lanes.back().name = lanes.back().source->name();
    lanes.back().topic = partition.topic;
    lanes.back().first_offset = partition.first_offset;
    lanes.back().end_offset = partition.end_offset;
  }
  return {};
}

Done add_stdin(const SourceRequest& request, std::vector<RecordedLane>& lanes) {
  auto source = make_source(request);
  if (!source) return tl::make_unexpected(source.error());
  if (Done ok = add(std::move(*source), "standard input", lanes); !ok) return ok;
  lanes.back().is_pipe = true;
  return {};
}

}  // namespace

Result<std::vector<RecordedLane>> open_lanes(const ReplayConfig& config, bool but_pipes) {
  std::vector<RecordedLane> lanes;
  for (const SourceRequest& request : config.sources) {
    Done added;
    if (request.kind == "file" || request.kind == kDeadLetterKind)
      added = add_files(request, but_pipes, lanes);
    else if (request.kind == "kafka")
      added = add_partitions(request, config.found, lanes);
    else if (request.kind == "stdin")
      added = but_pipes ? Done() : add_stdin(request, lanes);
    else
      added = add_tables(request, lanes);
    if (!added) return tl::make_unexpected(added.error());
  }
  return lanes;
}

Done check_lanes(const ReplayConfig& config) {
  for (const SourceRequest& request : config.sources) {
    SourceRequest as_known = request;
    if (request.kind == kDeadLetterKind) as_known.kind = "file";
    if (Done ok = check_source(as_known); !ok) return ok;
  }
  return {};
}

}  // namespace racesim
