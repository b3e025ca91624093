// Master data made from a seed. A generator fills any range of its rows without those before it, so that ten
// million rows stream with the memory of one batch. No state is kept between calls.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "model/batch.h"
#include "model/table.h"

namespace racesim {
namespace race {
struct Track;
}

/// What decides the bytes of master data. Rows of one entity may depend on the count of another: the users'
/// countries are those of the locations.
struct MasterPlan {
  std::uint64_t seed = 42;
  std::uint64_t songs = 1000;
  std::uint64_t users = 5000;
  std::uint64_t locations = 100;
  std::uint64_t vehicles = 10;
  std::uint64_t cars = 20;  ///< as many drivers; a team for two
  const race::Track* track =
      nullptr;  ///< whose checkpoints; null: Silverstone. Outlives makers, not generators
};

/// Pure: rows are a function of the plan and their index. All methods may be called from any thread.
class MasterGenerator {
 public:
  virtual ~MasterGenerator() = default;
  virtual const SchemaInfo& schema() const = 0;
  virtual std::uint64_t count() const = 0;
  /// Replaces the content of `out` (of this schema) by the rows [first, first + n), all below count().
  virtual void fill(std::uint64_t first, std::size_t n, RowBatch& out) const = 0;
};

/// One kind of master data.
struct MasterEntity {
  std::string_view name;             ///< also the file's stem and the word for --only
  std::string_view count_option;     ///< "--num-songs"; empty: nobody chooses how many there are
  std::uint64_t MasterPlan::*count;  ///< what the option sets: 1 … max_count; null without an option
  std::uint64_t max_count;
  std::string_view limit_reason;  ///< what sets max_count
  std::unique_ptr<MasterGenerator> (*make)(const MasterPlan&);
  const SchemaInfo& (*schema)();
  const TableInfo* table;  ///< how stores keep it
};

/// All kinds, in the order in which they are written.
std::span<const MasterEntity> master_entities();

/// nullptr if no entity has that name.
const MasterEntity* find_master_entity(std::string_view name);

/// First and last day that a release or registration may have. They never depend on today.
inline constexpr std::string_view kMasterFirstDate = "1960-01-01";
inline constexpr std::string_view kMasterLastDate = "2023-12-31";

}  // namespace racesim
