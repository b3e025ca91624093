#include "sim/race/plan/standings.h"

#include <algorithm>
#include <numeric>

#include "sim/race/plan/race_plan.h"

namespace racesim::race {
namespace {

/// A car passes a checkpoint, or gives up.
struct Moment {
  std::int64_t time_ms;
  std::uint32_t car;
  bool retires;
};

std::vector<Moment> moments_of(const RacePlan& plan) {
  std::vector<Moment> moments;
  for (std::uint32_t i = 0; i < plan.cars.size(); ++i) {
    const CarPlan& car = plan.cars[i];
    for (const Pass& pass : car.passes) moments.push_back({pass.time_ms, i, false});
    if (car.retirement.cause == Cause::none || car.passes.empty()) continue;
    const Retirement& r = car.retirement;
    moments.push_back({r.in_pit ? r.halt_ms : car.passes.back().time_ms, i, true});
  }
  std::stable_sort(moments.begin(), moments.end(),
                   [](const Moment& a, const Moment& b) { return a.time_ms < b.time_ms; });
  return moments;
}

/// The cars of a race in their order.
class Order {
 public:
  explicit Order(const RacePlan& plan) : plan_(plan), passed_(plan.cars.size()), gone_(plan.cars.size()) {
    order_.resize(plan.cars.size());
    std::iota(order_.begin(), order_.end(), 0U);
    settle();
  }

  void take(const Moment& moment) {
    if (moment.retires)
      gone_[moment.car] = true;
    else
      ++passed_[moment.car];
  }

  /// Nearly sorted already: each moment moves one car.
  void settle() {
    for (std::size_t i = 1; i < order_.size(); ++i)
      for (std::size_t j = i; j > 0 && before(order_[j], order_[j - 1]); --j)
        std::swap(order_[j], order_[j - 1]);
  }

  void tell(std::int64_t since_ms, Standings& to) const {
    for (std::size_t place = 0; place < order_.size(); ++place)
      to.add(order_[place], at_place(place, since_ms));
  }
  void tell_last_pass(const Moment& moment, Standings& to) const {
    const auto place = std::find(order_.begin(), order_.end(), moment.car) - order_.begin();
    to.add_last_pass(moment.car, at_place(static_cast<std::size_t>(place), moment.time_ms));
  }

 private:
  Standing at_place(std::size_t place, std::int64_t since_ms) const {
    return {since_ms, static_cast<std::uint16_t>(place + 1), {gap_ms(order_[place])}};
  }

  bool before(std::uint32_t a, std::uint32_t b) const {
    if (gone_[a] != gone_[b]) return gone_[b];
    if (passed_[a] != passed_[b]) return passed_[a] > passed_[b];
    if (passed_[a] == 0) return plan_.cars[a].grid < plan_.cars[b].grid;
    return last_ms(a) != last_ms(b) ? last_ms(a) < last_ms(b) : a < b;
  }

  std::int64_t last_ms(std::uint32_t car) const { return plan_.cars[car].passes[passed_[car] - 1].time_ms; }

  /// Who was in front at that checkpoint and was overtaken since shows none until the next one.
  std::int32_t gap_ms(std::uint32_t car) const {
    const std::uint32_t first = order_.front();
    if (passed_[car] == 0 || passed_[first] < passed_[car]) return 0;
    const std::int64_t behind_ms = last_ms(car) - plan_.cars[first].passes[passed_[car] - 1].time_ms;
    return static_cast<std::int32_t>(std::max<std::int64_t>(0, behind_ms));
  }

  const RacePlan& plan_;
  std::vector<std::size_t> passed_;  ///< checkpoints, by car
  std::vector<bool> gone_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

std::span<const Standing> Standings::from(std::size_t car, std::int64_t time_ms) const {
  const std::vector<Standing>& own = cars_[car];
  const auto later = std::upper_bound(own.begin(), own.end(), time_ms,
                                      [](std::int64_t ms, const Standing& s) { return ms < s.since_ms; });
  return std::span(own).subspan(static_cast<std::size_t>(later - own.begin()) -
                                (later == own.begin() ? 0 : 1));
}

Standings race_standings(const RacePlan& plan) {
  Standings standings(plan.cars.size());
  Order order(plan);
  order.tell(INT64_MIN, standings);
  const std::vector<Moment> moments = moments_of(plan);
  for (std::size_t i = 0; i < moments.size();) {
    std::size_t end = i;
    for (; end < moments.size() && moments[end].time_ms == moments[i].time_ms; ++end)
      if (!moments[end].retires) order.take(moments[end]);
    order.settle();
    for (std::size_t k = i; k < end; ++k)
      if (moments[k].retires) order.tell_last_pass(moments[k], standings);
    for (std::size_t k = i; k < end; ++k)
      if (moments[k].retires) order.take(moments[k]);
    order.settle();
    order.tell(moments[i].time_ms, standings);
    i = end;
  }
  return standings;
}

}  // namespace racesim::race
