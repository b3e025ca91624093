#include "serve/control/live_run.h"

#include <system_error>
#include <utility>

#include "run/record/manifest.h"
#include "run/run_id.h"
#include "serve/live/ring_sink.h"

namespace racesim::serve {
namespace {

constexpr std::int64_t kLook_ns = kNsPerSecond / 10;

KeptManifest kept(std::uint32_t run, const Manifest& manifest) {
  return {run, manifest.content.start_ns / 1'000'000, manifest.totals.has_value(), format_manifest(manifest)};
}

}  // namespace

LiveRun::LiveRun(const ScenarioEntry& scenario, LiveFeed& feed, RunBook& book, StoreKeeper* store,
                 Clock& clock, Told warn)
    : scenario_(scenario), feed_(feed), book_(book), store_(store), clock_(clock), warn_(std::move(warn)) {}

LiveRun::~LiveRun() {
  stop([] {});
  if (thread_.joinable()) thread_.join();
}

bool LiveRun::start(RunConfig config, const std::function<void(const Done&)>& opened) {
  {
    const std::lock_guard lock(mutex_);
    if (LiveRunState{state_, {}}.is_active()) return false;
    state_changes_.note();
    state_ = RunState::starting;
    stop_asked_ = false;
    any_ = true;
    run_text_.clear();
    error_.reset();
    counts_ = {};
  }
  if (thread_.joinable()) thread_.join();  // the last one's, which has only its end to tell
  try {
    thread_ = std::thread(
        [this, config = std::move(config), opened]() mutable { carry_out(std::move(config), opened); });
  } catch (const std::system_error& e) {
    const Error error{ErrorKind::runtime, std::string("start the run's thread: ") + e.what(),
                      "raise the limits of memory and processes (ulimit -v, ulimit -u)"};
    end(error, std::nullopt);
    opened(tl::make_unexpected(error));
  }
  return true;
}

void LiveRun::stop(std::function<void()> ended) {
  {
    const std::lock_guard lock(mutex_);
    if (LiveRunState{state_, {}}.is_active()) {
      stop_asked_ = true;
      ended_.push_back(std::move(ended));
      if (run_ != nullptr) {
        state_changes_.note();
        state_ = RunState::draining;
        run_->stop();
      }
      return;
    }
  }
  ended();
}

void LiveRun::abandon() {
  const std::lock_guard lock(mutex_);
  stop_asked_ = true;
  if (run_ != nullptr) run_->abandon();
}

LiveRunStatus LiveRun::status() const {
  const std::lock_guard lock(mutex_);
  LiveRunStatus status{state_, run_text_, error_, counts_, any_};
  if (run_ != nullptr) status.counts = run_->status();
  return status;
}

LiveRunState LiveRun::state() const {
  const std::lock_guard lock(mutex_);
  return {state_, run_text_};
}

std::shared_ptr<const ScenarioContent> LiveRun::content() const {
  const std::lock_guard lock(mutex_);
  return content_;
}

/// Null: it could not be opened, or is not wanted any more.
std::unique_ptr<Run> LiveRun::open(RunConfig config, const std::function<void(const Done&)>& opened) {
  config.log_releases = config.digest = true;  // its manifest can be asked for
  config.delivery.own_sinks.push_back([this](const EventForms& forms, AckListener* acks) {
    run_number_ = forms.run;
    {
      const std::lock_guard lock(mutex_);
      state_changes_.note();
      run_text_ = run_text(forms.run);
    }
    return make_ring_sink(feed_.ring(scenario_), forms, acks);
  });
  // Behind the live view, which shows what is made also when the store holds it up.
  if (store_ != nullptr)
    config.delivery.own_sinks.push_back(
        [this](const EventForms& forms, AckListener* acks) { return store_->make_sink(forms, acks); });
  const Done ready = store_ == nullptr ? Done() : store_->ready();
  Result<std::unique_ptr<Run>> made = ready
                                          ? Run::open(std::move(config), clock_)
                                          : Result<std::unique_ptr<Run>>(tl::make_unexpected(ready.error()));
  if (!made) {
    end(made.error(), std::nullopt);
    opened(tl::make_unexpected(made.error()));
    return nullptr;
  }
  return std::move(*made);
}

/// Before its first event: whoever reads that finds the run in the book.
void LiveRun::note_begun(const Run& run) {
  const auto manifest = std::make_shared<const Manifest>(run.manifest());
  Result<std::shared_ptr<const MasterData>> master = master_of(manifest->content);
  if (!master) warn_(master.error());
  book_.add({run_number_, manifest->content, master ? std::move(*master) : nullptr, manifest});
  if (store_ != nullptr) store_->keep_manifest(kept(run_number_, *manifest));
}

/// What the run leaves open is stored, with what it sent. Returns what went wrong.
std::optional<Error> LiveRun::note_ended(const Run& run, bool drained) {
  Manifest manifest = run.manifest();
  Done stored;
  if (store_ != nullptr) {
    KeptManifest to_keep = kept(run_number_, manifest);
    // Whoever gave up waiting for the store does not wait for it once more.
    if (drained)
      stored = store_->end_run(std::move(to_keep));
    else
      store_->keep_manifest(std::move(to_keep));
  }
  book_.note_end(run_number_, std::move(manifest));
  return stored ? std::nullopt : std::optional(stored.error());
}

void LiveRun::carry_out(RunConfig config, const std::function<void(const Done&)>& opened) {
  const std::int64_t drain_ns = config.delivery.drain_timeout_ns;
  const ContentOptions& options = config.content;
  if (auto content = scenario_.read({options.values, options.volume, options.live})) {
    const std::lock_guard lock(mutex_);
    content_ = std::move(*content);
  }
  std::unique_ptr<Run> made = open(std::move(config), opened);
  if (made == nullptr) return;
  Run& run = *made;
  note_begun(run);
  feed_.select(scenario_);
  run.start();
  {
    const std::lock_guard lock(mutex_);
    state_changes_.note();
    run_ = std::move(made);
    state_ = RunState::running;
    if (stop_asked_) {
      state_ = RunState::draining;
      run.stop();
    }
  }
  opened({});
  watch(run, drain_ns);
  const RunResult result = run.wait();
  for (const Error& warning : run.take_warnings()) warn_(warning);
  if (result.lost) warn_(*result.lost);
  const std::optional<Error> not_stored = note_ended(run, result.drained);
  end(result.error ? result.error : not_stored, result.status);
}

void LiveRun::watch(Run& run, std::int64_t drain_ns) {
  std::int64_t give_up_ns = 0;
  while (!run.wait_for(kLook_ns)) {
    for (const Error& warning : run.take_warnings()) warn_(warning);
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      stopping = stop_asked_;
    }
    if (!stopping) continue;
    if (give_up_ns == 0) give_up_ns = clock_.now_ns() + drain_ns;
    if (clock_.now_ns() > give_up_ns) run.abandon();
  }
}

void LiveRun::end(std::optional<Error> error, std::optional<RunStatus> counts) {
  if (error) warn_(*error);
  std::vector<std::function<void()>> ended;
  std::unique_ptr<Run> gone;
  {
    const std::lock_guard lock(mutex_);
    gone = std::move(run_);
    if (counts) counts_ = std::move(*counts);
    ended.swap(ended_);
  }
  gone.reset();  // its sinks are closed before anybody is told
  {
    const std::lock_guard lock(mutex_);
    state_changes_.note();
    error_ = std::move(error);
    state_ = error_ ? RunState::failed : RunState::stopped;
    for (auto& more : ended_) ended.push_back(std::move(more));
    ended_.clear();
  }
  for (const std::function<void()>& tell : ended) tell();
}

}  // namespace racesim::serve
