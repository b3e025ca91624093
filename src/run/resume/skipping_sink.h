// A sink of a resumed run: what it has already is not sent again.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/sink.h"
#include "run/resume/already_there.h"
#include "run/resume/progress_log.h"

namespace racesim {

/// Owns `inner` and passes on to it all but what is there already, which it settles.
class SkippingSink final : public Sink {
 public:
  /// `settled` is told of what is skipped; it outlives the sink.
  SkippingSink(std::unique_ptr<Sink> inner, AlreadyThere already, SettledEvents& settled)
      : Sink(*inner), inner_(std::move(inner)), already_(std::move(already)), settled_(settled) {}

  std::string name() const override { return inner_->name(); }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override;
  Done close() override { return inner_->close(); }
  void abandon() override { inner_->abandon(); }
  void stop_reaching() override { inner_->stop_reaching(); }
  std::optional<std::uint64_t> unsent() const override { return inner_->unsent(); }
  Resumable* resumable() override { return inner_->resumable(); }

 private:
  const std::unique_ptr<Sink> inner_;
  const AlreadyThere already_;
  SettledEvents& settled_;
};

}  // namespace racesim
