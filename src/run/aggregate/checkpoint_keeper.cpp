#include "run/aggregate/checkpoint_keeper.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "io/files/atomic_file.h"
#include "io/files/lock_file.h"
#include "io/files/read_file.h"
#include "run/aggregate/kept_state.h"

namespace racesim {
namespace {

constexpr std::size_t kLargestCheckpoint = std::size_t{1} << 30;

std::string place_of(const KeptFileOptions& options) {
  return "checkpoint " + options.path;
}

/// None: there is no file.
Result<std::optional<KeptState>> read_checkpoint(const KeptFileOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(options.path, ignored)) return std::optional<KeptState>();
  if (!options.resume)
    return fail(ErrorKind::usage, place_of(options) + " is there already: an earlier aggregation wrote it",
                "go on with that one: --resume; or remove it to start over");
  const Result<std::string> bytes = read_file(options.path, kLargestCheckpoint);
  if (!bytes) return tl::make_unexpected(bytes.error());
  Result<KeptState> kept = read_kept(*bytes, place_of(options), options.options);
  if (!kept) return tl::make_unexpected(kept.error());
  return std::optional<KeptState>(std::move(*kept));
}

class CheckpointKeeper final : public ResultKeeper {
 public:
  CheckpointKeeper(KeptFileOptions options, LockFile lock, std::optional<KeptState> kept)
      : options_(std::move(options)), lock_(std::move(lock)), has_state_(kept.has_value()) {
    kept_ = kept ? std::move(*kept) : KeptState{options_.options, {}, {}};
  }

  std::string name() const override { return place_of(options_); }
  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    return kept_.positions_of(source);
  }
  Result<std::optional<std::string>> state() override {
    return has_state_ ? std::optional<std::string>(kept_.state) : std::nullopt;
  }
  Result<bool> commit(const ResultCommit& what) override {
    std::optional<KeptState> next = kept_.after(what.steps, what.state);
    if (!next) return false;
    Result<AtomicFile> file = AtomicFile::create(options_.path);
    if (!file) return tl::make_unexpected(file.error());
    if (Done ok = file->write(write_kept(*next)); !ok) return tl::make_unexpected(ok.error());
    if (Done ok = file->commit(); !ok) return tl::make_unexpected(ok.error());
    kept_ = std::move(*next);
    has_state_ = true;
    return true;
  }
  bool worth_retrying() const override { return false; }
  bool keeps_results() const override { return false; }
  bool keeps_dead_records() const override { return false; }
  Done close() override { return {}; }

 private:
  const KeptFileOptions options_;
  LockFile lock_;
  KeptState kept_;
  bool has_state_;
};

}  // namespace

Done check_checkpoint(const KeptFileOptions& options) {
  return read_checkpoint(options).map([](const std::optional<KeptState>&) {});
}

Result<std::unique_ptr<ResultKeeper>> open_checkpoint_keeper(KeptFileOptions options) {
  // First: a file that is not to be gone on with is refused without leaving anything behind.
  if (Done ok = check_checkpoint(options); !ok) return tl::make_unexpected(ok.error());
  if (Done ok = check_file_path(options.path, Existing::replaced); !ok)
    return tl::make_unexpected(ok.error());
  Result<LockFile> lock = LockFile::acquire(options.path + ".lock");
  if (!lock) return tl::make_unexpected(lock.error());
  Result<std::optional<KeptState>> kept = read_checkpoint(options);
  if (!kept) return tl::make_unexpected(kept.error());
  return std::unique_ptr<ResultKeeper>(
      std::make_unique<CheckpointKeeper>(std::move(options), std::move(*lock), std::move(*kept)));
}

}  // namespace racesim
