// Files that a command holds from its beginning to its end: the lock against a second one, and where its
// summary goes, which is found out before anything is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/command.h"
#include "io/files/atomic_file.h"
#include "io/files/lock_file.h"

namespace racesim::cli {

class HeldFiles {
 public:
  /// An empty path is none. Errors: busy for a lock that another process holds, those of the files.
  static Result<HeldFiles> hold(const std::string& lock, const std::string& summary);

  bool wants_summary() const { return summary_.has_value(); }
  /// Once. Errors are shown, and are the code where there was none.
  void write_summary(const Context& context, std::string_view text, int& code);

 private:
  std::optional<LockFile> lock_;
  std::optional<AtomicFile> summary_;
};

}  // namespace racesim::cli
