#include "run/replay/scan_workers.h"

#include <algorithm>
#include <system_error>

namespace racesim {
namespace {

constexpr std::size_t kMostThreads = 3;  // then reading and writing take longer than looking

}  // namespace

std::size_t ScanWorkers::useful_threads() {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  return std::min(cores - 1, kMostThreads);
}

ScanWorkers::ScanWorkers(const ReplayConfig& config, const ReplayStreams& streams, std::size_t threads)
    : config_(config), streams_(streams), own_(config, streams) {
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // Slower, and the same.
  }
}

ScanWorkers::~ScanWorkers() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  begun_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ScanWorkers::begin(ScanJob& job) {
  {
    const std::scoped_lock lock(mutex_);
    job.state = ScanJob::State::waiting;
    job.exception = nullptr;
    waiting_.push_back(&job);
  }
  begun_.notify_one();
}

/// Null: there is none. Under the lock.
ScanJob* ScanWorkers::take() {
  if (waiting_.empty()) return nullptr;
  ScanJob* const job = waiting_.front();
  waiting_.pop_front();
  job->state = ScanJob::State::running;
  return job;
}

void ScanWorkers::run(ScanJob& job, FactScan& scan) {
  std::exception_ptr exception;
  try {
    scan.scan(*job.lane, job.info, job.block);
  } catch (...) {
    exception = std::current_exception();
  }
  const std::scoped_lock lock(mutex_);
  job.exception = exception;
  job.state = ScanJob::State::done;
  done_.notify_all();
}

void ScanWorkers::work() {
  FactScan scan(config_, streams_);
  for (;;) {
    ScanJob* job = nullptr;
    {
      std::unique_lock lock(mutex_);
      begun_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
      if (ended_) return;
      job = take();
    }
    run(*job, scan);
  }
}

void ScanWorkers::finish(ScanJob& job) {
  for (;;) {
    ScanJob* mine = nullptr;
    {
      std::unique_lock lock(mutex_);
      if (job.state == ScanJob::State::done) break;
      mine = take();
      if (mine == nullptr) done_.wait(lock, [&] { return job.state == ScanJob::State::done; });
    }
    if (mine != nullptr) run(*mine, own_);
  }
  if (job.exception) std::rethrow_exception(job.exception);
}

void ScanWorkers::drop(ScanJob& job) {
  std::unique_lock lock(mutex_);
  if (job.state == ScanJob::State::waiting) {
    std::erase(waiting_, &job);
    job.state = ScanJob::State::done;
  }
  done_.wait(lock, [&] { return job.state == ScanJob::State::done; });
}

}  // namespace racesim
