// Bytes to rows, with a reason for everything that is refused. Driven by the run-time SchemaInfo.
// The formats: docs/formats/json.md and docs/formats/csv.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// A record that is no row.
struct Reject {
  std::uint64_t line = 0;    ///< where the record starts, from 1
  std::uint64_t offset = 0;  ///< of the record's first byte in the input, from 0
  std::uint64_t index = 0;   ///< of the record, from 0; headers and blank lines are no records
  std::string reason;        ///< "play_duration_ms: 1.5 has more decimals than the schema's 0"
  std::string raw;  ///< the record without its line end; of an overlong one the first kRejectHead bytes
};
using Rejects = std::vector<Reject>;

inline constexpr std::size_t kRecordLimit = 1 << 20;  ///< bytes of one line or array element
inline constexpr std::size_t kRejectHead = 4096;
inline constexpr int kJsonDepthLimit = 64;

struct DecoderOptions {
  /// Skip keys and columns that the schema does not have, instead of rejecting the record.
  bool ignore_unknown = false;
  /// With ignore_unknown: told of each one that is skipped, a column once at the header, a key by its path.
  /// May be empty.
  std::function<void(std::string_view name)> on_unknown = {};
  /// Reject a last line without a line end as torn: in a file that something still writes, or wrote until it
  /// was killed, a number may have lost its last digits.
  bool line_end_required = false;
  /// Hold numbers to the natural ranges of their fields too (FieldInfo::range), not only to their types.
  bool natural_ranges = false;
  /// Paths of fields that a record may leave out or give as null; RowBatch::missing tells of which
  /// (but of a Maybe, which then holds none). At most
  /// the first 64 fields of a schema may be optional.
  std::span<const std::string_view> optional = {};
};

/// Reads one input in pieces of any size. Holds the unfinished record between calls: at most a little more
/// than kRecordLimit. One thread at a time.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Takes the next bytes of the input; appends complete rows to `good` (its schema is the decoder's; `heads`
  /// stays as it is) and refused records to `bad`. Every record becomes a row or a reject, in input order.
  virtual void decode(std::string_view chunk, RowBatch& good, Rejects& bad) = 0;

  /// The input has ended: the rest is a record or a reject. The decoder is as new then.
  virtual void finish(RowBatch& good, Rejects& bad) = 0;

  /// The line of each row that the last call of decode() or finish() appended.
  virtual std::span<const std::uint64_t> lines() const = 0;
};

/// `schema` must outlive the decoder. `format`: a name of decoder_formats(); the error lists them.
///   json        one object a line (NDJSON)
///   json-array  one document: an array of objects
///   csv         RFC 4180 with a header; columns in any order
Result<std::unique_ptr<Decoder>> make_decoder(const SchemaInfo& schema, std::string_view format,
                                              const DecoderOptions& options = {});

std::vector<std::string_view> decoder_formats();

}  // namespace racesim
