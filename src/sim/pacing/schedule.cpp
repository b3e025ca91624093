#include "sim/pacing/schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace racesim {
namespace {

constexpr std::uint64_t kSecond_ns = 1'000'000'000;
/// An event is then below 2^77 grains, which times the 50 bits of a moment within a block fits 128 bits.
constexpr std::uint64_t kCommonSecondsLimit = std::uint64_t{1} << 47;
/// More than any schedule has within 292 years: 2^63 ns of at most 2^63 grains each.
constexpr unsigned __int128 kGrainsLimit = static_cast<unsigned __int128>(1) << 126;

tl::unexpected<Error> refuse(std::string what) {
  return fail(ErrorKind::usage, std::move(what), "example: 30s:100,2m:1000");
}

Done check_stages(std::span<const ScheduleStage> stages) {
  if (stages.empty()) return refuse("a rate schedule has no stages");
  std::int64_t total_ns = 0;
  for (const ScheduleStage& stage : stages) {
    RACESIM_CHECK(stage.rate.seconds > 0);
    if (stage.duration_ns <= 0) return refuse("a stage of a rate schedule lasts no time");
    if (stage.rate.per_second() > static_cast<double>(kRateLimit_per_s))
      return refuse(
          fmt::format("a rate of {} is above 1,000,000,000/s", format_rate(stage.rate.per_second())));
    if (__builtin_add_overflow(total_ns, stage.duration_ns, &total_ns))
      return refuse("the stages of a rate schedule last longer than 292 years");
  }
  if (stages.back().rate.events == 0)
    return refuse("the last rate of a schedule is 0 and would last for ever");
  return {};
}

}  // namespace

Result<RateSchedule> RateSchedule::constant(Rate rate) {
  const ScheduleStage only{1, rate};
  if (rate.events == 0)
    return fail(ErrorKind::usage, "a rate of 0 sends nothing", "example: 0.2/s, 500/s, 50k/s, 600/min");
  return stages({&only, 1});
}

Result<RateSchedule> RateSchedule::constant(double events_per_second) {
  const auto rate = rate_from_double(events_per_second);
  if (!rate) return tl::make_unexpected(rate.error());
  return constant(*rate);
}

Result<RateSchedule> RateSchedule::stages(std::span<const ScheduleStage> stages) {
  const auto checked = check_stages(stages);
  if (!checked) return tl::make_unexpected(checked.error());
  const auto too_fine = [] {
    return refuse("the rates of the stages have too many different fractions to be kept exactly together");
  };
  std::uint64_t common_seconds = 1;
  for (const ScheduleStage& stage : stages) {
    const std::uint64_t factor = stage.rate.seconds / std::gcd(common_seconds, stage.rate.seconds);
    if (__builtin_mul_overflow(common_seconds, factor, &common_seconds) ||
        common_seconds > kCommonSecondsLimit)
      return too_fine();
  }
  RateSchedule schedule;
  schedule.event_ = Wide{common_seconds} * kSecond_ns;
  std::int64_t begin_ns = 0;
  Wide begin_grains = 0;
  for (const ScheduleStage& stage : stages) {
    std::int64_t grains_per_ns = 0;  // signed: sums and products below then stay under 2^127
    if (__builtin_mul_overflow(common_seconds / stage.rate.seconds, stage.rate.events, &grains_per_ns))
      return too_fine();
    const auto grains = static_cast<std::uint64_t>(grains_per_ns);
    schedule.add_leg(begin_ns, begin_grains, grains);
    begin_ns += stage.duration_ns;
    begin_grains += Wide{grains} * static_cast<std::uint64_t>(stage.duration_ns);
  }
  return schedule;
}

void RateSchedule::add_leg(std::int64_t begin_ns, Wide begin_grains, std::uint64_t grains_per_ns) {
  Leg leg;
  leg.begin_ns = begin_ns;
  leg.begin_grains = begin_grains;
  leg.grains_per_ns = grains_per_ns;
  leg.first_event = static_cast<std::uint64_t>((begin_grains + event_ - 1) / event_);
  if (grains_per_ns > 0) {
    const Wide first = Wide{leg.first_event} * event_ - begin_grains;
    // Behind the end of a short stage at a low rate this may be far; due_ns() then takes a later stage.
    leg.first_ns = begin_ns + static_cast<std::int64_t>(std::min<Wide>(
                                  first / grains_per_ns, static_cast<std::uint64_t>(kNever_ns - begin_ns)));
    leg.first_rest = static_cast<std::uint64_t>(first % grains_per_ns);
    leg.step_ns = event_ / grains_per_ns;
    leg.step_rest = static_cast<std::uint64_t>(event_ % grains_per_ns);
  }
  legs_.push_back(leg);
}

RateSchedule RateSchedule::with_poisson(std::uint64_t seed) const {
  RateSchedule schedule = *this;
  schedule.poisson_ = true;
  schedule.key_ = stream_key(seed, "pacing.arrivals", 0);
  schedule.cache_.assign(kCachedBlocks, Block{});
  return schedule;
}

