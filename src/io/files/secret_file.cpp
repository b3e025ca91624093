#include "io/files/secret_file.h"

#include <algorithm>
#include <fstream>

namespace racesim {
namespace {

constexpr std::size_t kSecretMost_bytes = 64 << 10;

}  // namespace

Result<std::string> read_secret(const std::string& path, const std::string& option) {
  const bool is_token = option == "--token-file";
  const std::string thing = is_token ? "token" : "password";
  const std::string hint = "the file for " + option + " must contain only the " + thing;
  std::ifstream file(path, std::ios::binary);
  std::string secret(kSecretMost_bytes + 1, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.eof() || file.bad())
    return fail(ErrorKind::usage, "cannot read " + thing + " file " + path, hint);
  while (!secret.empty() && static_cast<unsigned char>(secret.back()) <= ' ') secret.pop_back();
  const bool visible = std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (secret.empty() || !visible)
    return fail(ErrorKind::usage,
                thing + " file " + path + (secret.empty() ? " is empty" : " contains more than one word"),
                hint);
  return secret;
}

}  // namespace racesim
