#include "run/outlets/outlets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "io/sinks/threaded.h"
#include "run/run_id.h"

namespace racesim {
Outlets::Outlets(const RunConfig& config, Clock& clock)
    : config_(config), clock_(clock), times_(clock), dead_letter_(config.delivery.dead_letter_path) {}

std::vector<SinkText> Outlets::texts() const {
  std::vector<SinkText> texts;
  for (const SinkSpec& spec : config_.delivery.sinks) texts.push_back({spec.kind, spec.target});
  return texts;
}

SinkRequest Outlets::request_for(const SinkText& text, const Content& content, Resumption* resumption) {
  SinkRequest request;
  request.kind = text.kind;
  request.target = text.target;
  request.header = content.encoders.front()->header();
  request.http = config_.delivery.http;
  request.kafka = config_.delivery.kafka;
  for (const StreamInfo& stream : content.scenario->streams()) request.topics.emplace_back(stream.topic);
  if (!request.kafka.topic.empty()) request.topics.front() = request.kafka.topic;
  if (request.kafka.transactions)
    request.kafka.transactional_id =
        writer_name(run_text(content.run), config_.shard, request.topics.front());
  request.times = {config_.content.start_ns, config_.content.end_ns,
                   config_.pace.live ? config_.pace.speed : 0};
  request.clock = &clock_;
  request.resumed = resumption != nullptr && resumption->resumes();
  SettledEvents* const settled = resumption != nullptr ? &resumption->add_sink() : nullptr;
  request.acks = &sink_times_.emplace_back(times_, settled);
  request.dead_letter = &dead_letter_;
  return request;
}

/// Only http and kafka give events up one by one. Found out now rather than with the first that fails.
Done Outlets::check_dead_letter() const {
  for (const SinkSpec& spec : config_.delivery.sinks)
    if (spec.kind == "http" || spec.kind == "kafka") return dead_letter_.check();
  return {};
}

/// Two writers of the same events would interleave in a topic, and neither could tell.
Done Outlets::take_lock(const Content& content, const Resumption* resumption) {
  for (const SinkSpec& spec : config_.delivery.sinks) {
    if (spec.kind != "kafka") continue;
    const std::string target = config_.delivery.kafka.brokers + " " + config_.delivery.kafka.topic;
    Result<LockFile> lock = lock_run(run_text(content.run), config_.shard, target);
    // One that goes on in transactions shuts the holder out.
    const bool takes_over =
        config_.delivery.kafka.transactions && resumption != nullptr && resumption->resumes();
    if (!lock && lock.error().kind == ErrorKind::busy && takes_over) continue;
    if (!lock) return tl::make_unexpected(lock.error());
    lock_.emplace(std::move(*lock));
  }
  return {};
}

Done Outlets::check(const Content& content) {
  if (Done distinct = check_distinct(texts()); !distinct) return distinct;
  if (Done ok = check_dead_letter(); !ok) return ok;
  for (const SinkText& text : texts())
    if (Done ok = check_sink(request_for(text, content, nullptr)); !ok) return ok;
  return {};
}

Done Outlets::open(const Content& content, Resumption* resumption, const Resumption::FeedAt& feed_at) {
  const std::vector<SinkText> asked = texts();
  if (Done distinct = check_distinct(asked); !distinct) return distinct;
  if (Done ok = check_dead_letter(); !ok) return ok;
  if (Done ok = take_lock(content, resumption); !ok) return ok;
  for (const SinkText& text : asked) {
    auto sink = open_sink(request_for(text, content, resumption));
    if (sink && resumption != nullptr) sink = resumption->resume(std::move(*sink), feed_at, dead_letter_);
    if (!sink) return tl::make_unexpected(sink.error());
    // Side by side sinks must not wait for one another; a single one is fastest on the conductor's thread.
    if (asked.size() > 1)
      sinks_.push_back(std::make_unique<ThreadedSink>(std::move(*sink), sink_times_.back()));
    else
      sinks_.push_back(std::move(*sink));
  }
  return {};
}

void Outlets::abandon() {
  for (const auto& sink : sinks_) sink->abandon();
}

void Outlets::read(RunStatus& status) const {
  for (const auto& sink : sinks_) {
    const SinkCounters& c = sink->counters();
    status.sinks.push_back({sink->name(), c.sent, c.acked, c.failed, c.retried, c.dead_lettered, c.bytes});
    for (const FailureReason& reason : c.unread.reasons()) status.sinks.back().unread += reason.events;
    const SinkStatus& last = status.sinks.back();
    status.sent += last.sent;
    status.acked += last.acked;
    status.failed += last.failed;
    status.retried += last.retried;
    status.dead_lettered += last.dead_lettered;
    status.unread += last.unread;
  }
  const auto ack_lag = std::make_unique<Histogram>();
  times_.read_ack(*ack_lag);
  status.ack_lag = summarise(*ack_lag);
}

std::vector<FailureReason> Outlets::failure_reasons() const {
  std::vector<FailureReason> all;
  for (const auto& sink : sinks_)
    for (FailureReason& reason : sink->counters().failures.reasons()) all.push_back(std::move(reason));
  return all;
}

std::vector<Error> Outlets::take_warnings() {
  std::vector<Error> warnings;
  for (const auto& sink : sinks_) {
    if (std::find(warned_of_.begin(), warned_of_.end(), sink.get()) != warned_of_.end()) continue;
    const std::vector<FailureReason> reasons = sink->counters().unread.reasons();
    if (reasons.empty()) continue;
    warned_of_.push_back(sink.get());
    warnings.push_back(
        {ErrorKind::runtime, sink->name() + ": an answer could not be read: " + reasons.front().why,
         "its events count as acked, though it may have refused some; the summary counts them. "
         "Let the receiver answer with plain JSON of at most 1 MiB"});
  }
  return warnings;
}

std::optional<Error> Outlets::lost() const {
  const std::uint64_t lost = dead_letter_.lost();
  if (lost == 0) return std::nullopt;
  const Error why = dead_letter_.error().value_or(Error{});
  return Error{
      ErrorKind::runtime,
      fmt::format("{} undelivered events could not be written to the dead-letter file: {}", lost, why.what),
      why.hint};
}

}  // namespace racesim
