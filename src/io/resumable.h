// What a sink offers so that another process can go on with a run whose process died (or was stopped): what
// it writes to, how far that is written, and what stands there behind the last known place.
// docs/recovery-and-resume.md tells the whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/line_hash.h"
#include "model/batch.h"

namespace racesim {

class Sink;

/// What a record is recognised by when it is looked for at the place where it was written.
struct RecordMark {
  LineHash hash{};
  std::int64_t time_ms = -1;  ///< the record's, as its broker keeps it; -1: it has none, or it is not known
};

/// Whether both may be the same record.
bool is_same_record(const RecordMark& a, const RecordMark& b);

/// How far a partition is known to be written: all before both numbers is settled. A partition is a part of a
/// sink in which events keep the order of sending: one of a topic, or a plain file as a whole.
struct StreamPosition {
  std::string topic;  ///< empty: a file
  std::int32_t partition = 0;
  std::int64_t next_offset = 0;    ///< behind the last record of ours that is there; of a file in bytes
  std::uint64_t next_ordinal = 0;  ///< behind that record's position in the run (WireBatch::first_ordinal)
  /// That record, right before `next_offset`; none: nothing of ours is there yet, or a checkpoint of
  /// format 1.
  std::optional<RecordMark> record{};
};

/// What was read back of a partition.
struct PartitionTail {
  StreamPosition from;               ///< where reading began; of a partition that was changed: its origin
  std::vector<LineHash> records;     ///< in the partition's order; other writers' may be among them
  std::int64_t end_offset = 0;       ///< behind the last of them, or `from`
  std::optional<RecordMark> last{};  ///< the last of them, or what `from` has
  /// Why the known place does not count: the partition does not hold what was there. Empty: it does.
  std::string changed{};
};

/// What a sink writes to, as it was when the sink was opened. Does not change.
struct Destination {
  std::string identity{};  ///< beyond the sink's name: a checkpoint holds for the same only
  bool is_alone = false;   ///< nobody else writes there: what the run did not write is then an error
  /// The most sends that a dead process can have had on their way beyond the last one that is there.
  std::uint64_t most_on_the_way = 0;
  /// Where the partitions ended: a run that begins now has nothing before that. Only of sinks that write
  /// behind what others wrote.
  std::vector<StreamPosition> origins{};
};

/// Any thread may call destination(), positions() and leave_open(); the rest is for one thread, before the
/// first submit().
class Resumable {
 public:
  virtual ~Resumable() = default;
  virtual const Destination& destination() const = 0;
  /// All partitions, each with what lies behind its place in `known`, where the record before it is still
  /// there. Else the partition was made anew, cut or replaced, and is read from its place in `origins`, or
  /// from its begin if it ends before that; so is one that is not known. Returns once nothing more can come
  /// from the dead process. Errors: runtime if it cannot be read, usage if it is not what the checkpoint was
  /// made of and cannot be gone on with.
  virtual Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known,
                                                       const std::vector<StreamPosition>& origins) = 0;
  /// Index of the event's partition in what read_back() returned.
  virtual std::size_t partition_of(const WireBatch& batch, std::size_t i) = 0;
  /// What positions() says of the partitions from now on, until they are written to: all before is settled.
  virtual void set_positions(std::vector<StreamPosition> positions) = 0;

  /// Where a later process may go on.
  virtual std::vector<StreamPosition> positions() const = 0;
  /// Before close(): a later process will go on where this one ends, so what is not complete stays so.
  virtual void leave_open() {}
};

/// Destination::origins of a sink that is resumable; none of others.
std::vector<StreamPosition> origins_of(Sink& sink);

}  // namespace racesim
