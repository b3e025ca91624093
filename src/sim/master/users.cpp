// Users: their countries follow the listeners of the plan's locations, their names follow their country, and
// the user base grows from 2010 on, in the order of registration.
//
// User names and e-mails are unique by construction. The rows are cut into chunks of kStrata; a keyed
// permutation gives every row of a chunk its own stratum, and a stratum fixes country and name group. So the
// count of earlier rows of the same group is known at once, and that number picks a pair of names that no
// earlier row has, then (when all pairs are used up) another style and number for the pair.
#include <array>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/time_text.h"
#include "model/master.h"
#include "sim/master/cities.h"
#include "sim/master/entities.h"
#include "sim/master/keyed.h"
#include "sim/master/text/login.h"
#include "sim/master/text/people.h"

namespace racesim {
namespace {

constexpr std::uint32_t kStrata = 10'000;
constexpr std::uint32_t kHandleEvery = 7;  // every seventh user goes by a made-up handle
constexpr std::int64_t kFirstDay = days_from_civil({2010, 1, 1});
constexpr std::int64_t kEndDay = days_from_civil({2024, 1, 1});

struct Stratum {
  std::uint16_t city = 0;
  std::uint16_t pool = 0;  ///< index into the pools: a name group, or the handles behind them
  std::uint32_t rank = 0;  ///< earlier strata of the same pool
};

class UserGenerator final : public MasterGenerator {
 public:
  explicit UserGenerator(const MasterPlan& plan)
      : seed_(plan.seed), count_(plan.users), ids_(stream_key(plan.seed, "master.users.id", 0)) {
    const auto& ranked = cities_by_rank();
    RACESIM_CHECK(plan.locations >= 1 && plan.locations <= ranked.size());
    const CityPicker picker({ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(plan.locations)},
                            CityPicker::By::listeners);
    const std::size_t handles = login_pools().size() - 1;
    strata_.resize(kStrata);
    pool_sizes_.resize(handles + 1);
    for (std::uint32_t s = 0; s < kStrata; ++s) {
      Stratum& stratum = strata_[s];
      stratum.city = picker.pick((s + 0.5) / kStrata);
      const bool has_handle = s % kHandleEvery == 0;
      stratum.pool =
          static_cast<std::uint16_t>(has_handle ? handles : name_group_of(cities()[stratum.city].country));
      stratum.rank = pool_sizes_[stratum.pool]++;
    }
  }

  const SchemaInfo& schema() const override { return schema_info<UserRow>(); }
  std::uint64_t count() const override { return count_; }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count_);
    out.clear();
    out.resize(n);
    Login login;
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t index = first + i;
      const std::uint64_t chunk = index / kStrata;
      const Stratum& stratum =
          strata_[permute(stream_key(seed_, "master.users.stratum", chunk), index % kStrata, kStrata)];
      login_pools()[stratum.pool].make(seed_, chunk * pool_sizes_[stratum.pool] + stratum.rank, login);
      UserRow row{};
      row.user_id = unique_uuid(ids_, index);
      row.username = out.add_text(login.username);
      row.email = out.add_text(login.email);
      row.registration_date = registration(index);
      row.country = out.add_text(cities()[stratum.city].country);
      out.rows<UserRow>()[i] = row;
    }
  }

 private:
  /// The number of users grows with the square of time.
  Date registration(std::uint64_t index) const {
    const double jitter = unit(draw(stream_key(seed_, "master.users.registration", 0), index));
    const double share = (static_cast<double>(index) + jitter) / static_cast<double>(count_);
    const double day = std::sqrt(share) * static_cast<double>(kEndDay - kFirstDay);
    return {static_cast<std::int32_t>(std::min(kFirstDay + static_cast<std::int64_t>(day), kEndDay - 1))};
  }

  std::uint64_t seed_;
  std::uint64_t count_;
  StreamKey ids_;
  std::vector<Stratum> strata_;
  std::vector<std::uint32_t> pool_sizes_;  // strata of each pool
};

}  // namespace

std::unique_ptr<MasterGenerator> make_user_generator(const MasterPlan& plan) {
  return std::make_unique<UserGenerator>(plan);
}

}  // namespace racesim
