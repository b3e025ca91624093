// Assertions for programmer errors. They stay on in Release; keep them out of per-event loops.
#pragma once

namespace racesim {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace racesim

#define RACESIM_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::racesim::check_failed(#condition, __FILE__, __LINE__))
