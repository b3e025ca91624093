// What a run sent, as rows in the lanes in which a receiver reads them: the manifest's stream is made again,
// with its faults, dealt out to the run's partitions and decoded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "run/content.h"
#include "run/record/manifest.h"
#include "run/rows/block_decoder.h"

namespace racesim {

/// Rows of one lane in the order of arrival, with what else came between them counted out.
struct SentBlock {
  std::uint32_t lane = 0;
  const DecodedBlock* rows = nullptr;
  std::span<const std::int64_t> emit_ns;  ///< of each record, of event time: when it was sent; ascending
};

/// Calls `visit` for all that was sent, in order of sending but for the borders of blocks: blocks of several
/// lanes follow each other for the same stretch of time. Records that were damaged on purpose may be no rows.
/// Errors: usage (the run has not ended: nobody knows what it sent), those of making events again, and of
/// `visit`.
Done each_sent_block(const Manifest& manifest, const Content& truth, unsigned threads,
                     const std::function<Done(const SentBlock&)>& visit);

/// Lanes that the run wrote: partitions of its main topic, else one.
std::uint32_t lanes_of(const Manifest& manifest);

}  // namespace racesim
