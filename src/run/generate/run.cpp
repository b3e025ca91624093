#include "run/generate/run.h"

#include <pthread.h>
#include <sched.h>

#include <fmt/format.h>
#include <condition_variable>
#include <exception>
#include <utility>

#include "base/saturate.h"
#include "io/resumable.h"
#include "run/content.h"
#include "run/generate/first_event.h"
#include "run/generate/pipeline.h"
#include "run/generate/rates.h"
#include "run/generate/run_check.h"
#include "run/outlets/disk_room.h"
#include "run/outlets/outlets.h"
#include "run/pacing/plan_ahead.h"
#include "run/record/manifest.h"
#include "run/replay/recording.h"
#include "run/resume/resumption.h"
#include "run/run_id.h"

namespace racesim {
namespace {

/// First in the queue for a processor, where the system allows it; returns an errno value.
int ask_for_realtime() {
  sched_param parameters{};
  parameters.sched_priority = sched_get_priority_min(SCHED_FIFO);
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}

}  // namespace

class Run::Impl {
 public:
  Impl(RunConfig config, Clock& clock)
      : config_(std::move(config)), clock_(clock), outlets_(config_, clock) {}
  ~Impl() {
    if (!conductor_.joinable()) return;
    abandon();
    conductor_.join();
  }

  Done open();
  void start();
  void stop();
  void abandon();
  RunResult wait();
  bool wait_for(std::int64_t timeout_ns);
  RunStatus status() const;
  std::vector<Error> take_warnings();
  Manifest manifest() const;

 private:
  void warn(Error warning);
  void warn_of_full_disk();
  Done open_all();
  Done open_content();
  Done open_replay();
  Done go_on();
  void tell_replay(RunStatus& status) const;
  std::unique_ptr<Feed> make_feed(FeedPlace place) const;
  std::optional<std::int64_t> live_start_ns();
  void conduct();
  void finish(Pipeline::End end);
  void warn_of_first_event();
  bool ended() const;

  RunConfig config_;
  Clock& clock_;
  std::unique_ptr<Content> content_;        // null in a replay
  std::unique_ptr<Recording> recording_;    // null but in a replay; the feed reads with it
  std::unique_ptr<Resumption> resumption_;  // null without --checkpoint; the sinks tell it of their events
  Outlets outlets_;
  std::unique_ptr<EventFeed> feed_;
  std::optional<Pacer> pacer_;
  std::optional<ReleaseLog> log_;
  std::unique_ptr<Pipeline> pipeline_;
  std::thread conductor_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  RunState state_ = RunState::idle;
  std::optional<std::int64_t> started_ns_;
  std::optional<std::int64_t> ended_ns_;
  bool abandoned_ = false;
  std::vector<Error> warnings_;
  bool told_of_first_event_ = false;
  Pipeline::End end_;
};

Done Run::Impl::open_content() {
  auto content = racesim::open_content(config_, clock_);
  if (!content) return tl::make_unexpected(content.error());
  content_ = std::move(*content);
  return {};
}

Done Run::Impl::open() {
  try {
    return open_all();
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("prepare the run: ") + e.what(),
                "raise the limits of memory and processes (ulimit -v, ulimit -u), or lower --threads");
  }
}

/// Its start is the first event's time.
Done Run::Impl::open_replay() {
  auto recording = Recording::open(config_);
  if (!recording) return tl::make_unexpected(recording.error());
  recording_ = std::move(*recording);
  auto pacer = Pacer::make(config_.pace, config_.content.seed, clock_);
  if (!pacer) return tl::make_unexpected(pacer.error());
  pacer_ = std::move(*pacer);
  if (Done ok = resumption_ ? resumption_->check(config_, record_of(config_, *recording_)) : Done(); !ok)
    return ok;
  const auto feed_again = [this](FeedPlace) { return recording_->feed_again(); };
  if (Done ok = outlets_.open(recording_->forms(), resumption_.get(), feed_again); !ok) return ok;
  feed_ = recording_->feed(outlets_.dead_letter());
  pipeline_ = std::make_unique<Pipeline>(*feed_, *pacer_, outlets_.times(), outlets_.sinks(), config_.pace,
                                         clock_, std::nullopt, std::nullopt);
  if (config_.log_releases)
    pipeline_->log_to(log_.emplace(false, resumption_ ? resumption_->first_ordinal() : 0));
  return go_on();
}

