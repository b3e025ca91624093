// The files that racesim run writes beside its events: the manifest (FILE.partial while the run goes on, so
// that also a run that is killed can be verified; FILE when it has ended) and the summary.
#pragma once

#include <optional>
#include <string>

#include "cli/commands/run/options.h"
#include "io/files/atomic_file.h"
#include "run/record/manifest.h"

namespace racesim::cli {

class RunOutputs {
 public:
  /// Opens what the options name, and takes some room for it: that a path cannot be written is told before
  /// the run and not after it. Errors: those of AtomicFile::create(), and a full disk.
  static Result<RunOutputs> open(const RunOptions& options);

  /// What the run was told. Before its first event is sent.
  Done begin(Manifest manifest);
  /// And what it sent; gives the manifest its name.
  Done finish(Manifest manifest);
  Done write_summary(const std::string& json);

 private:
  std::optional<AtomicFile> manifest_;
  std::optional<AtomicFile> summary_;
};

/// Whether --resume finds a run that has come to its end and wrote all that is asked for: then there is
/// nothing to do.
Result<bool> is_complete(const RunOptions& options, const RunConfig& config);

}  // namespace racesim::cli
