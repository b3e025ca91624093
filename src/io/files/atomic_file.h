// A file that readers see either complete or not at all: it grows as PATH.partial and gets its name at the
// end. A device or pipe has no partial form: it is written in place.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace racesim {

/// Where a file will lie: behind the symbolic links of `path`, whether or not their target exists.
std::string resolve_links(const std::string& path);

/// What is done to a file that exists.
enum class Existing {
  replaced,  ///< by rename, as AtomicFile does
  written,   ///< in place, as a log is appended to
};
/// Whether a file can be made at `path`, as far as can be told without touching anything. Errors are those of
/// AtomicFile::create().
Done check_file_path(const std::string& path, Existing existing);

/// Holds an exclusive flock on PATH.partial, so that two processes never write the same file at once. A file
/// that is replaced hands on its mode and, as far as the process may, owner, group, access list and user's
/// attributes; a new one follows the umask. Not safe for use from several threads.
class AtomicFile {
 public:
  /// Opens PATH.partial, empty unless `kept`: then with what is in it. One that an earlier process left
  /// behind is taken over. A symbolic link is followed, so that the link itself stays. Errors: busy if
  /// another process writes the file, else runtime, naming what stands in the way (no directory, a file in
  /// place of a directory, permissions).
  static Result<AtomicFile> create(const std::string& path, bool kept = false);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Discards what was not committed.
  ~AtomicFile();

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }
  const std::string& partial_path() const { return partial_path_; }

  /// Writes all of `bytes`.
  Done write(std::string_view bytes);
  /// Somebody wrote so many bytes to fd(), behind what there was.
  void note_written(std::size_t bytes);

  /// Puts `bytes` in place of what was written so far, in one step where it is no shorter. A device or pipe
  /// gets them behind it.
  Done rewrite(std::string_view bytes);

  /// Takes so many bytes of the disk for what will be written, beyond what was: then it is now that a full
  /// disk is found out. Does nothing where the file system cannot. rewrite() gives back what it does not
  /// need.
  Done reserve(std::size_t bytes);

  /// Forces the content to the disk, gives the file its name and forces the directory to the disk. After an
  /// error the partial file stays. Either way the object is done with.
  Done commit();
  /// Closes and removes the partial file.
  void discard();
  /// Closes and leaves the partial file as it is.
  void keep_partial();

 private:
  AtomicFile(int fd, std::string path, std::string partial_path)
      : fd_(fd), path_(std::move(path)), partial_path_(std::move(partial_path)) {}

  bool in_place() const { return partial_path_.empty(); }
  /// With these bits of the mode in any case.
  void take_over_attributes(mode_t also);

  int fd_ = -1;
  std::int64_t unsent_bytes_ = 0;  ///< written since the disk was last asked to begin with what there is
  std::string path_;
  std::string partial_path_;  ///< empty: written in place
};

/// `path` as it must be typed in a shell.
std::string shell_quoted(std::string_view path);

/// Why `path` could not be opened for writing, itself or as its partial file, with the remedy; `error_number`
/// is what open() reported.
Error explain_create_error(const std::string& path, int error_number);

}  // namespace racesim