Done Run::Impl::open_all() {
  if (!config_.checkpoint.path.empty()) {
    auto resumption = Resumption::open(config_);
    if (!resumption) return tl::make_unexpected(resumption.error());
    resumption_ = std::move(*resumption);
  }
  if (config_.replay) return open_replay();
  if (Done ok = open_content(); !ok) return ok;
  if (Done ok = resumption_ ? resumption_->check(config_, record_of(config_, *content_)) : Done(); !ok)
    return ok;
  auto pacer = Pacer::make(config_.pace, config_.content.seed, clock_);
  if (!pacer) return tl::make_unexpected(pacer.error());
  pacer_ = std::move(*pacer);
  const auto feed_at = [this](FeedPlace place) { return make_feed(place); };
  if (Done ok = outlets_.open(forms_of(*content_), resumption_.get(), feed_at); !ok) return ok;
  feed_ = make_feed(resumption_ ? resumption_->place() : FeedPlace{});
  pipeline_ = std::make_unique<Pipeline>(*feed_, *pacer_, outlets_.times(), outlets_.sinks(), config_.pace,
                                         clock_, config_.content.start_ns, live_start_ns());
  if (config_.log_releases)
    pipeline_->log_to(log_.emplace(config_.digest, resumption_ ? resumption_->first_ordinal() : 0));
  if (auto empty = empty_part_warning(config_, *content_)) warn(std::move(*empty));
  for (Error& warning : content_warnings(*content_)) warn(std::move(warning));
  warn_of_full_disk();
  return go_on();
}

/// Behind what another process has sent, if one has.
Done Run::Impl::go_on() {
  if (!resumption_) return {};
  for (const std::string& change : resumption_->changes())
    warn({ErrorKind::runtime, change, "what is missing there is sent again, from the run's begin on"});
  pipeline_->begin_at(resumption_->first_ordinal());
  pipeline_->keep_log(resumption_->log());
  return resumption_->start(outlets_.sinks());
}

std::unique_ptr<Feed> Run::Impl::make_feed(FeedPlace place) const {
  std::vector<const Encoder*> encoders;
  for (const auto& encoder : content_->encoders) encoders.push_back(encoder.get());
  return std::make_unique<Feed>(*content_->scenario, std::move(encoders),
                                shard_range(config_.shard, content_->scenario->shard_count()), content_->run,
                                config_.delivery.threads, config_.faults, config_.content.seed, place,
                                config_.content.limit);
}

/// By the clock, when the first event of a live run was due: some time back, where the wall clock is past the
/// start or there is history to send. None: when the run begins.
std::optional<std::int64_t> Run::Impl::live_start_ns() {
  const PaceOptions& pace = config_.pace;
  if (!pace.live || pace.starts_anew || (pace.start_when_ready && pace.backfill_ns == 0)) return std::nullopt;
  const std::int64_t live_at_ns = config_.content.start_ns + pace.backfill_ns;
  const std::int64_t history_ns = whole_saturating(static_cast<double>(pace.backfill_ns) / pace.speed);
  return subtract_saturating(clock_.now_ns() - (clock_.wall_ns() - live_at_ns), history_ns);
}

/// Looks closely only where it may be tight: no event takes more than a kilobyte. What is resumed is there in
/// part.
void Run::Impl::warn_of_full_disk() {
  constexpr double kEventBytesMost = 1024;
  const auto room = static_cast<double>(least_disk_room(config_.delivery.sinks));
  if (resumption_ && resumption_->resumes()) return;
  if (most_events_of(*content_, config_) * kEventBytesMost <= room) return;
  const RunSize size = measure_size(*content_, config_);
  for (Error& warning : disk_warnings(config_.delivery.sinks, size.bytes())) warn(std::move(warning));
}

void Run::Impl::warn(Error warning) {
  const std::scoped_lock lock(mutex_);
  warnings_.push_back(std::move(warning));
}

