// What every reader of a typed text needs.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace racesim {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The text is wrong; `hint` shows a right one.
inline tl::unexpected<Error> usage(std::string what, std::string_view hint) {
  return fail(ErrorKind::usage, std::move(what), std::string(hint));
}

}  // namespace racesim
