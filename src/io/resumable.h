// What a sink offers so that a run which was killed can go on: it reads back what the run had written behind
// the last known place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/sink.h"

namespace racesim {

/// XXH3-128 of an event's bytes without the line end, low half first.
using LineHash = std::array<std::uint64_t, 2>;
LineHash hash_line(std::string_view line);

/// A part of a sink in which events keep the order of sending: a partition of a topic, or a file.
struct PartitionTail {
  StreamPosition from;            ///< where reading began
  std::vector<LineHash> records;  ///< in the partition's order; other writers' may be among them
  std::int64_t end_offset = 0;    ///< behind the last of them
};

/// Called by one thread before the first submit().
class Resumable {
 public:
  virtual ~Resumable() = default;
  /// What the sink writes to, beyond its name: a checkpoint holds for the same only.
  virtual std::string identity() const = 0;
  /// All partitions, each with what lies behind its place in `known`; a partition that is not known is read
  /// from where nothing of the run can be missed. Returns once nothing more can come from the dead run.
  /// Errors: runtime if it cannot be read, usage if it is not what the checkpoint was made of.
  virtual Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known) = 0;
  /// What positions() says of the partitions from now on, until they are written to: all before is settled.
  virtual void set_positions(std::vector<StreamPosition> positions) = 0;
  /// Index of the event's partition in what read_back() returned.
  virtual std::size_t partition_of(const WireBatch& batch, std::size_t i) = 0;
  /// Whether nobody else writes there: what the run did not write is then an error.
  virtual bool is_alone() const = 0;
  /// The most sends that the dead run can have had on their way beyond the last one that is there.
  virtual std::uint64_t most_on_the_way() const = 0;
};

}  // namespace racesim
