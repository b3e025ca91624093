// The one error type. Expected failures are values (Result); programmer errors are RACESIM_CHECK.
// A bad record in a stream is neither: it is a counted reject with a reason.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace racesim {

/// What went wrong, as far as a caller has to tell cases apart. cli/exit_codes.h maps each to an exit code.
enum class ErrorKind {
  runtime,      ///< I/O, network, disk: the world did not do its part
  usage,        ///< an option, a configuration value or their combination
  master_data,  ///< master data missing or invalid
  busy,         ///< a lock is held, a port is taken
  partial,      ///< the world failed so often that the rest was given up
  reader_gone,  ///< the reader of a pipe closed it, as `| head` does; a run that ends so ended well
};

struct Error {
  ErrorKind kind = ErrorKind::runtime;
  std::string what;  ///< what failed and on what: "write out/events.ndjson: No space left on device"
  std::string hint;  ///< the next thing to do; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;
using Done = Result<void>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string hint = {}) {
  return tl::make_unexpected(Error{kind, std::move(what), std::move(hint)});
}

/// `what` followed by the text of `error_number` (an errno value).
Error system_error(std::string what, int error_number, std::string hint = {});

}  // namespace racesim
