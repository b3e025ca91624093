#include "run/session.h"

namespace racesim {

const char* to_string(RunState state) {
  switch (state) {
    case RunState::idle:
      return "idle";
    case RunState::starting:
      return "starting";
    case RunState::running:
      return "running";
    case RunState::draining:
      return "draining";
    case RunState::stopped:
      return "stopped";
    case RunState::failed:
      return "failed";
  }
  return "";
}

}  // namespace racesim
