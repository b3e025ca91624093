// Keys of rows in SQLite. Whose row it is (run and car, vehicle …) and the upper bits of its number name a
// block in the table key_blocks; the block's id and the lower 36 bits of the number are the row's integer
// key. Rows of other keys get the next negative one, and an index tells them apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/row_feed.h"
#include "io/stores/sqlite/table_layout.h"
#include "model/batch.h"

namespace racesim::sqlite {

inline constexpr int kBlockBits = 36;
inline constexpr std::int64_t kMostBlocks = std::int64_t{1} << (63 - kBlockBits);

class RowKeys {
 public:
  RowKeys(Connection& connection, const TableLayout& layout) : connection_(connection), layout_(layout) {}

  /// Appends key and run of each of these rows. Within a transaction that may write: new blocks are made.
  Done assign(const RowBatch& rows, const std::vector<std::uint32_t>& which, std::vector<KeyedRow>& out);

  /// The form that holds for the row; null: no form has all its fields.
  static const KeyForm* form_of(const TableLayout& layout, const RowBatch& rows, std::size_t row);

  /// Name of a run; empty: none.
  const std::string& run(std::uint32_t number) const { return runs_[number]; }

  /// What was made in a transaction that is over without a commit is not there.
  void forget();
  /// Another writer may have added rows.
  void begin() { next_unpacked_ = 0; }

 private:
  struct Block {
    std::int64_t id = 0;
    std::uint32_t run = 0;
  };
  struct Place {
    std::int64_t high = 0, low = 0;
  };

  /// False: the id is of somebody else, and nothing is done.
  bool place_event_id(const RowBatch& rows, const FieldInfo& field, std::size_t row, Place& place);
  void append_scope_bytes(const RowBatch& rows, const KeyForm& form, std::size_t row);
  std::string scope_json(const RowBatch& rows, const KeyForm& form, std::size_t row) const;
  Result<Block> find_block(const RowBatch& rows, const KeyForm& form, std::size_t row, std::int64_t high);
  Result<Block> block(const RowBatch& rows, const KeyForm& form, std::size_t row, std::int64_t high);
  std::uint32_t run_number(std::string_view run);
  Done load_next_unpacked();

  Connection& connection_;
  const TableLayout& layout_;
  Statement select_, insert_;
  std::unordered_map<std::string, Block> blocks_;  // by the bytes of form, scope and high
  std::vector<std::string> runs_{std::string()};
  std::string bytes_, last_bytes_;
  Block last_{};
  std::uint32_t event_run_ = 0;
  std::int64_t next_unpacked_ = 0;  // 0: not known
};

}  // namespace racesim::sqlite
