// `generate-master`: writes master data to files, all of them or none.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim {

struct MasterOptions {
  std::string output_dir = "data/master/";  ///< made when missing
  std::uint64_t num_songs = 1000;
  std::uint64_t num_users = 5000;
  std::uint64_t num_locations = 100;
  std::uint64_t num_vehicles = 10;
  std::uint64_t num_cars = 20;        ///< and drivers; teams have two each
  std::string track = "silverstone";  ///< whose checkpoints; a name or a file, as load_track() takes it
  std::string format = "csv";         ///< a name of master_formats()
  std::uint64_t seed = 42;
  std::vector<std::string> only;  ///< entities to write, "songs" …; empty: all
  bool force = false;             ///< overwrite files whose content differs
  bool dry_run = false;           ///< check and report, write nothing
  /// Set by another thread to give up; the call then fails, and no file has changed. May be nullptr.
  const std::atomic<bool>* stop = nullptr;
  /// Counts the rows made, for a progress display; rows compared with an existing file count too.
  std::atomic<std::uint64_t>* rows_done = nullptr;
};

enum class MasterFileState : std::uint8_t {
  created,    ///< did not exist
  unchanged,  ///< exists with these very bytes; not touched
  replaced,   ///< existed with other content
};
/// "created", "unchanged", "replaced".
const char* to_string(MasterFileState state);

struct MasterFile {
  std::string entity;
  std::string path;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  ///< 0 in a dry run of a file that is not there or differs
  MasterFileState state = MasterFileState::created;
};

struct MasterReport {
  std::vector<MasterFile> files;  ///< in the order of master_entities()
};

/// csv (a header and a row a line), json (one array), jsonl (an object a line). The file is
/// <output_dir>/<entity>.<format>.
std::vector<std::string_view> master_formats();

/// Streams row by row: memory does not grow with the counts. The same options give the same bytes.
/// Each file appears complete or not at all, and none is touched before all of them have been made.
/// Errors: usage for an option out of range, for existing files that differ (without `force`) and for an
/// entity that is there in another format; busy when another process writes the same file; runtime for the
/// disk's.
Result<MasterReport> write_master(const MasterOptions& options);

}  // namespace racesim
