// The sessions of a run one after the other. Each begins a fixed period after the one before, so that a
// moment's session is known without planning those before it; how many samples came before it is found by
// planning them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "sim/race/sample_rate.h"
#include "sim/race/session.h"

namespace racesim::race {

/// Any thread.
class Calendar {
 public:
  /// `input` is that of the first session; others have a seed drawn from its. `templates` outlives this.
  /// `qualifying` is what a race's grid comes from: the result of that session with the race's seed, for a
  /// sprint with a seed drawn from it.
  Calendar(PlanInput input, const Templates& templates, SampleRate rate,
           std::optional<PlanInput> qualifying = std::nullopt);

  /// Between the begins of two sessions: whole hours with room for the longest one.
  std::int64_t period_ms() const { return period_ms_; }

  /// What sessions before a session have sent: each seq goes on from there.
  struct Counts {
    std::uint64_t messages = 0;          ///< of race control
    std::vector<std::uint64_t> samples;  ///< by car
    std::vector<std::uint64_t> passes;   ///< of checkpoints, by car
    std::vector<std::uint64_t> laps;     ///< by car
  };
  struct Place {
    std::shared_ptr<const Session> session;
    Counts before;
  };
  /// Session `index`, from 0. The first look at a session plans it and, once, all before it. Only the session
  /// looked at last and those that someone still holds stay in memory.
  Place at(std::uint64_t index) const;
  /// Whether nothing of session `index` is left to see `since_ms` behind its begin. False for sure only once
  /// it has been planned.
  bool is_over(std::uint64_t index, std::int64_t since_ms) const;

 private:
  std::shared_ptr<const Session> session(std::uint64_t index) const;
  std::vector<std::uint32_t> grid_of(const PlanInput& race) const;
  Counts behind(const Session& session, const Counts& before) const;

  const PlanInput input_;
  const std::optional<PlanInput> qualifying_;
  const Templates& templates_;
  const SampleRate rate_;
  std::int64_t period_ms_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Session> latest_;
  mutable std::vector<std::pair<std::uint64_t, std::weak_ptr<const Session>>> alive_;
  mutable std::vector<Counts> before_;        // of sessions, as far as known
  mutable std::vector<std::int64_t> end_ms_;  // likewise, since their begin
};

}  // namespace racesim::race