std::vector<Error> Run::Impl::take_warnings() {
  const std::scoped_lock lock(mutex_);
  for (Error& warning : outlets_.take_warnings()) warnings_.push_back(std::move(warning));
  if (pipeline_) warn_of_first_event();
  if (recording_)
    for (Error& warning : recording_->take_warnings()) warnings_.push_back(std::move(warning));
  return std::exchange(warnings_, {});
}

void Run::Impl::start() {
  {
    const std::scoped_lock lock(mutex_);
    state_ = RunState::running;
    started_ns_ = clock_.now_ns();
  }
  try {
    conductor_ = std::thread([this] { conduct(); });
  } catch (const std::exception& e) {
    Pipeline::End end;
    end.error = Error{ErrorKind::runtime, std::string("start the run's thread: ") + e.what(),
                      "raise the limits of memory and processes (ulimit -v, ulimit -u)"};
    finish(std::move(end));
  }
}

void Run::Impl::conduct() {
  use_tight_timer_slack();
  if (const int refused = config_.pace.realtime ? ask_for_realtime() : 0; refused != 0)
    warn(system_error(
        "--realtime: ask for real-time scheduling", refused,
        "the run continues without it; root can allow it with ulimit -r 1, or setcap cap_sys_nice+ep"));
  finish(pipeline_->run());
}

void Run::Impl::finish(Pipeline::End end) {
  if (Done closed = outlets_.close(); !closed && !end.error) end.error = closed.error();
  bool abandoned = false;
  {
    const std::scoped_lock lock(mutex_);
    abandoned = abandoned_;
  }
  if (resumption_)
    if (Done saved = resumption_->finish(end.reached_end && !end.error && !abandoned); !saved && !end.error)
      end.error = saved.error();
  if (recording_ && end.reached_end && !end.error) end.error = recording_->nothing_to_send();
  const std::scoped_lock lock(mutex_);
  end_ = std::move(end);
  ended_ns_ = clock_.now_ns();
  state_ = end_.error ? RunState::failed : RunState::stopped;
  changed_.notify_all();
}

void Run::Impl::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (state_ == RunState::running) state_ = RunState::draining;
  }
  pipeline_->stop();
  outlets_.stop_reaching();
}

void Run::Impl::abandon() {
  {
    const std::scoped_lock lock(mutex_);
    if (!ended_ns_) abandoned_ = true;
  }
  stop();
  outlets_.abandon();
}

bool Run::Impl::wait_for(std::int64_t timeout_ns) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), [&] { return ended_ns_.has_value(); });
}

RunResult Run::Impl::wait() {
  if (conductor_.joinable()) conductor_.join();
  RunResult result;
  result.status = status();
  result.seed = config_.content.seed;
  result.run = run_text(recording_ ? recording_->forms().run : content_->run);
  result.start_ns = config_.content.start_ns;
  result.end_ns = config_.content.end_ns;
  result.drained = !abandoned_;
  result.reached_end = end_.reached_end;
  result.reader_gone = end_.reader_gone;
  result.error = end_.error;
  result.failures = outlets_.failure_reasons();
  if (resumption_ && resumption_->refused() > 0)
    result.failures.push_back({"refused before the run was resumed", resumption_->refused()});
  result.lost = outlets_.lost();
  return result;
}

Manifest Run::Impl::manifest() const {
  Manifest manifest =
      manifest_of(config_, recording_ ? record_of(config_, *recording_) : record_of(config_, *content_));
  const auto& sinks = outlets_.sinks();
  for (std::size_t i = 0; i < sinks.size(); ++i)
    for (const StreamPosition& origin : resumption_ ? resumption_->log().origins[i] : origins_of(*sinks[i]))
      manifest.origins.push_back(origin);
  if (!log_ || !ended()) return manifest;
  const RunStatus now = status();
  ManifestTotals totals;
  totals.complete = end_.reached_end && !abandoned_ && now.failed == 0;
  totals.faults = now.faults;
  totals.sinks = now.sinks;
  log_->fill(totals);
  manifest.totals = std::move(totals);
  return manifest;
}

bool Run::Impl::ended() const {
  const std::scoped_lock lock(mutex_);
  return ended_ns_.has_value();
}

