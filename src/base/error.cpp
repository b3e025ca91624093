#include "base/error.h"

#include <system_error>

namespace racesim {

Error system_error(std::string what, int error_number, std::string hint) {
  what += ": ";
  what += std::generic_category().message(error_number);
  return Error{ErrorKind::runtime, std::move(what), std::move(hint)};
}

}  // namespace racesim
