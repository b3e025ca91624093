#include "cli/manifest_file.h"

#include <utility>

#include "cli/version.h"

namespace racesim::cli {
namespace {

std::string text_of(Manifest& manifest) {
  manifest.program = "racesim " + version();
  return format_manifest(manifest);
}

}  // namespace

Result<ManifestFile> ManifestFile::create(const std::string& path) {
  ManifestFile manifest;
  if (path.empty()) return manifest;
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  manifest.file_.emplace(std::move(*file));
  return manifest;
}

/// A device or pipe gets the whole at the end.
Done ManifestFile::begin(Manifest manifest) {
  if (!file_ || file_->partial_path().empty()) return {};
  return file_->rewrite(text_of(manifest));
}

Done ManifestFile::finish(Manifest manifest) {
  if (!file_) return {};
  if (Done ok = file_->rewrite(text_of(manifest)); !ok) return ok;
  return file_->commit();
}

}  // namespace racesim::cli
