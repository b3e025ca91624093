#include "run/replay/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/quantity.h"
#include "base/random.h"
#include "io/sources/file_names.h"
#include "io/sources/record_block.h"
#include "io/stores/store.h"
#include "run/replay/beginnings.h"

namespace racesim {
namespace {

bool sends_to(const RunConfig& config, std::string_view kind) {
  const auto& sinks = config.delivery.sinks;
  return std::any_of(sinks.begin(), sinks.end(), [&](const SinkSpec& sink) { return sink.kind == kind; });
}

/// Files of other content under the same name are another recording.
std::string sizes_of(const ReplayConfig& config) {
  std::string text;
  for (const SourceRequest& request : config.sources) {
    if (request.kind != "file" && request.kind != kDeadLetterKind) continue;
    const auto files = find_files(request.targets, true);
    if (!files) continue;
    for (const FileName& file : *files) {
      std::error_code ignored;
      const auto size = std::filesystem::file_size(file.path, ignored);
      const auto changed = std::filesystem::last_write_time(file.path, ignored).time_since_epoch().count();
      text += fmt::format("|{} {} {}", file.path, size, changed);
    }
  }
  return text;
}

std::string text_of(const SeekPoint& point) {
  return fmt::format("{}:{}", static_cast<int>(point.kind), point.value);
}

}  // namespace

std::uint32_t replay_run(const RunConfig& config) {
  if (config.run_id) return static_cast<std::uint32_t>(std::stoul(*config.run_id, nullptr, 16));
  const ReplayConfig& replay = *config.replay;
  std::string text = fmt::format("replay|{}{}", fmt::join(replay.source_texts, "|"), sizes_of(replay));
  text += fmt::format("|from={}|to={}|stamps={}|start={}", text_of(replay.from), text_of(replay.to),
                      static_cast<int>(replay.stamps), replay.start_ns);
  if (replay.stamps == Stamps::scale) text += fmt::format("|speed={}", config.pace.speed);
  for (const FieldFilter& filter : replay.filters)
    for (const FieldFilter::Range& range : filter.any_of)
      text += fmt::format("|{}={}", filter.field, range.text);
  return static_cast<std::uint32_t>(mix64(record_hash(text)) >> 32);
}

Done Recording::check(const RunConfig& config) {
  return check_lanes(*config.replay);
}

Result<std::unique_ptr<Recording>> Recording::open(const RunConfig& config) {
  std::unique_ptr<Recording> recording(new Recording(config));
  auto lanes = open_lanes(*config.replay);
  if (!lanes) return tl::make_unexpected(lanes.error());
  recording->lanes_ = std::move(*lanes);
  if (Done ok = recording->look(); !ok) return tl::make_unexpected(ok.error());
  return recording;
}

/// Before empty lanes go.
void Recording::note_lanes() {
  for (RecordedLane& lane : lanes_) {
    lane_records_.push_back({lane.name, lane.file_bytes, lane.first_offset, lane.end_offset, std::nullopt});
    if (!config_.log_releases) continue;
    lane.digest = &digests_.emplace_back();
  }
}

FoundRecording Recording::found() const {
  FoundRecording found{lane_records_, streams_.topics(), streams_.is_single()};
  for (std::size_t i = 0; i < digests_.size(); ++i) found.lanes[i].read = digests_[i].reading();
  return found;
}

Done Recording::look() {
  note_lanes();
  Result<std::string> header = look_at_beginnings(*config_.replay, lanes_);
  if (!header) return tl::make_unexpected(header.error());
  if (!header->empty() && sends_to(config_, "http"))
    return fail(ErrorKind::usage, "the http sink sends JSON or line protocol, and the recording is CSV",
                "send it to a file, a pipe or Kafka");
  forms_.header = std::move(*header);
  forms_.run = replay_run(config_);
  if (Done ok = choose_streams(); !ok) return ok;
  forms_.topics = streams_.topics();
  // Faults hang on the name: a single stream has the same one wherever it goes.
  auto tags = std::make_shared<std::vector<StreamTag>>();
  for (const std::string& topic : streams_.topics())
    tags->push_back({streams_.is_single() ? std::string("events") : topic,
                     topic,
                     {},
                     [this](std::uint32_t entity, std::string& out) { keys_.append(entity, out); }});
  tags_ = std::move(tags);
  return {};
}

Done Recording::choose_streams() {
  if (const auto& found = config_.replay->found) {
    if (found->one_stream) streams_.set_single(found->topics.front());
    for (const std::string& topic : found->topics) streams_.add(topic);
    return {};
  }
  const std::string& topic = config_.delivery.kafka.topic;
  if (!sends_to(config_, "kafka") || !topic.empty()) {
    streams_.set_single(topic);
  } else {
    const auto topics = topics_of(*config_.replay, lanes_);
    if (!topics) return tl::make_unexpected(topics.error());
    if (topics->empty() && !lanes_.empty())
      return fail(ErrorKind::usage, "the recording does not tell which topic its events belong to",
                  "name it: --topic TOPIC");
    for (const std::string& name : *topics) streams_.add(name);
    if (topics->empty()) streams_.set_single("none");
  }
  return {};
}

/// As far as they went when the replay began: a source may have grown.
Result<std::vector<RecordedLane>> Recording::open_again() const {
  ReplayConfig as_begun = *config_.replay;
  as_begun.found = FoundRecording{lane_records_, {}, false};
  return open_lanes(as_begun);
}

std::unique_ptr<EventFeed> Recording::feed(DeadLetter& dead_letter) {
  const auto refuse_record = [this, &dead_letter](const std::string& lane, std::int64_t offset,
                                                  std::string_view record, const std::string& why) {
    refuse(dead_letter, lane, offset, record, why);
  };
  const auto open = [this](std::uint64_t round) -> Result<std::vector<RecordedLane>> {
    if (round == 0) return std::exchange(lanes_, {});
    return open_again();
  };
  return feed_with(refuse_record, open, counters_);
}

std::unique_ptr<EventFeed> Recording::feed_again() {
  const auto pass_over = [](const std::string&, std::int64_t, std::string_view, const std::string&) {};
  return feed_with(
      pass_over, [this](std::uint64_t) { return open_again(); }, nobodys_counters_);
}

std::unique_ptr<EventFeed> Recording::feed_with(RefuseRecord refuse, OpenLanes open,
                                                ReplayCounters& counters) {
  ReplayBook book;
  book.run = forms_.run;
  book.counters = &counters;
  book.streams = tags_;
  return std::make_unique<ReplayFeed>(config_, streams_, keys_, std::move(book), std::move(open),
                                      std::move(refuse));
}

void Recording::refuse(DeadLetter& to, const std::string& lane, std::int64_t offset, std::string_view record,
                       const std::string& why) {
  std::string line;
  append_dead_record({"replay", lane, offset, why, record}, line);
  to.add_lines(line, 1);
  if (counters_.refused.fetch_add(1) > 0) return;
  const std::scoped_lock lock(mutex_);
  first_refusal_ = fmt::format("{} at {}: {}", lane, format_count(static_cast<std::uint64_t>(offset)), why);
}

ReplayStatus Recording::status() const {
  ReplayStatus status;
  status.read = counters_.read;
  status.outside = counters_.outside;
  status.filtered = counters_.filtered;
  status.refused = counters_.refused;
  status.late = counters_.late;
  status.jumps = counters_.jumps;
  status.cut_gaps = counters_.cut_gaps;
  status.rounds = counters_.rounds;
  const std::scoped_lock lock(mutex_);
  status.first_refusal = first_refusal_;
  return status;
}

std::optional<Error> Recording::nothing_to_send() const {
  const ReplayStatus now = status();
  if (now.refused == 0 || now.refused < now.read) return std::nullopt;
  return Error{ErrorKind::runtime,
               fmt::format("none of {} record{} is an event: {}", format_count(now.read),
                           now.read == 1 ? "" : "s", now.first_refusal),
               "name the column that holds the time: --time-field FIELD"};
}

std::vector<Error> Recording::take_warnings() {
  std::vector<Error> warnings;
  const ReplayStatus now = status();
  if (now.refused > 0 && !std::exchange(told_of_refusal_, true))
    warnings.push_back({ErrorKind::runtime, "not an event: " + now.first_refusal,
                        "such records are counted and kept in " + config_.delivery.dead_letter_path});
  if (now.cut_gaps > 0 && !std::exchange(told_of_gap_, true))
    warnings.push_back({ErrorKind::runtime,
                        "a gap in event time is cut to " + format_duration(config_.replay->max_gap_ns),
                        "--max-gap 0 waits however long it takes"});
  return warnings;
}

}  // namespace racesim