RunStatus Run::Impl::status() const {
  RunStatus s;
  std::int64_t until_ns = clock_.now_ns();
  {
    const std::scoped_lock lock(mutex_);
    s.state = state_;
    if (ended_ns_) until_ns = *ended_ns_;
    if (started_ns_) s.uptime_s = static_cast<double>(until_ns - *started_ns_) / 1e9;
  }
  const PipelineCounters& counters = pipeline_->counters();
  s.shed = counters.shed.load();
  s.released = counters.released.load();
  s.overdue = counters.overdue.load();
  s.faults = {counters.faults.late, counters.faults.duplicate, counters.faults.reorder, counters.faults.drop,
              counters.faults.corrupt};
  s.generated = s.released + s.faults.drop - std::min(s.released, s.faults.duplicate);
  if (content_) s.planned = config_.shard.count == 1 ? content_->scenario->outlook().planned_events() : 0;
  if (const std::uint64_t most = config_.content.limit.most; most > 0)
    s.planned = s.planned == 0 ? most : std::min(s.planned, most);
  s.event_time_ns = counters.event_time_ns.load();
  if (s.generated > 0 && content_) s.headline = content_->scenario->outlook().headline(s.event_time_ns);
  const auto send_lag = std::make_unique<Histogram>(counters.send_lag);
  outlets_.times().read_send(*send_lag);
  s.send_lag = summarise(*send_lag);
  outlets_.read(s);
  tell_rates(counters, outlets_, pacer_->plan().limited(), s);
  if (resumption_) s.resumed = resumption_->resumes();
  for (std::size_t i = 0; resumption_ && i < s.sinks.size(); ++i) {
    s.sinks[i].already = resumption_->already(i);
    s.already = i == 0 ? s.sinks[i].already : std::min(s.already, s.sinks[i].already);
  }
  if (const auto plan = outlets_.times().plan()) tell_plan(*plan, config_, until_ns, s);
  s.wait = waiting_of(counters, outlets_, clock_.now_ns(), s.uptime_s);
  if (recording_) tell_replay(s);
  return s;
}

/// The speed is that of the slowest sink, as the rate is.
void Run::Impl::tell_replay(RunStatus& status) const {
  ReplayStatus& replay = status.replay.emplace(recording_->status());
  const PipelineCounters& counters = pipeline_->counters();
  replay.asked_speed = config_.pace.live ? config_.pace.speed : 0;
  std::int64_t until_ns = INT64_MAX;
  for (std::size_t i = 0; i < outlets_.sinks().size(); ++i)
    until_ns = std::min(until_ns, outlets_.last_acked_ns(i));
  const std::int64_t took_ns = until_ns - counters.first_due_ns.load();
  if (counters.first_due_ns.load() == 0 || took_ns <= 0) return;
  replay.got_speed = static_cast<double>(counters.event_time_ns.load() - counters.first_event_ns.load()) /
                     static_cast<double>(took_ns);
}

/// Once: nothing else shows whether a run that sends nothing waits or hangs.
void Run::Impl::warn_of_first_event() {
  const std::int64_t left_ns = pipeline_->counters().awaited_at_ns.load() - clock_.now_ns();
  if (told_of_first_event_ || left_ns < kLongWait_ns) return;
  told_of_first_event_ = true;
  warnings_.push_back(
      first_event_warning(pipeline_->counters(), left_ns, resumption_ && resumption_->resumes()));
}

Run::Run(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Run::~Run() = default;

Result<std::unique_ptr<Run>> Run::open(RunConfig config, Clock& clock) {
  auto impl = std::make_unique<Impl>(std::move(config), clock);
  if (Done ok = impl->open(); !ok) return tl::make_unexpected(ok.error());
  return std::unique_ptr<Run>(new Run(std::move(impl)));
}

void Run::start() {
  impl_->start();
}
void Run::stop() {
  impl_->stop();
}
void Run::abandon() {
  impl_->abandon();
}
RunResult Run::wait() {
  return impl_->wait();
}
bool Run::wait_for(std::int64_t timeout_ns) {
  return impl_->wait_for(timeout_ns);
}
Manifest Run::manifest() const {
  return impl_->manifest();
}
RunStatus Run::status() const {
  return impl_->status();
}
std::vector<Error> Run::take_warnings() {
  return impl_->take_warnings();
}

}  // namespace racesim
