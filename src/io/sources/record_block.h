// What a source hands out: whole records of one lane, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.h"

namespace racesim {

/// How far a lane has been read: what a store keeps beside the rows, so that reading goes on there. A
/// position is never trusted alone: the record before it is read again and compared.
struct LanePosition {
  std::string source;     ///< which input: "kafka CLUSTER-ID topic", "file"; one owner for all its lanes
  std::string lane;       ///< partition's number, path of the file
  std::int64_t next = 0;  ///< offset of the next record (Kafka), byte of the file
  std::uint64_t last_hash = 0;     ///< record_hash() of the record before; 0: there is none
  std::int64_t last_time_ms = -1;  ///< time stamp of that record (Kafka); -1: it has none
  std::string fingerprint;         ///< of the lane's first bytes (files); empty: none
  std::uint64_t consumed = 0;      ///< records so far
  bool operator==(const LanePosition&) const = default;
};

/// XXH3-64; 1 where that is 0, which says that there is no record.
std::uint64_t record_hash(std::string_view record);

/// A longer record is no row. A source hands out its first kLongestRecord + 1 bytes: enough to tell.
inline constexpr std::size_t kLongestRecord = std::size_t{1} << 20;
/// Sources end a block once it has so many bytes or records; only one request of HTTP may be longer.
inline constexpr std::size_t kBlockBytes = std::size_t{4} << 20;
inline constexpr std::size_t kBlockRecords = 16384;
inline constexpr std::size_t kBlockReadAhead = 64;

/// A block may hold no record at all and still move its lane: behind a gap, behind records without a value,
/// and where a lane was begun (`before` equals `after`): the store is to know that place before anything is
/// read.
struct RecordBlock {
  std::size_t most_records =
      kBlockRecords;       ///< that a source puts into it; set by who pulls, clear() keeps it
  std::uint32_t lane = 0;  ///< the source's number of the lane; see Source::lane()
  /// The records one behind the other, each with one byte '\n' behind it that is not part of it. What a
  /// record holds is as it came (it may hold line ends itself), without the line end of the input. Readable
  /// for kBlockReadAhead bytes behind the end.
  ByteBuffer text;
  std::vector<std::uint32_t> ends;    ///< of each record in `text`, behind that byte
  std::vector<std::int64_t> offsets;  ///< of each record: Kafka's, or its first byte in the file or body
  std::vector<std::string> keys;      ///< of each record, of sources that hand them out; else empty
  LanePosition after;                 ///< behind the last record
  LanePosition before;       ///< where the block begins: what a store must hold for `after` to follow
  std::uint64_t gap = 0;     ///< records that were gone before the first one (retention); counted once
  std::uint64_t empty = 0;   ///< records without a value (tombstones), which are not in `ends`
  std::uint64_t ticket = 0;  ///< of HTTP: the request that waits for its answer
  bool more =
      false;  ///< of an awaited source: another block follows at once that belongs into the same commit
  /// Of a source that reads one lane after the other: so many lanes, in the order in which the keeper was
  /// asked for their positions, are read to their end.
  std::uint32_t lanes_ended = 0;
  bool torn = false;  ///< the last record ended without a line end, with the input

  std::size_t size() const { return ends.size(); }
  std::string_view record(std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
    return text.view().substr(begin, ends[i] - begin - 1);
  }
  void clear();
  /// Makes the bytes behind the text readable. For those who fill blocks, as the last step.
  void pad();
};

}  // namespace racesim
