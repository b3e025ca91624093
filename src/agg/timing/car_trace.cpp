#include "agg/timing/car_trace.h"

#include "agg/timing/sector_lines.h"

namespace racesim {
namespace {

// Long enough that rounded millimetres do not matter, short enough that the way is the one at the line.
constexpr double kRatioWay_mm = 2'000;

}  // namespace

/// Centreline per driven metre before the last sample.
double CarTrace::ratio() const {
  double driven = 0;
  std::uint32_t back = 1;
  for (; back < kRecent && back < count_ && driven < kRatioWay_mm; ++back)
    driven += driven_mm(recent_[(count_ - back - 1) % kRecent], recent_[(count_ - back) % kRecent], 1);
  return line_ratio(static_cast<double>(last().s_mm - recent_[(count_ - back) % kRecent].s_mm), driven);
}

Step CarTrace::cross_line(const Sample& sample) const {
  Step step;
  step.crossing = {last(), sample.sight};
  const std::int64_t gap_ms = step.crossing.gap_ms();
  if (sample.lap != lap_ + 1 || gap_ms <= 0 || gap_ms > kMostGap_ms) return step;
  step.kind = Step::Kind::lap;
  step.line_ms = timing_line_ms(step.crossing, ratio());
  return step;
}

Step CarTrace::change_sector(const Sample& sample, std::uint64_t missing) const {
  Step step;
  step.kind = Step::Kind::sector;
  step.crossing = {last(), sample.sight};
  const std::int64_t gap_ms = step.crossing.gap_ms();
  const bool next = sample.sector == sector_ + 1 && sector_ >= 1 && sector_ <= 2;
  const bool close = gap_ms > 0 && gap_ms <= kMostGap_ms &&
                     gap_ms <= kMostSpacing_ms * static_cast<std::int64_t>(missing + 1);
  if (!next || !close) return step;
  step.line = sector_ - 1;
  step.narrows = missing == 0;
  return step;
}

Step CarTrace::follow(const Sample& sample, std::uint64_t missing) {
  Step step;
  if (count_ > 0 && sample.session == session_) {
    step = sample.lap != lap_ ? cross_line(sample) : change_sector(sample, missing);
  }
  // Lap distance begins anew.
  if (step.kind == Step::Kind::lost || step.kind == Step::Kind::lap) count_ = 0;
  recent_[count_++ % kRecent] = sample.sight;
  session_ = sample.session;
  lap_ = sample.lap;
  sector_ = sample.sector;
  return step;
}

void CarTrace::save(StateWriter& out) const {
  for (const Sight& sight : recent_) out.put(sight);
  out.put(count_);
  out.put(session_);
  out.put(lap_);
  out.put(sector_);
}

void CarTrace::load(StateReader& in) {
  for (Sight& sight : recent_) sight = in.get<Sight>();
  count_ = in.get<std::uint32_t>();
  session_ = in.get<std::uint16_t>();
  lap_ = in.get<std::uint16_t>();
  sector_ = in.get<std::uint8_t>();
}

}  // namespace racesim
