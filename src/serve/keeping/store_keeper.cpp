#include "serve/keeping/store_keeper.h"

#include <atomic>
#include <chrono>
#include <future>
#include <utility>

#include "run/rows/block_decoder.h"
#include "run/run_id.h"
#include "serve/keeping/run_results.h"
#include "serve/keeping/store_sink.h"

namespace racesim::serve {
namespace {

constexpr std::int64_t kLookAtIngest_ns = kNsPerSecond / 10;
constexpr std::int64_t kOpenAgain_ns = kNsPerSecond;

void add_counts(const IngestCounts& from, IngestCounts& to) {
  to.consumed += from.consumed;
  to.stored += from.stored;
  to.duplicates += from.duplicates;
  to.dead_lettered += from.dead_lettered;
  to.conflicts += from.conflicts;
  to.rejected += from.rejected;
  to.expired += from.expired;
  to.gaps += from.gaps;
  to.fenced += from.fenced;
  to.commits += from.commits;
  for (const auto& [table, rows] : from.stored_by_table) to.stored_by_table[table] += rows;
}

StorePlan with_results(StorePlan plan) {
  for (const StoreTable& table : result_tables()) plan.options.tables.push_back(table);
  return plan;
}

}  // namespace

StoreKeeper::StoreKeeper(StorePlan plan, const RunBook& book, Clock& clock,
                         std::function<void(const Error&)> warn)
    : plan_(with_results(std::move(plan))),
      clock_(clock),
      warn_(std::move(warn)),
      book_(book),
      inbox_(plan_.inbox, clock, [this] { return trouble(); }) {}

StoreKeeper::~StoreKeeper() {
  stop();
  abandon();
  close();
}

Result<std::unique_ptr<Ingest>> StoreKeeper::make_ingest() {
  Result<std::unique_ptr<Store>> store = plan_.store->open(plan_.options);
  if (!store) return tl::make_unexpected(store.error());
  Result<std::unique_ptr<BlockDecoder>> decoder = BlockDecoder::make({});
  if (!decoder) return tl::make_unexpected(decoder.error());
  std::unique_ptr<Source> source = inbox_.source();
  auto target = std::make_unique<Transaction>(*source, std::move(*store), plan_.config.on_invalid,
                                              std::make_unique<RunResults>(book_, ledger_, warn_));
  return std::make_unique<Ingest>(plan_.config, std::move(source),
                                  std::unique_ptr<WorkTarget>(std::move(target)), std::move(*decoder),
                                  clock_);
}

Done StoreKeeper::open() {
  Result<std::unique_ptr<Ingest>> ingest = make_ingest();
  if (!ingest && ingest.error().kind != ErrorKind::busy) return tl::make_unexpected(ingest.error());
  if (ingest)
    run(std::move(*ingest));
  else
    failed(ingest.error());
  thread_ = std::thread([this] { keep_open(); });
  return {};
}

void StoreKeeper::run(std::unique_ptr<Ingest> ingest) {
  static_cast<void>(ingest->open());  // the inbox is there already
  ingest->start();
  const std::lock_guard lock(mutex_);
  name_ = ingest->target().name();
  ingest_ = std::move(ingest);
  error_.reset();
  if (stopping_) ingest_->stop();
}

void StoreKeeper::failed(const Error& error) {
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    again = error_ && error_->what == error.what;
    error_ = error;
  }
  inbox_.close(error);
  if (!again) warn_(error);
}

/// By its own thread: sees an ingest to its end, and begins another one while nobody stops it.
void StoreKeeper::keep_open() {
  for (;;) {
    Ingest* ingest = nullptr;
    {
      const std::lock_guard lock(mutex_);
      ingest = ingest_.get();
    }
    if (ingest != nullptr) {
      while (!ingest->wait_for(kLookAtIngest_ns)) {
      }
      const IngestResult result = ingest->wait();
      std::unique_ptr<Ingest> ended;
      {
        const std::lock_guard lock(mutex_);
        add_counts(result.status.counts, before_);
        ended = std::move(ingest_);
      }
      ended.reset();
      if (result.error)
        failed(*result.error);
      else
        inbox_.close({ErrorKind::runtime, "the service is stopping", ""});
    }
    if (!pause()) return;
    Result<std::unique_ptr<Ingest>> next = make_ingest();
    if (next)
      run(std::move(*next));
    else
      failed(next.error());
  }
}

/// False: it is to end.
bool StoreKeeper::pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::nanoseconds(kOpenAgain_ns), [&] { return stopping_; });
  return !stopping_;
}

std::unique_ptr<Sink> StoreKeeper::make_sink(const EventForms& forms, AckListener* acks) {
  return make_store_sink(inbox_, forms, acks);
}

Done StoreKeeper::end_run(KeptManifest manifest) {
  RecordBlock block;
  block.after.source = kRunSource;
  block.after.lane = run_text(manifest.run);
  block.lanes_ended = 1;
  block.pad();
  ledger_.put(std::move(manifest));
  const auto stored = std::make_shared<std::promise<Done>>();
  const std::atomic<bool> given_up{false};
  const Done taken = inbox_.put(
      std::move(block),
      [stored](const Result<BlockOutcome>& outcome) {
        stored->set_value(outcome ? Done() : Done(tl::make_unexpected(outcome.error())));
      },
      given_up);
  return taken ? stored->get_future().get() : taken;
}

Done StoreKeeper::ready() const {
  const std::lock_guard lock(mutex_);
  if (error_ && ingest_ == nullptr)
    return fail(ErrorKind::runtime, "nothing can be stored now: " + error_->what, error_->hint);
  return {};
}

std::string StoreKeeper::trouble() const {
  const StoreStatus now = status();
  if (now.error) return now.error->what;
  return now.ingest.wait ? now.ingest.waiting_for + ": " + now.ingest.wait->why : std::string();
}

StoreStatus StoreKeeper::status() const {
  StoreStatus now;
  const std::lock_guard lock(mutex_);
  now.name = name_.empty() ? std::string(plan_.store->name) : name_;
  now.open = ingest_ != nullptr;
  if (ingest_ != nullptr)
    now.ingest = ingest_->status();
  else
    now.error = error_;
  add_counts(before_, now.ingest.counts);
  return now;
}

void StoreKeeper::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (ingest_ != nullptr) ingest_->stop();
  changed_.notify_all();
}

void StoreKeeper::abandon() {
  const std::lock_guard lock(mutex_);
  if (ingest_ != nullptr) ingest_->abandon();
}

void StoreKeeper::close() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace racesim::serve
