#include "run/run_id.h"

#include <fmt/format.h>

#include "base/random.h"

namespace racesim {

std::uint32_t derive_run(const ContentOptions& content, int scenario_version,
                         const std::array<std::uint64_t, 2>& master_hash) {
  std::string text = fmt::format("{}@{}|seed={}|start={}|volume={}{}|popularity={}|master={:016x}{:016x}",
                                 content.scenario, scenario_version, content.seed, content.start_ns,
                                 content.volume, content.volume_per_minute ? "/min" : "", content.popularity,
                                 master_hash[0], master_hash[1]);
  if (!content.volume_per_minute && content.end_ns) text += fmt::format("|end={}", *content.end_ns);
  return static_cast<std::uint32_t>(mix64(topic_hash(text)) >> 32);
}

}  // namespace racesim
