#include "agg/engine.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "agg/row_time.h"
#include "base/check.h"

namespace racesim {
namespace {

constexpr std::uint32_t kEngineState = 1;  ///< version of what save() writes

/// The union of both lists, each row once with its gravest reason. Both are ascending.
void merge_refused(const std::vector<Refused>& more, std::vector<Refused>& into) {
  if (more.empty()) return;
  const auto middle = static_cast<std::ptrdiff_t>(into.size());
  into.insert(into.end(), more.begin(), more.end());
  std::inplace_merge(into.begin(), into.begin() + middle, into.end(), [](const Refused& a, const Refused& b) {
    return a.row != b.row ? a.row < b.row : a.why < b.why;
  });
  into.erase(std::unique(into.begin(), into.end(),
                         [](const Refused& a, const Refused& b) { return a.row == b.row; }),
             into.end());
}

void count_refusals(const std::vector<Refused>& refused, RefusalCounts& counts) {
  for (const Refused& one : refused) switch (one.why) {
      case Refusal::late:
        ++counts.late;
        break;
      case Refusal::late_idle:
        ++counts.late_idle;
        break;
      case Refusal::duplicate:
        ++counts.duplicates;
        break;
      case Refusal::unusable:
        ++counts.unusable;
        break;
    }
}

}  // namespace

AggregationEngine::AggregationEngine(std::vector<Part> parts, const EngineOptions& options)
    : parts_(std::move(parts)), options_(options), refusals_(parts_.size()) {
  for (std::size_t part = 0; part < parts_.size(); ++part)
    for (const AggregationInput& input : parts_[part].entry->inputs) {
      const SchemaInfo& schema = input.schema();
      const int known = input_of(schema);
      if (known >= 0) {
        inputs_[static_cast<std::size_t>(known)].takers.push_back(part);
        continue;
      }
      const FieldInfo* const time = find_time_field(schema, input.time);
      RACESIM_CHECK(time != nullptr);
      inputs_.push_back({&schema, time, {part}});
    }
}

int AggregationEngine::input_of(const SchemaInfo& schema) const {
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].schema == &schema) return static_cast<int>(i);
  return -1;
}

std::uint32_t AggregationEngine::lane(std::string_view name) {
  for (std::size_t i = 0; i < lanes_.size(); ++i)
    if (lanes_[i].name == name) return static_cast<std::uint32_t>(i);
  Lane lane;
  lane.name = name;
  lanes_.push_back(std::move(lane));
  return static_cast<std::uint32_t>(lanes_.size() - 1);
}

std::vector<std::string> AggregationEngine::lane_names() const {
  std::vector<std::string> names;
  for (const Lane& lane : lanes_) names.push_back(lane.name);
  return names;
}

std::int64_t AggregationEngine::watermark_of(std::int64_t newest_us) const {
  return newest_us == kNoWatermark_us ? kNoWatermark_us : newest_us - options_.watermark_delay_us;
}

void AggregationEngine::add(std::uint32_t lane, std::span<const ArrivedRows> arrived,
                            std::vector<std::vector<Refused>>& refused) {
  refused.resize(arrived.size());
  taken_count_ = 0;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < arrived.size(); ++i) {
    refused[i].clear();
    const int input = input_of(arrived[i].rows->schema());
    if (input < 0 || arrived[i].rows->empty()) continue;
    if (taken_.size() == taken_count_) taken_.emplace_back();
    Taken& taken = taken_[taken_count_++];
    taken.arrived = &arrived[i];
    taken.input = &inputs_[static_cast<std::size_t>(input)];
    read_times(taken);
    places.push_back(i);
  }
  if (taken_count_ == 0) return;
  give_watermarks(lanes_[lane]);
  for (std::size_t i = 0; i < taken_count_; ++i) give_rows(lane, taken_[i], refused[places[i]]);
}

void AggregationEngine::read_times(Taken& taken) const {
  const RowBatch& rows = *taken.arrived->rows;
  taken.time_us.resize(rows.size());
  taken.watermark_us.resize(rows.size());
  read_times_us(rows, *taken.input->time, taken.time_us);
}

/// In the order in which all these rows arrived, whatever their schema.
void AggregationEngine::give_watermarks(Lane& lane) {
  lane.idle = lane.ended = false;
  std::int64_t newest_us = lane.newest_us;
  if (taken_count_ == 1) {
    Taken& only = taken_.front();
    for (std::size_t i = 0; i < only.time_us.size(); ++i) {
      only.watermark_us[i] = watermark_of(newest_us);
      newest_us = std::max(newest_us, only.time_us[i]);
    }
  } else {
    std::vector<std::size_t> next(taken_count_, 0);
    for (;;) {
      std::size_t first = taken_count_;
      for (std::size_t t = 0; t < taken_count_; ++t) {
        if (next[t] == taken_[t].time_us.size()) continue;
        if (first == taken_count_ ||
            taken_[t].arrived->records[next[t]] < taken_[first].arrived->records[next[first]])
          first = t;
      }
      if (first == taken_count_) break;
      const std::size_t row = next[first]++;
      taken_[first].watermark_us[row] = watermark_of(newest_us);
      newest_us = std::max(newest_us, taken_[first].time_us[row]);
    }
  }
  lane.newest_us = newest_us;
  newest_us_ = std::max(newest_us_, newest_us);
}