const RateSchedule::Leg& RateSchedule::leg_of_event(std::uint64_t k) const {
  // The last leg whose first event is not behind k; of legs with the same one, those before it are empty.
  const auto after = std::upper_bound(legs_.begin(), legs_.end(), k, [](std::uint64_t event, const Leg& leg) {
    return event < leg.first_event;
  });
  return *std::prev(after);
}

const RateSchedule::Leg& RateSchedule::leg_at(std::int64_t t_ns) const {
  const auto after = std::upper_bound(legs_.begin(), legs_.end(), std::max<std::int64_t>(t_ns, 0),
                                      [](std::int64_t t, const Leg& leg) { return t < leg.begin_ns; });
  return *std::prev(after);
}

std::int64_t RateSchedule::steady_due_ns(std::uint64_t k) const {
  const Leg& leg = legs_.size() == 1 ? legs_.front() : leg_of_event(k);
  const std::uint64_t j = k - leg.first_event;
  constexpr Wide kLimit = static_cast<std::uint64_t>(kNever_ns);
  if (leg.step_ns > 0 && j > kLimit / leg.step_ns) return kNever_ns;
  const Wide parts = Wide{j} * leg.step_rest + leg.first_rest;
  const Wide due = static_cast<std::uint64_t>(leg.first_ns) + j * leg.step_ns + parts / leg.grains_per_ns;
  return due > kLimit ? kNever_ns : static_cast<std::int64_t>(due);
}

std::uint64_t RateSchedule::steady_count(std::int64_t t_ns) const {
  if (t_ns < 0) return 0;
  // ⌊x⌋ ≤ t is x < t + 1: count what the integral reaches strictly before the next nanosecond.
  const Leg& leg = leg_at(t_ns);
  const Wide grains =
      leg.begin_grains + Wide{leg.grains_per_ns} * (static_cast<std::uint64_t>(t_ns - leg.begin_ns) + 1);
  return static_cast<std::uint64_t>((grains + event_ - 1) / event_);
}

const RateSchedule::Block& RateSchedule::block(std::uint64_t index) const {
  Block& slot = cache_[index % kCachedBlocks];
  if (slot.index != index) fill_block(index, slot);
  return slot;
}

void RateSchedule::fill_block(std::uint64_t index, Block& block) const {
  ArrivalBlock moments;
  fill_arrivals(key_, index, moments);
  block.index = index;
  Wide begin = 0;
  if (__builtin_mul_overflow(Wide{index} * kArrivalBlock, event_, &begin) || begin > kGrainsLimit) {
    block.due_ns.fill(kNever_ns);
    return;
  }
  const Leg* leg = nullptr;
  Wide leg_end = 0;
  for (std::size_t i = 0; i < kArrivalBlock; ++i) {
    const Wide grains = begin + ((moments[i] * event_) >> kArrivalFractionBits);
    if (leg == nullptr || grains >= leg_end) {
      const auto after = std::upper_bound(legs_.begin(), legs_.end(), grains,
                                          [](Wide g, const Leg& l) { return g < l.begin_grains; });
      leg = &*std::prev(after);
      leg_end = after == legs_.end() ? ~Wide{0} : after->begin_grains;
    }
    const Wide since_ns = (grains - leg->begin_grains) / leg->grains_per_ns;
    const Wide due = static_cast<std::uint64_t>(leg->begin_ns) + since_ns;
    block.due_ns[i] =
        due > static_cast<std::uint64_t>(kNever_ns) ? kNever_ns : static_cast<std::int64_t>(due);
  }
}

std::int64_t RateSchedule::due_ns(std::uint64_t k) const {
  if (!poisson_) return steady_due_ns(k);
  return block(k / kArrivalBlock).due_ns[k % kArrivalBlock];
}

std::uint64_t RateSchedule::due_count(std::int64_t t_ns) const {
  const std::uint64_t steady = steady_count(t_ns);
  if (!poisson_ || steady == 0) return steady;
  // Whole blocks take the same time as at the constant rate, so only the block of the last event is open.
  const std::uint64_t index = (steady - 1) / kArrivalBlock;
  const auto& due = block(index).due_ns;
  const auto after = std::upper_bound(due.begin(), due.end(), t_ns);
  return index * kArrivalBlock + static_cast<std::uint64_t>(after - due.begin());
}

double RateSchedule::rate_at(std::int64_t t_ns) const {
  return static_cast<double>(leg_at(t_ns).grains_per_ns) / static_cast<double>(event_) * 1e9;
}

std::int64_t RateSchedule::stage_end_ns(std::size_t i) const {
  RACESIM_CHECK(i < legs_.size());
  return i + 1 < legs_.size() ? legs_[i + 1].begin_ns : kNever_ns;
}

}  // namespace racesim
