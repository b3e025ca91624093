// Reads back what is at the end of a partition, to learn which events of a dead writer are there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/resumable.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

struct TailRecord {
  std::int64_t offset = 0;
  LineHash payload_hash{};
};

/// The records from `from_offset` up to `end_offset` (exclusive), by offset; records of other writers too.
/// Offsets without a record (of transactions, or compacted away) are left out; with options.transactions so
/// are records that are not committed. Needs no consumer group.
/// Blocks for `limit_ms` without any progress at most. Errors: runtime; also when `from_offset` is not in the
/// partition any more.
Result<std::vector<TailRecord>> read_tail(const KafkaOptions& options, const std::string& topic,
                                          std::int32_t partition, std::int64_t from_offset,
                                          std::int64_t end_offset, int limit_ms);

/// For each of the payloads that were sent, in that order, the offset at which it was found, or -1. Records
/// that match nothing are foreign. Among equal payloads the earlier one is found first.
std::vector<std::int64_t> match_tail(std::span<const LineHash> sent, std::span<const TailRecord> records);

}  // namespace racesim::kafka
