#include "serve/gateway/stored_runs.h"

#include <charconv>
#include <utility>

namespace racesim::serve {

/// Null: of another version of racesim, whose runs are told of by their rows alone.
std::shared_ptr<const BegunRun> StoredRuns::read(const std::string& text) {
  Result<Manifest> manifest = parse_manifest(text, "the stored manifest");
  if (!manifest || manifest->replay) return nullptr;
  auto run = std::make_shared<BegunRun>();
  std::from_chars(manifest->run.data(), manifest->run.data() + manifest->run.size(), run->run, 16);
  run->content = manifest->content;
  // A folder that is gone leaves its runs without names.
  if (Result<std::shared_ptr<const MasterData>> master = master_of(run->content))
    run->master = std::move(*master);
  run->manifest = std::make_shared<const Manifest>(std::move(*manifest));
  return run;
}

Result<std::map<std::string, std::shared_ptr<const BegunRun>>> StoredRuns::find(
    std::span<const std::string> runs) {
  std::map<std::string, std::shared_ptr<const BegunRun>> found;
  if (history_ == nullptr) return found;
  std::vector<std::string> wanted;
  for (const std::string& run : runs) {
    const auto known = remembered_.find(run);
    if (known != remembered_.end())
      found.insert(*known);
    else
      wanted.push_back(run);
  }
  if (wanted.empty()) return found;
  const Result<std::map<std::string, std::string>> texts = history_->manifests(wanted);
  if (!texts) return tl::make_unexpected(texts.error());
  if (remembered_.size() > kRememberedMost) remembered_.clear();
  for (const auto& [name, text] : *texts) {
    std::shared_ptr<const BegunRun> run = read(text);
    if (run == nullptr) continue;
    if (run->manifest->totals) remembered_[name] = run;
    found[name] = std::move(run);
  }
  return found;
}

}  // namespace racesim::serve
