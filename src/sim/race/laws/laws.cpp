#include "sim/race/laws/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "sim/race/laws/event_laws.h"
#include "sim/race/laws/facts.h"
#include "sim/race/laws/order_laws.h"
#include "sim/race/laws/result_laws.h"
#include "sim/race/laws/sample_laws.h"

namespace racesim::race {
namespace {

enum LapLaw : std::size_t { kLapSum, kLapOrder, kLapEnd, kLapTime, kLapGap };
constexpr std::string_view kLaps = "laps";
constexpr LawInfo kLapLaws[] = {
    {kLaps, "the lap time is the sum of its sectors"},
    {kLaps, "the laps of a car follow one another"},
    {kLaps, "a lap ends its lap time after the one before it"},
    {kLaps, "a lap takes longer than nothing"},
    {kLaps, "the gap to the leader is not negative"},
};
enum PassLaw : std::size_t { kPassOrder, kPassSpeed, kPassGap };
constexpr std::string_view kPasses = "checkpoints";
constexpr LawInfo kPassLaws[] = {
    {kPasses, "a car passes the checkpoints in their order"},
    {kPasses, "the speed lies between 0 and 420 km/h"},
    {kPasses, "the gap to the leader is not negative"},
};

/// Times are told to the millisecond, three of them make a sum.
constexpr double kTimeSlack_s = 0.0015;

class LapLaws {
 public:
  void check(const LapFacts& now, const RowPlace& place, std::vector<Breach>& out) {
    book_.saw(kLaps);
    if (known(now.lap_time_s)) book_.judge(kLapTime);
    if (now.lap_time_s <= 0)
      out.push_back({std::string(now.lap_time_name), "above 0", fmt::format("{:.3f}", now.lap_time_s)});
    const bool whole = known(now.lap_time_s) && known(now.sectors_s);
    if (whole) book_.judge(kLapSum);
    if (whole && std::abs(now.sectors_s - now.lap_time_s) > kTimeSlack_s)
      out.push_back({std::string(now.lap_time_name),
                     fmt::format("{:.3f}, the sum of its sectors", now.sectors_s),
                     fmt::format("{:.3f}", now.lap_time_s)});
    if (known(now.gap_s)) {
      book_.judge(kLapGap);
      if (now.gap_s < 0) out.push_back({"gap_s", "0 or more", fmt::format("{:.3f}", now.gap_s)});
    }
    const auto [found, fresh] = last_.try_emplace(std::string(place.owner), now);
    if (!fresh && is_later(found->second, now)) check_order(found->second, now, out);
    found->second = now;
  }
  std::vector<LawCount> counts() const { return book_.counts(); }

 private:
  /// Of the same session. Where the columns do not tell sessions apart, a new one begins anew with lap 1.
  static bool is_later(const LapFacts& last, const LapFacts& now) {
    if (known(now.session)) return last.session == now.session;
    return now.end_s > last.end_s && now.lap > 1;
  }

  void check_order(const LapFacts& last, const LapFacts& now, std::vector<Breach>& out) {
    book_.judge(kLapOrder);
    if (now.lap != last.lap + 1) {
      out.push_back({std::string(now.lap_name), fmt::format("{}", last.lap + 1), fmt::format("{}", now.lap)});
      return;
    }
    if (!known(now.lap_time_s) || !known(last.end_s)) return;
    book_.judge(kLapEnd);
    if (std::abs(now.end_s - last.end_s - now.lap_time_s) > kTimeSlack_s)
      out.push_back({std::string(now.lap_time_name),
                     fmt::format("{:.3f}, the time since the lap before", now.end_s - last.end_s),
                     fmt::format("{:.3f}", now.lap_time_s)});
  }

  LawBook book_{kLapLaws};
  std::unordered_map<std::string, LapFacts> last_;  ///< by owner
};

class PassLaws {
 public:
  void check(const PassFacts& now, const RowPlace& place, std::vector<Breach>& out) {
    book_.saw(kPasses);
    book_.judge(kPassSpeed);
    if (now.speed_kmh < 0 || now.speed_kmh > kMostSpeed_kmh)
      out.push_back({"speed_kmh", fmt::format("0 to {}", kMostSpeed_kmh), fmt::format("{}", now.speed_kmh)});
    if (known(now.gap_s)) book_.judge(kPassGap);
    if (now.gap_s < 0) out.push_back({"gap_s", "0 or more", fmt::format("{:.3f}", now.gap_s)});
    const auto [found, fresh] = last_.try_emplace(std::string(place.owner), now);
    const PassFacts& last = found->second;
    if (!fresh && last.session == now.session) {
      book_.judge(kPassOrder);
      // At the timing line, which begins the lap's distance anew, the lap that ends is told.
      const bool in_order =
          now.lap > last.lap || (now.lap == last.lap && (now.s_m > last.s_m || now.s_m == 0));
      if (!in_order)
        out.push_back({"lap, s_m", fmt::format("after lap {}, {:.3f} m", last.lap, last.s_m),
                       fmt::format("lap {}, {:.3f} m", now.lap, now.s_m)});
    }
    found->second = now;
  }
  std::vector<LawCount> counts() const { return book_.counts(); }

 private:
  LawBook book_{kPassLaws};
  std::unordered_map<std::string, PassFacts> last_;  ///< by owner
};

class RaceLaws final : public Laws {
 public:
  void check(const RowBatch& rows, std::size_t i, const RowPlace& place, std::vector<Breach>& out) override {
    events_.check(rows, i, out);
    if (const auto sample = sample_facts(rows, i)) {
      samples_.check(*sample, place, out);
      order_.check(*sample, place, out);
      events_.check_speed(*sample, out);
    } else if (const auto lap = lap_facts(rows, i)) {
      laps_.check(*lap, place, out);
    } else if (const auto pass = pass_facts(rows, i)) {
      passes_.check(*pass, place, out);
    } else if (const auto result = result_facts(rows, i)) {
      results_.check(*result, place, out);
    }
  }

  std::vector<LawCount> counts() const override {
    std::vector<LawCount> all = samples_.counts();
    for (const auto& more :
         {order_.counts(), laps_.counts(), passes_.counts(), results_.counts(), events_.counts()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }

 private:
  SampleLaws samples_;
  OrderLaws order_;
  LapLaws laps_;
  PassLaws passes_;
  ResultLaws results_;
  EventLaws events_;
};

}  // namespace

std::unique_ptr<Laws> make_laws(const LawInput&) {
  return std::make_unique<RaceLaws>();
}

}  // namespace racesim::race
