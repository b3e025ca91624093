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
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  return ManifestFile(std::move(*file));
}

/// A device or pipe gets the whole at the end.
Done ManifestFile::begin(Manifest manifest) {
  return file_.partial_path().empty() ? Done{} : file_.rewrite(text_of(manifest));
}

Done ManifestFile::finish(Manifest manifest) {
  if (Done ok = file_.rewrite(text_of(manifest)); !ok) return ok;
  return file_.commit();
}

}  // namespace racesim::cli
