#include "cli/commands/run/outputs.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "cli/terminal/log.h"
#include "run/record/checkpoint.h"
#include "run/resume/resumption.h"

namespace racesim::cli {
namespace {

/// More than the counts of a run ever need; only the ranges that --on-overload drop leaves out may need more.
constexpr std::size_t kReserved = std::size_t{64} << 10;

Result<std::optional<AtomicFile>> open_output(const std::string& path) {
  if (path.empty()) return std::optional<AtomicFile>();
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  if (Done room = file->reserve(kReserved); !room) return tl::make_unexpected(room.error());
  return std::optional<AtomicFile>(std::move(*file));
}

bool is_missing(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && !std::filesystem::exists(path, ignored);
}

}  // namespace

Result<RunOutputs> RunOutputs::open(const RunOptions& options) {
  RunOutputs outputs;
  auto summary = open_output(options.summary_export);
  if (!summary) return tl::make_unexpected(summary.error());
  outputs.summary_ = std::move(*summary);
  auto manifest = open_output(options.manifest);
  if (!manifest) return tl::make_unexpected(manifest.error());
  outputs.manifest_ = std::move(*manifest);
  return outputs;
}

/// A device or pipe gets the whole at the end.
Done RunOutputs::begin(Manifest manifest) {
  if (!manifest_ || manifest_->partial_path().empty()) return {};
  if (Done ok = manifest_->rewrite(format_manifest(manifest)); !ok) return ok;
  return manifest_->reserve(kReserved);
}

Done RunOutputs::finish(Manifest manifest) {
  if (!manifest_) return {};
  if (Done ok = manifest_->rewrite(format_manifest(manifest)); !ok) return ok;
  return manifest_->commit();
}

Done RunOutputs::write_summary(const std::string& json) {
  if (!summary_) return {};
  if (Done ok = summary_->rewrite(json); !ok) return ok;
  return summary_->commit();
}

Result<bool> is_complete(const RunOptions& options, const RunConfig& config) {
  if (!config.checkpoint.resume) return false;
  Result<std::optional<Checkpoint>> known = load_checkpoint(config.checkpoint.path);
  if (!known) return tl::make_unexpected(known.error());
  if (!*known || !(*known)->complete) return false;
  if (Done ok = check_is_of_run(**known, config, system_clock()); !ok) return tl::make_unexpected(ok.error());
  // Its last moments may have failed: they are gone through again, and no event is sent.
  if (is_missing(options.manifest) || is_missing(options.summary_export)) return false;
  const auto changes = changed_files(**known, config);
  if (!changes) return false;
  for (const std::string& change : *changes)
    log(LogLevel::warn, change + " (the run was complete: what is missing is made again)");
  if (!changes->empty()) return false;
  log(LogLevel::info, "run " + (*known)->record.run + " is already complete (remove " +
                          config.checkpoint.path + " to start over)");
  return true;
}

}  // namespace racesim::cli
