// Records to rows of whatever kind they are: the kind is told by the names of their fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/check.h"
#include "codec/decode/csv_cells.h"
#include "codec/decoder.h"
#include "run/rows/kind_finder.h"
#include "run/rows/row_kinds.h"

namespace racesim {

/// The batch that rows of the kind with that index go to; called once a record, before it is known to be a
/// row.
using RowTarget = std::function<RowBatch&(std::size_t kind)>;

/// One record at a time. One thread.
class RowDecoder {
 public:
  /// For evidence: fields that the kind does not have are a reason to refuse, and numbers
  /// need only fit their type, for laws to judge. For a store: such fields are skipped, and
  /// numbers are held to the natural ranges of their fields.
  enum class Use : std::uint8_t { evidence, store };
  RowDecoder(std::vector<RowKind> kinds, Use use);
  ~RowDecoder();

  std::span<const RowKind> kinds() const { return kinds_; }

  /// Appends the row of a JSON record and says of which kind it is. None: it is no row, `why` says why not.
  /// `record`: without a line end, readable for kReadAhead more.
  std::optional<std::size_t> decode(std::string_view record, const RowTarget& target, std::string& why);

  /// How cells become rows, behind one header.
  class Columns {
   public:
    virtual ~Columns() = default;
    virtual std::size_t kind() const = 0;
    /// Columns that are ignored.
    virtual std::span<const std::string> unknown() const = 0;
    /// Appends the row of a record. False: `why` says what is wrong with it.
    virtual bool decode(std::string_view record, RowBatch& good, std::string& why) = 0;
  };
  /// Null: `why` says what is wrong with the header.
  std::unique_ptr<Columns> columns(std::string_view header, std::string& why);

  /// Whether the last record of decode() was JSON.
  bool was_json() const { return was_json_; }
  /// Paths of the fields that were skipped in it.
  std::span<const std::string> unknown() const { return unknown_; }

 private:
  struct Reader;
  std::optional<std::size_t> decode_canonical(std::string_view text, const RowTarget& target);
  void note_recent(std::size_t kind);

  std::vector<RowKind> kinds_;
  DecoderOptions options_;  ///< but for what is optional
  KindFinder finder_;
  JsonCheck check_;
  std::vector<std::unique_ptr<Reader>> readers_;  ///< parallel to kinds_
  std::vector<std::size_t> recent_;               ///< kinds that were met last, the last one first
  bool was_json_ = false;
  std::vector<std::string> unknown_;
};

/// Nothing is in it but blanks.
bool is_blank_record(std::string_view record);

}  // namespace racesim
