#include "run/generate/size.h"

#include <algorithm>
#include <memory>
#include <numeric>

namespace racesim {
namespace {

// Slices hold some ten thousand events: a few are enough for a mean and made within a moment. Of streams with
// hardly any event, such as laps, more of them are looked at.
constexpr std::uint64_t kSlicesLeast = 24, kSlicesMost = 512;
constexpr double kEventsWanted = 20'000;
// What comes later resembles the first hours, and some scenarios plan each session from the one before. Of a
// run without an end its pace at the start is asked for.
constexpr std::int64_t kHorizon_ns = 6 * 3'600'000'000'000, kEndlessHorizon_ns = 600'000'000'000;

struct Sample {
  double events = 0, bytes = 0, seconds = 0;
  bool is_all = false;  ///< it is all that the run makes
};

/// A stride that visits each of `count` once, far from its last ones.
std::uint64_t stride_of(std::uint64_t count) {
  auto stride = static_cast<std::uint64_t>(static_cast<double>(count) * 0.618);
  while (stride < count && std::gcd(stride, count) != 1) ++stride;
  return std::max<std::uint64_t>(stride, 1);
}

/// Encodes and counts.
class MeasuringConsumer final : public RowConsumer {
 public:
  MeasuringConsumer(const Content& content, Sample& sample) : content_(content), sample_(sample) {}
  void take(std::uint32_t stream, const RowBatch& rows) override {
    lines_.clear();
    content_.encoders[stream]->encode(rows, lines_);
    sample_.events += static_cast<double>(rows.size());
    sample_.bytes += static_cast<double>(lines_.text.size());
  }

 private:
  const Content& content_;
  Sample& sample_;
  WireBatch lines_;
};

Sample sample_of(const Content& content, const RunConfig& config) {
  const Scenario& scenario = *content.scenario;
  const ShardRange shards = shard_range(config.shard, scenario.shard_count());
  const SliceGrid slices = scenario.slices();
  const std::int64_t horizon_ns = slices.endless() ? kEndlessHorizon_ns : kHorizon_ns;
  const auto horizon = static_cast<std::uint64_t>(horizon_ns / slices.length_ns + 1);
  // Where the plan counts the events, only their length is asked for.
  const std::uint64_t least = scenario.outlook().planned_events() > 0 ? 1 : kSlicesLeast;
  const std::uint64_t count = std::min(slices.count(), horizon);
  const std::uint64_t stride = stride_of(count);
  Sample sample;
  MeasuringConsumer consumer(content, sample);
  std::uint64_t visited = 0;
  for (std::uint64_t slice = 0; visited < std::min(count, kSlicesMost); slice = (slice + stride) % count) {
    if (visited >= least && sample.events >= kEventsWanted) break;
    if (shards.first < shards.last) scenario.walk(shards, slice)->fill(slice, consumer);
    const Slice covered = slices.at(slice);
    sample.seconds += static_cast<double>(covered.end_ns - covered.begin_ns) / 1e9;
    ++visited;
  }
  sample.is_all = visited == slices.count();
  return sample;
}

/// Of all parts, by a volume per minute; 0: there is none, or no end.
double by_volume_per_minute(const Content& content, const ContentOptions& options) {
  if (!options.volume || !options.volume->per_minute || !options.end_ns) return 0;
  if (options.scenario->event_rate == nullptr) return 0;
  return options.scenario->event_rate(*content.options) *
         static_cast<double>(*options.end_ns - options.start_ns) / 1e9;
}

}  // namespace

double most_events_of(const Content& content, const RunConfig& config) {
  const ContentOptions& options = config.content;
  const auto planned = static_cast<double>(content.scenario->outlook().planned_events());
  const auto most = static_cast<double>(options.limit.most);
  if (planned > 0) return most > 0 ? std::min(planned, most) : planned;
  if (most > 0) return most;
  if (const double events = by_volume_per_minute(content, options); events > 0) return events;
  if (!options.end_ns || options.scenario->event_rate == nullptr) return 0;
  return options.scenario->event_rate(*content.options) *
         static_cast<double>(*options.end_ns - options.start_ns) / 1e9;
}

RunSize measure_size(const Content& content, const RunConfig& config) {
  const ContentOptions& options = config.content;
  const Scenario& scenario = *content.scenario;
  const SliceGrid slices = scenario.slices();
  const ShardRange shards = shard_range(config.shard, scenario.shard_count());
  const double share = static_cast<double>(shards.last - shards.first) / scenario.shard_count();
  const Sample sample = sample_of(content, config);
  RunSize size;
  if (sample.events > 0) size.event_bytes = sample.bytes / sample.events;
  if (sample.seconds > 0) size.event_rate = sample.events / sample.seconds;
  const auto planned = static_cast<double>(scenario.outlook().planned_events());
  if (sample.is_all) {
    size.events = sample.events;
    size.is_exact = true;
  } else if (planned > 0) {
    size.events = planned * share;
    size.is_exact = config.shard.count == 1;
  } else if (const double events = by_volume_per_minute(content, options); events > 0) {
    size.events = events * share;
  } else if (!slices.endless()) {
    size.events = size.event_rate * static_cast<double>(slices.end_ns - slices.begin_ns) / 1e9;
  }
  const auto most = static_cast<double>(options.limit.most);
  if (most > 0 && (size.events == 0 || size.events > most)) {
    size.events = most;
    size.is_exact = true;
  }
  return size;
}

}  // namespace racesim
