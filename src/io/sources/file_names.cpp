#include "io/sources/file_names.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/files/atomic_file.h"
#include "io/files/compression.h"
#include "io/files/read_file.h"

namespace racesim {
namespace {

namespace fs = std::filesystem;

bool is_pattern(const std::string& text) {
  return text.find_first_of("*?[{") != std::string::npos;
}

FileName name_file(const std::string& shown) {
  std::error_code error;
  fs::path path = fs::canonical(shown, error);
  // A pipe behind a descriptor has no path, nor has a file that is not there yet.
  if (error) path = fs::weakly_canonical(fs::absolute(shown, error), error);
  if (error) path = fs::absolute(shown, error);
  return {shown, error ? shown : path.string()};
}

/// Sorted by their bytes, so that no locale changes the order.
std::vector<std::string> expand(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), GLOB_NOSORT | GLOB_BRACE, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::erase_if(paths, [](const std::string& path) {
    std::error_code error;
    return path.ends_with(".partial") || fs::is_directory(path, error);
  });
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::vector<std::string>> find_pattern(const std::string& pattern, bool may_be_missing) {
  std::error_code error;
  const fs::file_status status = fs::status(pattern, error);
  if (fs::is_directory(status))
    return fail(ErrorKind::usage, "'" + pattern + "' is a directory",
                "name the files in it: " + shell_quoted("file:" + pattern + "/*.ndjson"));
  if (fs::exists(status)) return std::vector{pattern};
  if (!is_pattern(pattern)) {
    if (may_be_missing) return std::vector{pattern};
    return tl::make_unexpected(open_error(pattern, ENOENT));
  }
  std::vector<std::string> paths = expand(pattern);
  if (!paths.empty() || may_be_missing) return paths;
  return fail(ErrorKind::usage, "no file matches '" + pattern + "'",
              "files that are still being written (.partial) do not count; --follow waits for files");
}

struct Rotated {
  std::string path;
  timespec time{};
  std::string suffix;
};

/// Numbers count up as files get older, times do not.
bool is_newer(const Rotated& a, const Rotated& b) {
  const auto key = [](const timespec& t) { return std::pair(t.tv_sec, t.tv_nsec); };
  if (key(a.time) != key(b.time)) return key(a.time) > key(b.time);
  const bool are_numbers = a.suffix.size() <= 4 && b.suffix.size() <= 4;
  if (a.suffix.size() != b.suffix.size()) return are_numbers == (a.suffix.size() < b.suffix.size());
  return are_numbers ? a.suffix < b.suffix : a.suffix > b.suffix;
}

}  // namespace

Result<std::vector<FileName>> find_files(std::span<const std::string> patterns, bool may_be_missing) {
  std::vector<FileName> files;
  for (const std::string& pattern : patterns) {
    Result<std::vector<std::string>> paths = find_pattern(pattern, may_be_missing);
    if (!paths) return tl::make_unexpected(paths.error());
    for (const std::string& path : *paths) {
      FileName file = name_file(path);
      const bool known = std::any_of(files.begin(), files.end(),
                                     [&](const FileName& other) { return other.path == file.path; });
      if (!known) files.push_back(std::move(file));
    }
  }
  return files;
}

std::vector<std::string> rotated_names(const std::string& path) {
  const fs::path whole(path);
  const std::string base = whole.filename().string();
  std::vector<Rotated> found;
  std::error_code error;
  for (fs::directory_iterator at(whole.parent_path(), error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.size() < base.size() + 2 || !name.starts_with(base)) continue;
    const std::string suffix(without_compressed_ending(std::string_view(name).substr(base.size())));
    const bool rotated = std::string_view(".-_").find(suffix.front()) != std::string_view::npos &&
                         suffix.find_first_of("0123456789") != std::string::npos &&
                         suffix.find_first_not_of("0123456789.-_:TZ") == std::string::npos;
    struct stat info {};
    if (rotated && ::stat(at->path().c_str(), &info) == 0 && S_ISREG(info.st_mode))
      found.push_back({at->path().string(), info.st_mtim, suffix});
  }
  std::sort(found.begin(), found.end(), is_newer);
  std::vector<std::string> paths;
  for (Rotated& one : found) paths.push_back(std::move(one.path));
  return paths;
}

}  // namespace racesim
