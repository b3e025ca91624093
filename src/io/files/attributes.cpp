#include "io/files/attributes.h"

#include <sys/xattr.h>
#include <unistd.h>

#include <optional>
#include <string_view>

namespace racesim {
namespace {

constexpr std::size_t kNamesMost = std::size_t{1} << 16;  // XATTR_LIST_MAX and XATTR_SIZE_MAX
constexpr const char* kAccessList = "system.posix_acl_access";

std::optional<std::string> attribute(const std::string& path, const char* name) {
  std::string value(kNamesMost, '\0');
  const ssize_t size = getxattr(path.c_str(), name, value.data(), value.size());
  if (size < 0) return std::nullopt;
  value.resize(static_cast<std::size_t>(size));
  return value;
}

void copy_attribute(const std::string& path, const char* name, int fd) {
  const std::optional<std::string> value = attribute(path, name);
  if (!value) return;
  [[maybe_unused]] const int set = fsetxattr(fd, name, value->data(), value->size(), 0);
}

/// Those that belong to users; the system's own it gives to the new file itself.
void copy_user_attributes(const std::string& path, int fd) {
  std::string names(kNamesMost, '\0');
  const ssize_t size = listxattr(path.c_str(), names.data(), names.size());
  for (ssize_t at = 0; at < size;) {
    const char* const name = names.data() + at;
    const std::string_view text(name);
    if (text.substr(0, 5) == "user.") copy_attribute(path, name, fd);
    at += static_cast<ssize_t>(text.size()) + 1;
  }
}

}  // namespace

void take_over_attributes(const std::string& path, const struct stat& info, int fd) {
  struct stat own {};
  if (fstat(fd, &own) != 0) return;
  constexpr auto kKeptUser = static_cast<uid_t>(-1);
  constexpr auto kKeptGroup = static_cast<gid_t>(-1);
  const bool same_group = own.st_gid == info.st_gid || fchown(fd, kKeptUser, info.st_gid) == 0;
  const bool same_owner = own.st_uid == info.st_uid || fchown(fd, info.st_uid, kKeptGroup) == 0;
  mode_t mode = info.st_mode & 07777;
  if (!same_owner) mode &= ~static_cast<mode_t>(S_ISUID);
  if (!same_group) mode = (mode & ~static_cast<mode_t>(S_ISGID | S_IRWXG)) | (mode & S_IRWXO) << 3;
  // Behind the change of owner, which takes set-user-id away.
  [[maybe_unused]] const int changed = fchmod(fd, mode);
  // An access list names users and groups, so it holds whoever owns the file.
  if (same_group) copy_attribute(path, kAccessList, fd);
  copy_user_attributes(path, fd);
}

}  // namespace racesim
