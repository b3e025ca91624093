#include "run/replay/fact_scan.h"

#include <algorithm>
#include <charconv>

#include "run/replay/parse_replay.h"

namespace racesim {

void ReplayStreams::add(const std::string& topic) {
  if (std::find(topics_.begin(), topics_.end(), topic) == topics_.end()) topics_.push_back(topic);
}

std::optional<std::uint32_t> ReplayStreams::stream_of(const RecordForm& form,
                                                      const std::string& topic) const {
  if (is_single_) return 0;
  const std::string_view wanted = !topic.empty()         ? std::string_view(topic)
                                  : form.kind != nullptr ? form.kind->form->topic
                                                         : std::string_view();
  const auto found = std::find(topics_.begin(), topics_.end(), wanted);
  if (found == topics_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - topics_.begin());
}

FactScan::FactScan(const ReplayConfig& config, const ReplayStreams& streams)
    : config_(config),
      streams_(streams),
      scan_(config),
      times_(config.time_unit),
      counted_times_(TimeUnit::s, true),
      needs_lap_(config.from.kind == SeekPoint::Kind::lap || config.to.kind == SeekPoint::Kind::lap) {}

bool FactScan::passes_filters() const {
  for (std::size_t i = 0; i < config_.filters.size(); ++i) {
    const PickedValue* const value = scan_.value(scan_.filter_path(i));
    if (value == nullptr || !passes(config_.filters[i], value->text)) return false;
  }
  return true;
}

RecordFact FactScan::fact_of(const RecordedLane& lane, const LaneInfo& info, TimedBlock& block, std::size_t i,
                             std::string& why) {
  const RecordBlock& records = block.records;
  RecordFact fact;
  fact.kind = RecordFact::Kind::refused;
  fact.time_ns = kNoTime_ns;
  const RecordForm* const form = scan_.scan(records.record(i), info, why);
  if (form == nullptr) return fact;
  const PickedValue* const time = scan_.value(form->time);
  if (time == nullptr) {
    why = form->time || form->unknown.empty()
              ? "it has no time: no field " + config_.time_field
              : "no event of ours, and no --time-field is given: " + form->unknown;
    return fact;
  }
  const auto time_ns = (form->counts_seconds ? counted_times_ : times_).read(time->text, why);
  if (!time_ns) return fact;
  fact.time_ns = *time_ns;
  if (const PickedValue* const key = scan_.value(form->key))
    block.key_text += key->text;
  else if (i < records.keys.size())
    block.key_text += records.keys[i];
  const std::optional<std::uint32_t> stream = streams_.stream_of(*form, lane.topic);
  if (!stream) {
    why = "its kind was not among the first records, so no topic was chosen for it; name one: --topic";
    return fact;
  }
  fact.stream = *stream;
  if (const PickedValue* const lap = needs_lap_ ? scan_.value(form->lap) : nullptr)
    std::from_chars(lap->text.data(), lap->text.data() + lap->text.size(), fact.lap);
  fact.kind = passes_filters() ? RecordFact::Kind::event : RecordFact::Kind::filtered;
  return fact;
}

void FactScan::scan(const RecordedLane& lane, const LaneInfo& info, TimedBlock& block) {
  block.facts.clear();
  block.key_text.clear();
  block.key_ends.clear();
  block.refusals.clear();
  std::string why;
  for (std::size_t i = 0; i < block.records.size(); ++i) {
    block.facts.push_back(fact_of(lane, info, block, i, why));
    block.key_ends.push_back(static_cast<std::uint32_t>(block.key_text.size()));
    if (block.facts.back().kind == RecordFact::Kind::refused) block.refusals.push_back(why);
  }
}

}  // namespace racesim