void AggregationEngine::give_rows(std::uint32_t lane, const Taken& taken, std::vector<Refused>& refused) {
  for (const std::size_t part : taken.input->takers) {
    part_refused_.clear();
    parts_[part].aggregation->add(*taken.arrived->rows, {lane, taken.time_us, taken.watermark_us},
                                  part_refused_);
    count_refusals(part_refused_, refusals_[part]);
    merge_refused(part_refused_, refused);
  }
}

void AggregationEngine::set_idle(std::uint32_t lane) {
  lanes_[lane].idle = true;
}

void AggregationEngine::end_lane(std::uint32_t lane) {
  lanes_[lane].ended = true;
}

std::int64_t AggregationEngine::least_watermark_us() const {
  std::int64_t least_us = kEndOfTime_us;
  bool any = false;
  for (const Lane& lane : lanes_) {
    if (lane.idle || lane.ended) continue;
    any = true;
    least_us = std::min(least_us, watermark_of(lane.newest_us));
  }
  // Lanes that are all idle or at their end have told how late it is.
  return any ? least_us : watermark_of(newest_us_);
}

void AggregationEngine::advance(std::span<RowBatch> results) {
  watermark_us_ = std::max(watermark_us_, least_watermark_us());
  for (std::size_t part = 0; part < parts_.size(); ++part)
    parts_[part].aggregation->advance(watermark_us_, results[part]);
}

void AggregationEngine::finish(std::span<RowBatch> results) {
  for (std::size_t part = 0; part < parts_.size(); ++part) parts_[part].aggregation->finish(results[part]);
}

std::vector<RowBatch> AggregationEngine::make_results() const {
  std::vector<RowBatch> results;
  for (const Part& part : parts_) results.emplace_back(part.entry->result());
  return results;
}

void AggregationEngine::save(std::string& out) const {
  StateWriter writer(out);
  writer.put(kEngineState);
  writer.put(watermark_us_);
  writer.put(newest_us_);
  writer.put(static_cast<std::uint64_t>(lanes_.size()));
  for (const Lane& lane : lanes_) {
    writer.text(lane.name);
    writer.put(lane.newest_us);
    writer.put(static_cast<std::uint8_t>((lane.idle ? 1 : 0) | (lane.ended ? 2 : 0)));
  }
  writer.put(static_cast<std::uint64_t>(parts_.size()));
  std::string bytes;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    writer.text(parts_[i].entry->name);
    writer.put(static_cast<std::int32_t>(parts_[i].entry->version));
    writer.put(refusals_[i].late);
    writer.put(refusals_[i].late_idle);
    writer.put(refusals_[i].duplicates);
    writer.put(refusals_[i].unusable);
    bytes.clear();
    StateWriter part(bytes);
    parts_[i].aggregation->save(part);
    writer.text(bytes);
  }
}

Done AggregationEngine::load(std::string_view state) {
  StateReader reader(state);
  const Error other{ErrorKind::usage, "the saved state is of other aggregations or of another version",
                    "start over: remove the checkpoint, or give the options that it was made with"};
  if (reader.get<std::uint32_t>() != kEngineState) return tl::make_unexpected(other);
  watermark_us_ = reader.get<std::int64_t>();
  newest_us_ = reader.get<std::int64_t>();
  const std::uint64_t lanes = reader.count(17);
  for (std::uint64_t i = 0; i < lanes; ++i) {
    Lane& lane = lanes_[this->lane(reader.text())];
    lane.newest_us = reader.get<std::int64_t>();
    const auto flags = reader.get<std::uint8_t>();
    lane.idle = (flags & 1) != 0;
    lane.ended = (flags & 2) != 0;
  }
  if (reader.get<std::uint64_t>() != parts_.size()) return tl::make_unexpected(other);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const std::string_view name = reader.text();
    if (name != parts_[i].entry->name || reader.get<std::int32_t>() != parts_[i].entry->version)
      return tl::make_unexpected(other);
    refusals_[i].late = reader.get<std::uint64_t>();
    refusals_[i].late_idle = reader.get<std::uint64_t>();
    refusals_[i].duplicates = reader.get<std::uint64_t>();
    refusals_[i].unusable = reader.get<std::uint64_t>();
    StateReader part(reader.text());
    if (Done ok = parts_[i].aggregation->load(part); !ok) return ok;
  }
  return reader.done();
}

}  // namespace racesim
