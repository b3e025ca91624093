#include "io/files/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/files/attributes.h"

namespace racesim {
namespace {

constexpr std::int64_t kSendBytes = std::int64_t{8} << 20;

namespace fs = std::filesystem;

constexpr const char* kPartialEnding = ".partial";

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

/// The first part of `path` that exists and is no directory; empty if there is none.
std::string blocking_file(const std::string& path) {
  fs::path prefix;
  for (const fs::path& part : fs::path(path)) {
    prefix /= part;
    std::error_code ignored;
    const fs::file_status status = fs::status(prefix, ignored);
    if (fs::exists(status) && !fs::is_directory(status)) return prefix.string();
  }
  return {};
}

}  // namespace

std::string resolve_links(const std::string& path) {
  constexpr int kLinksMax = 40;  // as the kernel's
  fs::path name = path;
  std::error_code error;
  for (int i = 0; i < kLinksMax && fs::is_symlink(fs::symlink_status(name, error)); ++i) {
    const fs::path target = fs::read_symlink(name, error);
    if (error) break;
    name = name.parent_path() / target;  // an absolute target replaces all of it
  }
  return name.string();
}

namespace {

bool same_file(int fd, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return fstat(fd, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

/// Found out before it is tried, since the path that was asked for is not the one that is too long.
Done check_name_length(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t length = path.size() - (slash == std::string::npos ? 0 : slash + 1);
  const long most = pathconf(parent_of(path).c_str(), _PC_NAME_MAX);
  const std::size_t ending = std::string_view(kPartialEnding).size();
  if (most < 0 || length + ending <= static_cast<std::size_t>(most)) return {};
  return fail(
      ErrorKind::runtime,
      "create " + path + ": its name has " + std::to_string(length) + " bytes, too many to add " +
          kPartialEnding + " while it is written",
      "choose a name of " + std::to_string(static_cast<std::size_t>(most) - ending) + " bytes at most");
}

/// Opens and locks the partial file. Between the two its last writer may have renamed it: then the lock is on
/// a finished file, which must not be touched, and the next try meets a new partial file.
Result<int> open_locked(const std::string& path, const std::string& partial_path, mode_t mode) {
  for (;;) {
    const int fd = open(partial_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, mode);
    if (fd < 0) return tl::make_unexpected(explain_create_error(path, errno));
    struct stat info {};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
      close(fd);
      return fail(ErrorKind::runtime, "create " + partial_path + ": not a regular file",
                  "remove it or choose another path");
    }
    // File systems without locks answer otherwise; there we go on without one.
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      close(fd);
      return fail(ErrorKind::busy, "create " + path + ": another process is writing " + partial_path,
                  "wait for it to end or choose another path");
    }
    if (same_file(fd, partial_path)) return fd;
    close(fd);
  }
}

/// The new name survives a power cut only once its directory is on the disk too.
Done sync_directory(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return {};  // may be written but not read: nothing more we can do
  const int result = fsync(fd);
  const int error_number = errno;
  close(fd);
  if (result != 0 && error_number != EINVAL && error_number != EROFS)
    return tl::make_unexpected(system_error("sync directory " + directory, error_number));
  return {};
}

}  // namespace

std::string shell_quoted(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,:=@%";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string_view::npos) return std::string(path);
  std::string quoted = "'";
  for (const char c : path) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

/// "~/x" as it reaches a program behind "file:" or "=": shells expand it only at the start of a word.
bool is_tilde(const std::string& path) {
  return path.rfind("~/", 0) == 0;
}

Error explain_create_error(const std::string& path, int error_number) {
  const std::string parent = parent_of(path);
  const std::string what = "create " + path + ": ";
  std::error_code ignored;
  if (error_number == ENOENT && fs::exists(parent, ignored))
    return {ErrorKind::runtime, what + "the file system of " + parent + " accepts no new files",
            "choose another path"};
  const char* home = std::getenv("HOME");
  if (error_number == ENOENT && is_tilde(path) && home != nullptr)
    return {ErrorKind::runtime, what + "the shell did not expand '~' there",
            "write the path out: " + shell_quoted(home + path.substr(1))};
  if (error_number == ENOENT)
    return {ErrorKind::runtime, what + "directory " + parent + " does not exist",
            "create it: mkdir -p " + shell_quoted(parent)};
  if (error_number == ENOTDIR)
    return {ErrorKind::runtime, what + blocking_file(parent) + " is a file, not a directory",
            "choose another path or move that file away"};
  if (error_number == ENAMETOOLONG)
    return {ErrorKind::runtime, what + "the path or a part of it is too long",
            "choose a shorter one: a name may have some 255 bytes, a path 4096"};
  if (error_number == EISDIR)
    return {ErrorKind::runtime, what + "it is a directory", "name a file in it: " + path + "/events.ndjson"};
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS) {
    const bool read_only = error_number == EROFS;
    return {ErrorKind::runtime,
            what + (read_only ? "the file system of " + parent + " is read-only"
                              : "no permission to write in " + parent),
            "choose another path or look at: ls -ld " + shell_quoted(parent)};
  }
  return system_error("create " + path, error_number);
}

Done check_file_path(const std::string& path, Existing existing) {
  if (path.empty()) return fail(ErrorKind::usage, "create a file: its path is empty");
  const std::string final_path = resolve_links(path);
  struct stat info {};
  const bool exists = stat(final_path.c_str(), &info) == 0;
  if (final_path.back() == '/' || (exists && S_ISDIR(info.st_mode)))
    return tl::make_unexpected(explain_create_error(path, EISDIR));
  const bool in_place = exists && (existing == Existing::written || !S_ISREG(info.st_mode));
  const std::string parent = parent_of(final_path);
  struct stat folder {};
  int error_number = 0;
  if (in_place)
    error_number = access(final_path.c_str(), W_OK) == 0 ? 0 : errno;
  else if (stat(parent.c_str(), &folder) != 0)
    error_number = errno;
  else if (!S_ISDIR(folder.st_mode))
    error_number = ENOTDIR;
  else if (access(parent.c_str(), W_OK | X_OK) != 0)
    error_number = errno;
  if (error_number != 0) return tl::make_unexpected(explain_create_error(path, error_number));
  return in_place || existing == Existing::written ? Done() : check_name_length(final_path);
}

Result<AtomicFile> AtomicFile::create(const std::string& path, bool kept) {
  if (path.empty()) return fail(ErrorKind::usage, "create a file: its path is empty");
  std::string final_path = resolve_links(path);
  struct stat info {};
  // Found out now rather than when the last byte is written.
  const bool exists = stat(final_path.c_str(), &info) == 0;
  if (final_path.back() == '/' || (exists && S_ISDIR(info.st_mode)))
    return tl::make_unexpected(explain_create_error(path, EISDIR));
  // As root a rename would replace even /dev/null, for everybody.
  if (exists && !S_ISREG(info.st_mode)) {
    const int fd = open(final_path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return tl::make_unexpected(explain_create_error(path, errno));
    return AtomicFile(fd, std::move(final_path), "");
  }
  if (const Done ok = check_name_length(final_path); !ok) return tl::make_unexpected(ok.error());
  std::string partial_path = final_path + kPartialEnding;
  // Who may not read the old file must not get to read the new one while it is written.
  const mode_t mode = exists ? (info.st_mode & 0777) | S_IWUSR : 0666;
  const Result<int> fd = open_locked(final_path, partial_path, mode);
  if (!fd) return tl::make_unexpected(fd.error());
  AtomicFile file(*fd, std::move(final_path), std::move(partial_path));
  // Who resumes has to open it again.
  file.take_over_attributes(S_IWUSR);
  if (!kept && ftruncate(*fd, 0) != 0)
    return tl::make_unexpected(system_error("empty " + file.partial_path(), errno));
  return file;
}

void AtomicFile::take_over_attributes(mode_t also) {
  struct stat info {};
  if (stat(path_.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  info.st_mode |= also;
  racesim::take_over_attributes(path_, info, fd_);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      partial_path_(std::move(other.partial_path_)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  fd_ = std::exchange(other.fd_, -1);
  path_ = std::move(other.path_);
  partial_path_ = std::move(other.partial_path_);
  return *this;
}

AtomicFile::~AtomicFile() {
  discard();
}

Done AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = ::write(fd_, bytes.data(), bytes.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0)
      return tl::make_unexpected(system_error("write " + (in_place() ? path_ : partial_path_), errno));
    bytes.remove_prefix(static_cast<std::size_t>(taken));
    note_written(static_cast<std::size_t>(taken));
  }
  return {};
}

/// The sync at the end shall have little left to wait for. A hint: a file system need not know it.
void AtomicFile::note_written(std::size_t bytes) {
  unsent_bytes_ += static_cast<std::int64_t>(bytes);
  if (unsent_bytes_ < kSendBytes || in_place()) return;
  const off_t end = lseek(fd_, 0, SEEK_CUR);
  if (end >= unsent_bytes_)
    static_cast<void>(sync_file_range(fd_, end - unsent_bytes_, unsent_bytes_, SYNC_FILE_RANGE_WRITE));
  unsent_bytes_ = 0;
}

Done AtomicFile::rewrite(std::string_view bytes) {
  if (in_place()) return write(bytes);
  off_t at = 0;
  while (!bytes.empty()) {
    const ssize_t taken = ::pwrite(fd_, bytes.data(), bytes.size(), at);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) return tl::make_unexpected(system_error("write " + partial_path_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(taken));
    at += taken;
  }
  if (ftruncate(fd_, at) != 0) return tl::make_unexpected(system_error("shorten " + partial_path_, errno));
  return {};
}

Done AtomicFile::reserve(std::size_t bytes) {
  if (in_place()) return {};
  struct stat info {};
  if (fstat(fd_, &info) != 0) return tl::make_unexpected(system_error("read " + partial_path_, errno));
  while (fallocate(fd_, FALLOC_FL_KEEP_SIZE, info.st_size, static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) break;
    return tl::make_unexpected(system_error("write " + partial_path_, errno));
  }
  return {};
}

Done AtomicFile::commit() {
  Done done;
  if (!in_place()) take_over_attributes(0);
  if (in_place()) {
    // A device or pipe has what was written, and its name.
  } else if (fsync(fd_) != 0) {
    done = tl::make_unexpected(system_error("sync " + partial_path_, errno));
  } else if (rename(partial_path_.c_str(), path_.c_str()) != 0) {
    done = tl::make_unexpected(system_error("rename " + partial_path_ + " to " + path_, errno,
                                            "the content is in " + partial_path_));
  } else {
    done = sync_directory(parent_of(path_));
  }
  keep_partial();
  return done;
}

void AtomicFile::discard() {
  if (fd_ < 0) return;
  if (!in_place()) unlink(partial_path_.c_str());
  keep_partial();
}

void AtomicFile::keep_partial() {
  // Closing also drops the lock, so it comes after the rename or the unlink.
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

}  // namespace racesim
