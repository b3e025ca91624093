// User names and e-mail addresses, numbered: two different (pool, number) never give the same ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"

namespace racesim {

struct Login {
  std::string username;  ///< a-z, 0-9, '.', '_', '-'
  std::string email;     ///< in a domain that RFC 2606 reserves
};

/// Two lists of words, of which any pair is the base of user names: given and family names of a language
/// group, or the adjective and noun of a handle. The bases of all pools differ when the words are joined.
class LoginPool {
 public:
  LoginPool(std::vector<std::string> first, std::vector<std::string> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  /// Overwrites `out` with the `number`-th login of this pool under `seed`.
  void make(std::uint64_t seed, std::uint64_t number, Login& out) const;

  const std::vector<std::string>& first() const { return first_; }
  const std::vector<std::string>& second() const { return second_; }

 private:
  std::vector<std::string> first_;
  std::vector<std::string> second_;
};

/// One pool for each of name_groups(), in their order, then the pool of handles.
const std::vector<LoginPool>& login_pools();

}  // namespace racesim
