#include "run/resume/resumption.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "io/files/zstd_stream.h"
#include "io/resumable.h"
#include "io/sinks/file_place.h"
#include "run/replay/recording.h"
#include "run/resume/skipping_sink.h"

namespace racesim {
namespace {

/// Sinks whose content cannot be told from what they were given.
Done check_sinks(const RunConfig& config) {
  for (const SinkSpec& sink : config.delivery.sinks) {
    if (sink.kind == "stdout")
      return fail(ErrorKind::usage, "--checkpoint: a run to a pipe cannot be resumed",
                  "choose --sink file:PATH, kafka or http");
    if (sink.kind == "file" && is_compressed(sink.target))
      return fail(
          ErrorKind::usage, "--checkpoint: a compressed file cannot be resumed",
          "write " + std::string(without_compressed_ending(sink.target)) + " and compress it afterwards");
  }
  if (config.pace.on_overload == Overload::drop)
    return fail(ErrorKind::usage, "--checkpoint and --on-overload drop exclude each other",
                "events left out look like lost events; use --on-overload block");
  return {};
}

/// What a run keeps from its begin. A live run began when it did; its end moves with it.
void restore(const Checkpoint& known, RunConfig& config) {
  if (config.replay && known.record.replay) {
    // The same records again, in the same topics, and moved by the same time.
    config.replay->found = known.record.replay->found;
    if (config.replay->start_is_now) config.replay->start_ns = known.record.replay->start_ns;
    return;
  }
  config.content.limit.of_sends = known.record.content.limit.of_sends;
  if (!config.pace.live) return;
  ContentOptions& content = config.content;
  const std::int64_t start_ns = known.record.content.start_ns;
  if (content.end_ns) *content.end_ns += start_ns - content.start_ns;
  content.start_ns = start_ns;
  config.pace.start_when_ready = false;
}

/// By the name that the checkpoint has of it.
bool is_same_sink(const SinkSpec& sink, const DeliveryOptions& delivery, const std::string& known_name) {
  if (sink.kind == "kafka") {
    // Without --topic the scenario names it, and the options that say so were the same.
    const std::string address = "kafka://" + delivery.kafka.brokers + "/" + delivery.kafka.topic;
    return known_name.compare(0, address.size(), address) == 0 &&
           (delivery.kafka.topic.empty() || known_name.size() == address.size());
  }
  if (sink.kind == "file") return known_name == "file:" + sink.target;
  return known_name == (sink.kind == "http" ? sink.target : sink.kind);
}

/// A partition that was made anew may hold the run before the place where the run once began.
void move_origin(const StreamPosition& from, std::vector<StreamPosition>& origins) {
  for (StreamPosition& origin : origins)
    if (origin.topic == from.topic && origin.partition == from.partition)
      origin.next_offset = std::min(origin.next_offset, from.next_offset);
}

Done check_same(const Checkpoint& known, const RunConfig& config, const RunRecord& record) {
  const std::string name = "--checkpoint " + config.checkpoint.path;
  if (const std::vector<std::string> found = differences(known, record); !found.empty())
    return fail(
        ErrorKind::usage,
        fmt::format("{} belongs to another run, {}: {}", name, known.record.run, fmt::join(found, "; ")),
        "use that run's options, or remove the checkpoint to start over");
  const std::vector<SinkSpec>& sinks = config.delivery.sinks;
  const bool same_sinks = std::equal(sinks.begin(), sinks.end(), known.sinks.begin(), known.sinks.end(),
                                     [&](const SinkSpec& sink, const auto& other) {
                                       return is_same_sink(sink, config.delivery, other.name);
                                     });
  if (same_sinks) return {};
  std::string names;
  for (const SinkCheckpoint& sink : known.sinks) names += (names.empty() ? "" : ", ") + sink.name;
  return fail(ErrorKind::usage, name + " was written for other sinks: " + names,
              "use the same sinks in the same order, or remove the checkpoint to start over");
}

}  // namespace

Done check_is_of_run(const Checkpoint& known, RunConfig config, Clock& clock) {
  restore(known, config);
  if (config.replay) {
    const auto recording = Recording::open(config);
    if (!recording) return tl::make_unexpected(recording.error());
    return check_same(known, config, record_of(config, **recording));
  }
  const auto content = open_content(config, clock);
  if (!content) return tl::make_unexpected(content.error());
  return check_same(known, config, record_of(config, **content));
}

std::optional<std::vector<std::string>> changed_files(const Checkpoint& known, const RunConfig& config) {
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < config.delivery.sinks.size(); ++i) {
    const SinkSpec& sink = config.delivery.sinks[i];
    if (sink.kind == "kafka") return std::nullopt;
    if (sink.kind != "file") continue;
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(sink.target, error);
    std::string change;
    if (error)
      change = sink.target + ": " + error.message();
    else if (!known.sinks[i].positions.empty())
      change = change_before(sink.target, bytes, known.sinks[i].positions.front());
    if (!change.empty()) changes.push_back(std::move(change));
  }
  return changes;
}

