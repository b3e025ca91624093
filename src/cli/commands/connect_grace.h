// --connect-timeout, as run and verify have it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace racesim::cli {

/// 0 is as long as it takes. librdkafka counts milliseconds in an int: 23 days are for ever.
inline std::int64_t connect_grace_ns(std::int64_t timeout_ns) {
  constexpr std::int64_t kForEver_ns = 2'000'000'000'000'000;
  return timeout_ns == 0 ? kForEver_ns : std::min(timeout_ns, kForEver_ns);
}

}  // namespace racesim::cli
