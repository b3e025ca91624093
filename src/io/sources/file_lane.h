// One file as a lane: where reading goes on, and what comes under the same name later.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/sources/file_names.h"
#include "io/sources/record_reader.h"

namespace racesim {

/// Name of the source in positions of files.
inline constexpr const char* kFileSourceName = "file";

/// With `follow` a lane goes on from file to file: when its name stands for another one, the old one is read
/// to its end, then those that came between, then the new one. One thread.
class FileLane {
 public:
  FileLane(FileName name, bool follow);

  const std::string& name() const { return name_.shown; }
  const std::string& path() const { return name_.path; }
  /// Where it stands behind the last block: what a store holds before the next one.
  const LanePosition& position() const { return position_; }
  /// What a store holds of it. Before the first pull().
  void set_position(LanePosition known) { position_ = std::move(known); }

  /// The next block with its positions. `ended`: for good, or with `follow` for now. Errors: runtime; without
  /// `follow` also for a file that is not the one that the position is of.
  Result<ReadStep> pull(RecordBlock& to, int wait_ms);
  /// Of the last block.
  const std::string& header() const { return header_; }
  /// Followed, and there is no such file.
  bool is_missing() const { return follow_ && !reader_; }
  /// The file with this number was read as part of this lane.
  bool has_read(dev_t device, ino_t number) const;

 private:
  /// A file that is to be read.
  struct Opening {
    std::string path;
    bool resume = false;  ///< from the position on
  };
  enum class News : std::uint8_t { none, more, truncated, moved };

  Result<bool> open_next();
  Result<std::string> open(const Opening& opening);
  Result<std::string> resume();
  bool is_as_read_to_its_end() const;
  Error changed(const std::string& why) const;
  Result<bool> find_moved();
  Result<ReadStep> at_end();
  Result<ReadStep> leave(RecordBlock& to);
  News look() const;
  bool is_still_there() const;
  std::vector<std::string> since_moved() const;
  std::vector<std::string> since_copied() const;
  void note(RecordBlock& to);

  const FileName name_;
  const bool follow_;
  LanePosition position_;
  std::deque<Opening> openings_;
  std::unique_ptr<RecordReader> reader_;  ///< of the open file; null: none is
  int fd_ = -1;                           ///< of that file; the reader owns it
  std::string open_path_;
  struct stat info_ {};   ///< of that file when it was opened, and when its end was reached
  bool leaving_ = false;  ///< nothing more comes in that file
  bool moved_ = false;    ///< the name stands for another file by now
  bool idle_ = false;     ///< at its end
  bool done_ = false;
  std::string header_;
  std::vector<std::pair<dev_t, ino_t>> read_files_;
};

}  // namespace racesim
