// The exit codes of racesim, and the one place that maps errors to them.
#pragma once

#include "base/error.h"

namespace racesim::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitRuntime = 1;       ///< I/O, network, disk
inline constexpr int kExitUsage = 2;         ///< an option, a configuration value or their combination
inline constexpr int kExitMasterData = 3;    ///< master data missing or invalid
inline constexpr int kExitPartial = 4;       ///< finished, but some events could not be delivered
inline constexpr int kExitThreshold = 5;     ///< a --threshold does not hold
inline constexpr int kExitDifference = 5;    ///< verify found a difference
inline constexpr int kExitBusy = 6;          ///< a lock is held, a port is taken
inline constexpr int kExitSignalBase = 128;  ///< + the signal's number: a bounded job was cut short

/// The same for people: man pages and the reference show it.
struct ExitCodeText {
  const char* code;
  const char* meaning;
};
inline constexpr ExitCodeText kExitCodeTexts[] = {
    {"0", "Done; also an unbounded run that was stopped by a signal and delivered everything."},
    {"1", "Run-time failure: input or output, network, disk."},
    {"2", "Usage or configuration."},
    {"3", "Master data missing or invalid."},
    {"4", "Finished, but some events could not be delivered; they are in the dead-letter file."},
    {"5", "verify found a difference, or a --threshold does not hold. 5 has priority over 4."},
    {"6", "Already running: another process holds the --lock, writes the same file or sends the same run."},
    {"129, 130, 143",
     "SIGHUP, SIGINT or SIGTERM stopped a bounded job early. A second signal ends any job at once."},
    {"131", "SIGQUIT ended the job at once."},
};

constexpr int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::runtime:
    case ErrorKind::reader_gone:  // no error of a run, which --strict-pipe alone may fail
      return kExitRuntime;
    case ErrorKind::usage:
      return kExitUsage;
    case ErrorKind::master_data:
      return kExitMasterData;
    case ErrorKind::busy:
      return kExitBusy;
    case ErrorKind::partial:
      return kExitPartial;
  }
  return kExitRuntime;
}

}  // namespace racesim::cli
