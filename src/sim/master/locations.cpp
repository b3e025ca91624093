// Locations: the most populous cities, spread over countries. The seed gives only their ids, for which cities
// are large does not depend on chance.
#include "base/check.h"
#include "model/master.h"
#include "sim/master/cities.h"
#include "sim/master/entities.h"
#include "sim/master/keyed.h"

namespace racesim {
namespace {

class LocationGenerator final : public MasterGenerator {
 public:
  explicit LocationGenerator(const MasterPlan& plan)
      : count_(plan.locations), ids_(stream_key(plan.seed, "master.locations.id", 0)) {
    RACESIM_CHECK(count_ <= kCityCount);
  }

  const SchemaInfo& schema() const override { return schema_info<LocationRow>(); }
  std::uint64_t count() const override { return count_; }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count_);
    out.clear();
    out.resize(n);
    const auto rows = out.rows<LocationRow>();
    for (std::size_t i = 0; i < n; ++i) {
      const City& city = cities()[cities_by_rank()[first + i]];
      rows[i].location_id = unique_uuid(ids_, first + i);
      rows[i].city = out.add_text(city.name);
      rows[i].country_code = out.add_text(city.country);
      rows[i].latitude_udeg = city.latitude_udeg;
      rows[i].longitude_udeg = city.longitude_udeg;
    }
  }

 private:
  std::uint64_t count_;
  StreamKey ids_;
};

}  // namespace

std::unique_ptr<MasterGenerator> make_location_generator(const MasterPlan& plan) {
  return std::make_unique<LocationGenerator>(plan);
}

}  // namespace racesim
