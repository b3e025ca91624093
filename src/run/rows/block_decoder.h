// Blocks of records to rows of whatever scenario makes them, with a reason for every record that is none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/sources/source.h"
#include "io/stores/store.h"
#include "model/batch.h"

namespace racesim {

/// The rows of one table, in the order of their records.
struct TableRows {
  TableRows(const StoreTable& of, const SchemaInfo& schema) : table(of), rows(schema) {}
  StoreTable table;
  RowBatch rows;
  std::vector<std::uint32_t> records;  ///< index in the block of each row's record
};

struct DecodedBlock {
  std::vector<std::unique_ptr<TableRows>> parts;  ///< one per table that got rows; memory is kept by clear()
  std::vector<RecordFate> rejects;                ///< ascending; each with its reason
  std::uint64_t blank = 0;
  void clear();
  /// The part of that table, made if it is not there.
  TableRows& part(const StoreTable& table);
};

struct BlockDecoderOptions {
  std::string scenario{};         ///< only rows of this one are taken; empty: of all, and master data
  std::string master_data_dir{};  ///< references are looked up there; empty: they are not
  bool check_laws = false;        ///< a row that breaks a law of its scenario is refused
};

/// Every table that rows may go to: of all scenarios, then of master data. The same objects each time.
std::span<const StoreTable> store_tables();

/// One thread.
class BlockDecoder {
 public:
  /// Errors: usage (no such scenario), master_data.
  static Result<std::unique_ptr<BlockDecoder>> make(const BlockDecoderOptions& options);
  virtual ~BlockDecoder() = default;

  /// Every record becomes a row, a reject or a blank; `out` is cleared first. Lanes keep their own state (a
  /// CSV header, laws).
  virtual void decode(const RecordBlock& block, const LaneInfo& lane, DecodedBlock& out) = 0;

  /// The laws begin anew: what was remembered of earlier rows does not hold any more (a rebalance).
  virtual void forget() = 0;

  /// Names of fields that no schema has, with the number of records that had them: they are kept out.
  virtual const std::map<std::string, std::uint64_t>& unknown_fields() const = 0;
};

}  // namespace racesim
