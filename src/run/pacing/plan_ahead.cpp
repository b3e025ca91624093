#include "run/pacing/plan_ahead.h"

#include <algorithm>
#include <optional>

#include "base/saturate.h"

namespace racesim {

void tell_plan(const Pacer::Plan& plan, const RunConfig& config, std::int64_t now_ns, RunStatus& status) {
  const ContentOptions& content = config.content;
  // Live events come as they do: their mean so far stands for the moment.
  const bool by_events = config.pace.live || !plan.limited();
  status.plan_rate = by_events ? status.target_rate : plan.rate_at(now_ns);
  std::optional<std::int64_t> last_due_ns;
  if (config.pace.live && content.end_ns)
    last_due_ns = plan.event_due_ns(*content.end_ns);
  else if (status.planned > 0)
    last_due_ns = plan.ordinal_due_ns(status.planned - 1);
  if (last_due_ns)
    status.planned_left_s =
        static_cast<double>(std::max<std::int64_t>(0, subtract_saturating(*last_due_ns, now_ns))) / 1e9;
  if (!config.pace.live || !content.end_ns || *content.end_ns <= content.start_ns) return;
  const auto done_ns = static_cast<double>(status.event_time_ns - content.start_ns);
  status.planned_share =
      std::clamp(done_ns / static_cast<double>(*content.end_ns - content.start_ns), 0.0, 1.0);
}

}  // namespace racesim
