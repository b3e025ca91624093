#include "run/run_id.h"

#include <fmt/format.h>

#include "base/random.h"

namespace racesim {

std::uint32_t derive_run(const ScenarioEntry& scenario, const Frame& frame, const std::string& identity,
                         const std::array<std::uint64_t, 2>& master_hash) {
  const std::string text =
      fmt::format("{}@{}|seed={}|start={}|{}|master={:016x}{:016x}", scenario.name, scenario.version,
                  frame.seed, frame.start_ms, identity, master_hash[0], master_hash[1]);
  return static_cast<std::uint32_t>(mix64(topic_hash(text)) >> 32);
}

std::string run_text(std::uint32_t run) {
  return fmt::format("{:08x}", run);
}

}  // namespace racesim
