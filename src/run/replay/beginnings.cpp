#include "run/replay/beginnings.h"

#include <algorithm>
#include <set>
#include <utility>

namespace racesim {
namespace {

constexpr int kLookAgain_ms = 100;

/// In the order in which scenarios declare their kinds.
std::vector<std::string> in_order(const RecordScan& scan, const std::set<std::string_view>& topics) {
  std::vector<std::string> ordered;
  for (const RowKind& kind : scan.kinds()) {
    const std::string topic(kind.form->topic);
    if (topics.count(topic) > 0 && std::find(ordered.begin(), ordered.end(), topic) == ordered.end())
      ordered.push_back(topic);
  }
  return ordered;
}

/// The topics of all kinds that the scenarios of the given ones make.
std::set<std::string_view> whole_scenarios(const RecordScan& scan, const std::set<std::string_view>& seen) {
  std::set<std::string_view> all;
  for (const RowKind& kind : scan.kinds())
    if (seen.count(kind.form->topic) > 0)
      for (const RowKind& other : scan.kinds())
        if (other.scenario == kind.scenario) all.insert(other.form->topic);
  return all;
}

void note_topics(const RecordBlock& block, const LaneInfo& info, RecordScan& scan,
                 std::set<std::string_view>& seen) {
  std::string why;
  for (std::size_t i = 0; i < block.size(); ++i)
    if (const RecordForm* const form = scan.scan(block.record(i), info, why))
      if (form->kind != nullptr) seen.insert(form->kind->form->topic);
}

/// Until every kind of the scenario was seen, or the source ends.
Done read_through(Source& source, RecordScan& scan, std::set<std::string_view>& seen) {
  RecordBlock block;
  for (;;) {
    const Result<Pulled> pulled = source.pull(block, kLookAgain_ms);
    if (!pulled) return tl::make_unexpected(pulled.error());
    if (*pulled == Pulled::ended) return {};
    note_topics(block, source.lane(block.lane), scan, seen);
    if (!seen.empty() && whole_scenarios(scan, seen) == seen) return {};
  }
}

}  // namespace

Result<const RecordBlock*> PeekedSource::first(const std::function<bool()>& interrupted) {
  while (!has_block_) {
    const Result<Pulled> pulled = inner_->pull(block_, kLookAgain_ms);
    if (!pulled) return tl::make_unexpected(pulled.error());
    has_block_ = *pulled == Pulled::records && block_.size() > 0;
    if (*pulled == Pulled::ended || (interrupted && interrupted())) break;
  }
  return &block_;
}

Result<Pulled> PeekedSource::pull(RecordBlock& to, int wait_ms) {
  if (!has_block_) return inner_->pull(to, wait_ms);
  std::swap(to, block_);
  has_block_ = false;
  return Pulled::records;
}

Result<std::string> look_at_beginnings(const ReplayConfig& config, std::vector<RecordedLane>& lanes) {
  std::string header;
  const RecordedLane* first_lane = nullptr;
  for (RecordedLane& lane : lanes) {
    auto peeked = std::make_unique<PeekedSource>(std::move(lane.source));
    const Result<const RecordBlock*> block = peeked->first(config.interrupted);
    if (!block) return tl::make_unexpected(block.error());
    const bool is_empty = (*block)->size() == 0;
    const std::string of_lane = is_empty ? std::string() : peeked->lane((*block)->lane).header;
    lane.source = std::move(peeked);
    if (is_empty) {
      lane.is_empty = true;
      if (lane.digest != nullptr) lane.digest->end();
      continue;
    }
    if (first_lane != nullptr && of_lane != header)
      return fail(ErrorKind::usage, first_lane->name + " and " + lane.name + " have different columns",
                  "replay them one after the other, or as JSON lines");
    header = of_lane;
    first_lane = &lane;
  }
  std::erase_if(lanes, [](const RecordedLane& lane) { return lane.is_empty; });
  return header.empty() ? header : header + '\n';
}

Result<std::vector<std::string>> topics_of(const ReplayConfig& config, std::vector<RecordedLane>& lanes) {
  RecordScan scan(config);
  std::set<std::string_view> seen, of_pipes;
  std::vector<std::string> topics;
  for (RecordedLane& lane : lanes) {
    if (!lane.topic.empty()) {
      if (std::find(topics.begin(), topics.end(), lane.topic) == topics.end()) topics.push_back(lane.topic);
      continue;
    }
    auto& source = static_cast<PeekedSource&>(*lane.source);
    const Result<const RecordBlock*> block = source.first(config.interrupted);
    if (!block) return tl::make_unexpected(block.error());
    note_topics(**block, source.lane((*block)->lane), scan, lane.is_pipe ? of_pipes : seen);
  }
  for (const std::string_view topic : whole_scenarios(scan, of_pipes)) seen.insert(topic);
  if (!seen.empty() && whole_scenarios(scan, seen) != seen) {
    auto again = open_lanes(config, true);
    if (!again) return tl::make_unexpected(again.error());
    for (const RecordedLane& lane : *again)
      if (lane.topic.empty())
        if (Done ok = read_through(*lane.source, scan, seen); !ok) return tl::make_unexpected(ok.error());
  }
  for (std::string& topic : in_order(scan, seen)) topics.push_back(std::move(topic));
  return topics;
}

}  // namespace racesim