Resumption::Resumption(std::string path, std::optional<Checkpoint> known)
    : path_(std::move(path)), known_(std::move(known)), log_(known_ ? known_->place : FeedPlace{}) {}

Result<std::unique_ptr<Resumption>> Resumption::open(RunConfig& config) {
  if (Done ok = check_sinks(config); !ok) return tl::make_unexpected(ok.error());
  const std::string& path = config.checkpoint.path;
  Result<std::optional<Checkpoint>> known = load_checkpoint(path);
  if (!known) return tl::make_unexpected(known.error());
  if (*known && !config.checkpoint.resume)
    return fail(ErrorKind::usage,
                "--checkpoint " + path + " already exists, from run " + (*known)->record.run,
                "continue that run: --resume   or remove it to start over");
  if (*known) restore(**known, config);
  return std::unique_ptr<Resumption>(new Resumption(path, std::move(*known)));
}

Done Resumption::check(const RunConfig& config, RunRecord record) {
  next_.record = std::move(record);
  return known_ ? check_same(*known_, config, next_.record) : Done();
}

FeedPlace Resumption::place_before(std::uint64_t ordinal) const {
  return known_ && known_->place.ordinal <= ordinal ? known_->place : FeedPlace{};
}

Result<std::unique_ptr<Sink>> Resumption::resume(std::unique_ptr<Sink> sink, const FeedAt& feed_at,
                                                 DeadLetter& dead_letter) {
  dead_letter_ = &dead_letter;
  log_.origins.push_back(origins_of(*sink));
  if (!known_) return sink;
  const SinkCheckpoint& known = known_->sinks[log_.sinks.size() - 1];  // check() has counted them
  if (known.name != sink->name())
    return fail(ErrorKind::usage, "--checkpoint " + path_ + " does not know " + sink->name(),
                "use the same sinks in the same order, or remove the checkpoint to start over");
  log_.origins.back() = known.origins;
  AlreadyThere already = already_there_by(known);
  if (Resumable* const place = sink->resumable()) {
    const std::string& identity = place->destination().identity;
    if (known.identity != identity)
      return fail(ErrorKind::usage,
                  "--checkpoint " + path_ + " was written for " + known.identity + ", but now the sink is " +
                      identity,
                  "write to the same place, or remove the checkpoint to start over");
    const auto feed_from = [&](std::uint64_t ordinal) { return feed_at(place_before(ordinal)); };
    Result<AlreadyThere> found = find_already_there(known, *place, feed_from, log_.places, dead_letter);
    if (!found) return tl::make_unexpected(found.error());
    already = std::move(*found);
    refused_ += already.refused;
    changes_.insert(changes_.end(), already.changes.begin(), already.changes.end());
    for (const StreamPosition& from : already.read_anew) move_origin(from, log_.origins.back());
  }
  first_ordinal_ = std::min(first_ordinal_.value_or(UINT64_MAX), already.first_missing());
  already_.push_back(already.below + already.found);
  return std::make_unique<SkippingSink>(std::move(sink), std::move(already), log_.sinks.back());
}

FeedPlace Resumption::place() const {
  return place_before(first_ordinal());
}

Done Resumption::start(std::vector<std::unique_ptr<Sink>>& sinks) {
  for (SettledEvents& sink : log_.sinks) sink.settle(0, first_ordinal());
  checkpointer_ = std::make_unique<Checkpointer>(path_, next_, sinks, log_, *dead_letter_);
  return checkpointer_->start();
}

Done Resumption::finish(bool complete) {
  if (Done saved = checkpointer_->finish(complete); !saved) return saved;
  return {};
}

}  // namespace racesim
