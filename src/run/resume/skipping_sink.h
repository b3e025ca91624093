// A sink of a run that goes on after a kill: what it has already is not sent again.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/sink.h"
#include "run/resume/backlog.h"
#include "run/resume/progress_log.h"

namespace racesim {

class SkippingSink final : public Sink {
 public:
  /// `settled` is told of what is skipped; it outlives the sink.
  SkippingSink(std::unique_ptr<Sink> inner, Backlog backlog, SettledEvents& settled)
      : inner_(std::move(inner)), backlog_(std::move(backlog)), settled_(settled) {}

  std::string name() const override { return inner_->name(); }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override;
  void leave_open() override { inner_->leave_open(); }
  Done close() override { return inner_->close(); }
  void abandon() override { inner_->abandon(); }
  bool reports_sends() const override { return inner_->reports_sends(); }
  std::uint64_t unsent() const override { return inner_->unsent(); }
  bool reader_gone() const override { return inner_->reader_gone(); }
  std::vector<FailureReason> failure_reasons() const override { return inner_->failure_reasons(); }
  std::vector<StreamPosition> positions() const override { return inner_->positions(); }
  std::vector<StreamPosition> origins() const override { return inner_->origins(); }
  Resumable* resumable() override { return inner_->resumable(); }
  const SinkCounters& counters() const override { return inner_->counters(); }

 private:
  const std::unique_ptr<Sink> inner_;
  const Backlog backlog_;
  SettledEvents& settled_;
};

}  // namespace racesim
