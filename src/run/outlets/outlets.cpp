#include "run/outlets/outlets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "io/sinks/threaded.h"
#include "run/run_id.h"

namespace racesim {
namespace {

constexpr std::int64_t kTellAgain_ns = 60'000'000'000;

std::uint64_t settled_of(const Sink& sink) {
  const SinkCounters& c = sink.counters();
  return c.acked + c.failed + c.skipped;
}

/// Whole seconds, for people.
std::int64_t rounded_ns(std::int64_t duration_ns) {
  return (duration_ns + kNsPerSecond / 2) / kNsPerSecond * kNsPerSecond;
}

}  // namespace

Outlets::Outlets(const RunConfig& config, Clock& clock)
    : config_(config), clock_(clock), times_(clock), dead_letter_(config.delivery.dead_letter_path) {}

std::vector<SinkText> Outlets::texts() const {
  std::vector<SinkText> texts;
  for (const SinkSpec& spec : config_.delivery.sinks) texts.push_back({spec.kind, spec.target});
  return texts;
}

SinkRequest Outlets::request_for(const SinkText& text, const EventForms& forms, Resumption* resumption) {
  SinkRequest request;
  request.kind = text.kind;
  request.target = text.target;
  request.header = forms.header;
  request.http = config_.delivery.http;
  request.kafka = config_.delivery.kafka;
  request.topics = forms.topics;
  if (!request.kafka.topic.empty()) request.topics.front() = request.kafka.topic;
  if (request.kafka.transactions)
    request.kafka.transactional_id = writer_name(run_text(forms.run), config_.shard, request.topics.front());
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
Done Outlets::take_lock(const EventForms& forms, const Resumption* resumption) {
  for (const SinkSpec& spec : config_.delivery.sinks) {
    if (spec.kind != "kafka") continue;
    const std::string target = config_.delivery.kafka.brokers + " " + config_.delivery.kafka.topic;
    Result<LockFile> lock = lock_run(run_text(forms.run), config_.shard, target);
    // One that goes on in transactions shuts the holder out.
    const bool takes_over =
        config_.delivery.kafka.transactions && resumption != nullptr && resumption->resumes();
    if (!lock && lock.error().kind == ErrorKind::busy && takes_over) continue;
    if (!lock) return tl::make_unexpected(lock.error());
    lock_.emplace(std::move(*lock));
  }
  return {};
}

Done Outlets::check(const EventForms& forms) {
  if (Done distinct = check_distinct(texts()); !distinct) return distinct;
  if (Done ok = check_dead_letter(); !ok) return ok;
  for (const SinkText& text : texts())
    if (Done ok = check_sink(request_for(text, forms, nullptr)); !ok) return ok;
  return {};
}

Done Outlets::open(const EventForms& forms, Resumption* resumption, const Resumption::FeedAt& feed_at) {
  const std::vector<SinkText> asked = texts();
  if (Done distinct = check_distinct(asked); !distinct) return distinct;
  if (Done ok = check_dead_letter(); !ok) return ok;
  if (Done ok = take_lock(forms, resumption); !ok) return ok;
  for (const SinkText& text : asked) {
    auto sink = open_sink(request_for(text, forms, resumption));
    if (sink && resumption != nullptr) sink = resumption->resume(std::move(*sink), feed_at, dead_letter_);
    if (!sink) return tl::make_unexpected(sink.error());
    // Side by side sinks must not wait for one another; a single one is fastest on the conductor's thread.
    if (asked.size() > 1 || !config_.delivery.own_sinks.empty())
      sinks_.push_back(std::make_unique<ThreadedSink>(std::move(*sink), sink_times_.back()));
    else
      sinks_.push_back(std::move(*sink));
  }
  for (const OwnSink& make : config_.delivery.own_sinks)
    sinks_.push_back(make(forms, &sink_times_.emplace_back(times_, nullptr)));
  return {};
}

void Outlets::abandon() {
  for (const auto& sink : sinks_) sink->abandon();
}

void Outlets::stop_reaching() {
  for (const auto& sink : sinks_) sink->stop_reaching();
}

std::uint64_t Outlets::settled() const {
  std::uint64_t least = UINT64_MAX;
  for (const auto& sink : sinks_) least = std::min(least, settled_of(*sink));
  return least;
}

Waiting Outlets::waiting(std::uint64_t left) const {
  Waiting all;
  const std::uint64_t done = settled();
  all.backlog_events = left > done ? left - done : 0;
  std::optional<Wait> longest;
  for (const auto& sink : sinks_) {
    std::optional<Wait> wait = sink->counters().wait.longest();
    if (!wait || (longest && longest->since_ns <= wait->since_ns)) continue;
    all.waiting_for = sink->name();
    longest = std::move(wait);
  }
  if (!longest) return all;
  const std::int64_t now_ns = clock_.now_ns();
  all.waited_ns = now_ns - longest->since_ns;
  all.left_ns = std::max<std::int64_t>(longest->until_ns - now_ns, 0);
  all.last_error = longest->why;
  return all;
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
    warn_of_answers(*sink, warnings);
    warn_of_wait(*sink, warnings);
  }
  return warnings;
}

void Outlets::warn_of_answers(const Sink& sink, std::vector<Error>& warnings) {
  if (std::find(warned_of_.begin(), warned_of_.end(), &sink) != warned_of_.end()) return;
  const std::vector<FailureReason> reasons = sink.counters().unread.reasons();
  if (reasons.empty()) return;
  warned_of_.push_back(&sink);
  warnings.push_back({ErrorKind::runtime,
                      sink.name() + ": an answer could not be read: " + reasons.front().why,
                      "its events count as acked, though it may have refused some; the summary counts them. "
                      "Let the receiver answer with plain JSON of at most 1 MiB"});
}

/// A short wait is usual; one that is known to be long is told at once.
void Outlets::warn_of_wait(const Sink& sink, std::vector<Error>& warnings) {
  const std::optional<Wait> wait = sink.counters().wait.longest();
  if (!wait) return;
  const std::int64_t now_ns = clock_.now_ns();
  if (std::max(now_ns, wait->until_ns) - wait->since_ns < kLongWait_ns) return;
  const auto told = told_of_wait_ns_.find(&sink);
  // Of this one already, or of so many short ones that it would be noise.
  if (told != told_of_wait_ns_.end() && now_ns - std::min(told->second, now_ns) < kTellAgain_ns) return;
  if (told != told_of_wait_ns_.end() && wait->since_ns <= told->second) return;
  told_of_wait_ns_[&sink] = now_ns;
  std::string what = fmt::format("waiting for {}: {}", sink.name(), wait->why);
  if (wait->until_ns > now_ns)
    what += "; next try in " + format_duration(rounded_ns(wait->until_ns - now_ns));
  warnings.push_back({ErrorKind::runtime, std::move(what), patience_text(sink)});
}

/// How long it is waited for.
std::string Outlets::patience_text(const Sink& sink) const {
  const SinkCounters& counters = sink.counters();
  const DeliveryOptions& delivery = config_.delivery;
  if (sink.name().substr(0, 8) == "kafka://")
    return delivery.kafka.delivery_timeout_ns == 0
               ? "the run goes on when the brokers answer; no event is given up until then"
               : fmt::format(
                     "the run goes on when the brokers answer; an event is given up {} after it was sent "
                     "(--delivery-timeout)",
                     format_duration(delivery.kafka.delivery_timeout_ns));
  if (counters.acked == 0 && counters.sent == 0)
    return fmt::format("if it is never reached, the run ends {} after its first try: --connect-timeout",
                       format_duration(delivery.http.connect_grace_ns));
  return fmt::format("a request is given up {} after its first try: --retry-max-time",
                     format_duration(delivery.http.retry_max_time_ns));
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
