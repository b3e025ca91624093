#include "cli/commands/held_files.h"

#include <utility>

#include "cli/exit_codes.h"
#include "cli/globals.h"

namespace racesim::cli {

Result<HeldFiles> HeldFiles::hold(const std::string& lock, const std::string& summary) {
  HeldFiles files;
  if (!lock.empty()) {
    Result<LockFile> held = LockFile::acquire(lock);
    if (!held) return tl::make_unexpected(held.error());
    files.lock_.emplace(std::move(*held));
  }
  if (!summary.empty()) {
    Result<AtomicFile> file = AtomicFile::create(summary);
    if (!file) return tl::make_unexpected(file.error());
    files.summary_.emplace(std::move(*file));
  }
  return files;
}

void HeldFiles::write_summary(const Context& context, std::string_view text, int& code) {
  if (!summary_) return;
  Done written = summary_->write(text);
  if (written) written = summary_->commit();
  summary_.reset();
  if (written) return;
  if (code == kExitOk) code = exit_code(written.error().kind);
  show_error(context, written.error(), code);
}

}  // namespace racesim::cli
