// Reads the master data that a scenario refers to, and refuses whatever would make its events wrong.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/batch.h"
#include "model/master_tables.h"

namespace racesim {

/// All rows of the wanted entities, in the order of their files.
class MasterData {
 public:
  struct Entity {
    std::string_view name;
    std::string path;
    RowBatch rows;
  };

  /// The rows of `entity`, nullptr if it was not wanted.
  const RowBatch* rows(std::string_view entity) const;
  /// As the scenarios take them; valid while this object lives and is not moved.
  MasterTables tables() const;

  /// XXH3-128 (high half first) over the contents of the wanted entities: equal content in another format,
  /// order of columns or number of digits gives the same value; another order of rows does not, for events
  /// refer to rows by their place. docs/formats/master-data.md has the bytes that go in.
  std::array<std::uint64_t, 2> content_hash{};

  std::vector<Entity> entities;
};

/// Reads the entities that are `wanted` and have a reader (sim/master/readers.h) from
/// `<dir>/<entity>.csv|.json|.jsonl`. Columns may stand in any order, unknown ones are skipped; CRLF and a
/// byte order mark are fine. Errors are of the kind master_data: files that are missing (all of them named,
/// with the command that makes them), the same entity in two formats, and by file and line a record that is
/// not valid, an id that came before, a file without rows. At most 4 GiB of text per entity.
Result<MasterData> load_master(const std::string& dir, std::span<const std::string_view> wanted);

}  // namespace racesim
