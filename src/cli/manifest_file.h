// The file of --manifest: FILE.partial while the run goes on, so that also a run that is killed can be
// verified, FILE when it has ended.
#pragma once

#include <optional>
#include <string>

#include "io/files/atomic_file.h"
#include "run/manifest.h"

namespace racesim::cli {

class ManifestFile {
 public:
  /// Opens FILE.partial, empty; with an empty path nothing is ever written. Errors: those of
  /// AtomicFile::create().
  static Result<ManifestFile> create(const std::string& path);

  /// What the run was told. Before its first event is sent.
  Done begin(Manifest manifest);
  /// And what it sent; gives the file its name.
  Done finish(Manifest manifest);

 private:
  std::optional<AtomicFile> file_;
};

}  // namespace racesim::cli
