#include "io/sources/file.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "io/files/read_file.h"
#include "io/sources/file_lane.h"
#include "io/sources/file_names.h"

namespace racesim {
namespace {

/// How often followed files are looked at when nothing comes, and the patterns.
constexpr int kLook_ms = 100;
constexpr std::int64_t kMatch_ns = 200'000'000;

/// A file and what its last block was named.
struct NumberedLane {
  explicit NumberedLane(FileLane of) : file(std::move(of)) {}
  FileLane file;
  std::optional<std::uint32_t> number;
};

class FileSource final : public Source {
 public:
  FileSource(std::vector<std::string> patterns, bool follow)
      : patterns_(std::move(patterns)), follow_(follow) {}

  std::string name() const override {
    std::string all;
    for (const std::string& pattern : patterns_) all += (all.empty() ? "" : ", ") + pattern;
    return all;
  }
  Done open(LaneKeeper& keeper) override {
    keeper_ = &keeper;
    Result<std::vector<FileName>> files = find_files(patterns_, follow_);
    if (!files) return tl::make_unexpected(files.error());
    found_ = std::move(*files);
    return {};
  }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override;
  const LaneInfo& lane(std::uint32_t number) const override {
    const std::lock_guard lock(mutex_);
    return infos_[number];
  }
  void settled(const RecordBlock&, const Result<BlockOutcome>&) override {}
  bool is_bounded() const override { return !follow_; }
  Done restart() override {
    return fail(ErrorKind::busy,
                "the store's position of " + name() +
                    " is not where this process left it: another process reads " +
                    "it into the same store, or somebody changed ingest_offsets",
                "let one process read it, and start again: it goes on where the store stands");
  }
  void stop() override { stopping_ = true; }
  const WaitNote* wait() const override { return &wait_; }

 private:
  Done add_lanes(std::vector<FileName> files);
  Done match_again();
  Result<ReadStep> pull_in_turn(RecordBlock& to, int wait_ms);
  Result<ReadStep> pull_any(RecordBlock& to);
  void number(NumberedLane& lane, RecordBlock& to);
  void tell_what_is_missing();

  const std::vector<std::string> patterns_;
  const bool follow_;
  LaneKeeper* keeper_ = nullptr;
  std::vector<FileName> found_;  ///< by open()
  std::deque<NumberedLane> lanes_;
  std::size_t current_ = 0;  ///< the lane that is read, or looked at first
  std::int64_t matched_ns_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;    ///< of the next one
  std::deque<LaneInfo> infos_;  ///< by number; never changed once there
  WaitNote wait_;
};

Result<Pulled> FileSource::pull(RecordBlock& to, int wait_ms) {
  to.clear();
  if (stopping_) return Pulled::ended;  // what was not pulled is read the next time
  if (Done added = add_lanes(std::exchange(found_, {})); !added) return tl::make_unexpected(added.error());
  Result<ReadStep> step = follow_ ? pull_any(to) : pull_in_turn(to, wait_ms);
  if (step && *step == ReadStep::nothing && follow_) {
    if (Done matched = match_again(); !matched) return tl::make_unexpected(matched.error());
    tell_what_is_missing();
    if (wait_ms > 0) ::poll(nullptr, 0, std::min(wait_ms, kLook_ms));
    step = pull_any(to);
  }
  if (!step) return tl::make_unexpected(step.error());
  if (*step == ReadStep::bytes) return Pulled::records;
  return *step == ReadStep::ended ? Pulled::ended : Pulled::nothing;
}

/// One file after the other.
Result<ReadStep> FileSource::pull_in_turn(RecordBlock& to, int wait_ms) {
  for (; current_ < lanes_.size(); ++current_) {
    Result<ReadStep> step = lanes_[current_].file.pull(to, wait_ms);
    if (step && *step == ReadStep::bytes) {
      number(lanes_[current_], to);
      to.lanes_ended = static_cast<std::uint32_t>(current_);
    }
    if (!step || *step != ReadStep::ended) return step;
  }
  return ReadStep::ended;
}

/// The next one that has something; never waits.
Result<ReadStep> FileSource::pull_any(RecordBlock& to) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    NumberedLane& lane = lanes_[current_];
    current_ = (current_ + 1) % lanes_.size();
    Result<ReadStep> step = lane.file.pull(to, 0);
    if (step && *step == ReadStep::bytes) number(lane, to);
    if (!step || *step == ReadStep::bytes) return step;
  }
  return ReadStep::nothing;
}

/// A lane that is begun anew with other columns is another one for those who read it.
void FileSource::number(NumberedLane& lane, RecordBlock& to) {
  const std::lock_guard lock(mutex_);
  if (!lane.number || infos_[*lane.number].header != lane.file.header()) {
    lane.number = static_cast<std::uint32_t>(infos_.size());
    infos_.push_back({lane.file.name(), lane.file.header()});
  }
  to.lane = *lane.number;
}

Done FileSource::add_lanes(std::vector<FileName> files) {
  if (files.empty()) return {};
  std::vector<FileLane> added;
  std::vector<LanePosition> asked;
  for (FileName& file : files) {
    added.emplace_back(std::move(file), follow_);
    asked.push_back(added.back().position());
  }
  auto known = keeper_->positions(asked);
  if (!known) return tl::make_unexpected(known.error());
  for (std::size_t i = 0; i < added.size(); ++i) {
    if ((*known)[i]) added[i].set_position(*(*known)[i]);
    lanes_.emplace_back(std::move(added[i]));
  }
  return {};
}

/// New files come in, but not under a new name those that were read already.
Done FileSource::match_again() {
  const std::int64_t now_ns = system_clock().now_ns();
  if (now_ns - matched_ns_ < kMatch_ns) return {};
  matched_ns_ = now_ns;
  Result<std::vector<FileName>> files = find_files(patterns_, true);
  if (!files) return tl::make_unexpected(files.error());
  std::erase_if(*files, [&](const FileName& file) {
    struct stat info {};
    const bool there = ::stat(file.path.c_str(), &info) == 0;
    return std::any_of(lanes_.begin(), lanes_.end(), [&](const NumberedLane& lane) {
      return lane.file.path() == file.path || (there && lane.file.has_read(info.st_dev, info.st_ino));
    });
  });
  return add_lanes(std::move(*files));
}

void FileSource::tell_what_is_missing() {
  const auto missing = std::find_if(lanes_.begin(), lanes_.end(),
                                    [](const NumberedLane& lane) { return lane.file.is_missing(); });
  if (missing == lanes_.end() && !lanes_.empty()) return wait_.end(this);
  const std::string what =
      lanes_.empty() ? "no file matches " + name() : missing->file.name() + " is not there";
  wait_.begin(this, {system_clock().now_ns(), 0, what});
}

}  // namespace

Result<std::unique_ptr<Source>> make_file_source(const std::vector<std::string>& patterns, bool follow) {
  return std::make_unique<FileSource>(patterns, follow);
}

Done check_file_source(const std::vector<std::string>& patterns, bool follow) {
  const Result<std::vector<FileName>> files = find_files(patterns, follow);
  if (!files) return tl::make_unexpected(files.error());
  for (const FileName& file : *files)
    if (::access(file.path.c_str(), F_OK) == 0 && ::access(file.path.c_str(), R_OK) != 0)
      return tl::make_unexpected(open_error(file.shown, errno));
  return {};
}

}  // namespace racesim
