#include "io/http/server/token.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace racesim::http {
namespace {

std::array<unsigned char, SHA256_DIGEST_LENGTH> digest_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

/// Tells nothing of the token, and nothing of what the token makes of another purpose.
std::string derived(std::string_view token, std::string_view purpose) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> code{};
  unsigned size = 0;
  HMAC(EVP_sha256(), token.data(), static_cast<int>(token.size()),
       reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(), code.data(), &size);
  std::string text;
  for (const unsigned char byte : code) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

bool same_secret(std::string_view given, std::string_view kept) {
  const auto a = digest_of(given), b = digest_of(kept);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool has_bearer(const RequestHead& head, std::string_view token) {
  static constexpr std::string_view kScheme = "Bearer ";
  const std::string* const given = head.header("Authorization");
  return given != nullptr && given->size() > kScheme.size() &&
         same_word(given->substr(0, kScheme.size()), kScheme) &&
         same_secret(std::string_view(*given).substr(kScheme.size()), token);
}

std::string token_cookie(std::string_view token) {
  return "racesim-" + derived(token, "name of the cookie").substr(0, 8) + "=" + derived(token, "cookie");
}

bool has_token_cookie(const RequestHead& head, std::string_view token) {
  const std::string* const cookies = head.header("Cookie");
  if (cookies == nullptr) return false;
  const std::string kept = token_cookie(token);
  std::string_view left = *cookies;
  while (!left.empty()) {
    const std::string_view one = left.substr(0, left.find(';'));
    left.remove_prefix(std::min(left.size(), one.size() + 1));
    const std::string_view trimmed = one.substr(std::min(one.size(), one.find_first_not_of(' ')));
    if (same_secret(trimmed, kept)) return true;
  }
  return false;
}

}  // namespace racesim::http
